"""What every floor says when something is wrong: places, diagnostics, codes and the exception tree.

Three channels, never mixed. A mistake of an author, or a refused row of data, is a `Diagnostic` value: collected,
sorted, all of them shown in one run. The world failing is an exception of the tree below. A bug of ours is an
assertion. Wording lives in `workflow.words`; here stand only codes and their arguments.

The room is longer than others because the table of codes is one table: a reader looks a code up in one place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Argument = str | int | tuple[str, ...]
Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of one file: lines and columns count characters from 1; the end is exclusive.

    `path` is relative to the workspace, with forward slashes, so that outputs are equal on every machine.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    def to(self, other: Span) -> Span:
        """The span from the start of this one to the end of `other`, which must lie in the same file."""
        assert self.path == other.path
        return Span(self.path, self.line, self.column, other.end_line, other.end_column)


NOWHERE = Span("", 0, 0, 0, 0)
"""The place of what no author wrote: defaults and built-in definitions."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A replacement of `span` by `text`; a safe one keeps the author's meaning and is applied by `check --fix`."""

    span: Span
    text: str
    safe: bool = False


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake: a stable code, the place, the code's arguments, other places involved, and a fix if one is known."""

    code: str
    span: Span
    args: Mapping[str, Argument] = field(default_factory=dict)
    related: tuple[Span, ...] = ()
    fix: Fix | None = None

    def __post_init__(self) -> None:
        """A diagnostic with an unknown code, or with other arguments than its code declares, is a bug of ours."""
        declared = CODES[self.code].args
        assert set(self.args) == set(declared), f"{self.code} takes {declared}, not {tuple(self.args)}"

    @property
    def severity(self) -> Severity:
        """Whether a run may go on in spite of it."""
        return CODES[self.code].severity


@dataclass(frozen=True, slots=True)
class Code:
    """What a code promises: its severity, the names of its arguments, and which catalogue words it."""

    room: str
    severity: Severity
    args: tuple[str, ...]


def _codes(room: str, **table: str) -> dict[str, Code]:
    """Rows of the table of codes: `snake_name="argument argument"`; a leading `?` makes it a warning."""
    return {
        name.replace("_", "-"): Code(
            room, "warning" if row.startswith("?") else "error", tuple(row.lstrip("?").split())
        )
        for name, row in table.items()
    }


CODES: dict[str, Code] = {
    **_codes(
        "syntax",
        not_utf8="byte",
        odd_character="character",
        file_too_long="limit",
        file_too_large="limit",
        file_too_deep="limit",
        empty_file="",
        several_documents="",
        yaml_directive="found",
        anchor="name",
        alias="name",
        merge_key="",
        tag="tag",
        duplicate_key="key",
        key_not_text="",
        full_width_sign="found meant",
        blank_after_colon="found",
        tab_indentation="",
        wrong_indentation="",
        missing_colon="found",
        quote_not_closed="quote",
        braces_not_closed="bracket",
        braces_not_opened="bracket",
        text_needs_quotes="found",
        colon_in_text="found",
        row_as_text="found",
        dash_before_key="",
        unknown_escape="found",
        entry_without_value="found",
        comma_missing="found",
        list_on_key_line="",
        not_readable="",
        text_cut_by_hash="?found",
        formula_empty="",
        formula_too_long="limit",
        formula_too_large="limit",
        formula_too_deep="limit",
        formula_in_braces="found",
        formula_ends_early="after",
        expected_value="found",
        expected_operator="found",
        expected_word="expected found",
        missing_word="expected after",
        bracket_not_closed="bracket",
        bracket_not_opened="bracket",
        word_as_function="found meant",
        chained_comparison="found",
        written_otherwise="found meant",
        number_form="found meant",
        number_too_long="limit",
        number_with_letters="found",
        date_form="found meant",
        impossible_date="found",
        text_not_closed="quote",
        text_escape="found",
        unknown_sign="found",
        left_out_clock="found",
        left_out_context="found",
        left_out_filter="found",
        left_out_function="found",
        left_out_instance="found",
        left_out_is="found",
        left_out_loop="found",
        left_out_null="found",
        left_out_pattern="found",
        left_out_range="found",
        left_out_sort="found",
        table_not_a_block="",
        table_without_rows="",
        table_of_one_column="",
        table_too_long="limit",
        table_too_wide="limit",
        header_twice="found",
        row_cells="found expected",
        row_empty="",
        cell_empty="",
        cell_of_a_sheet="cell",
        table_of_several_sheets="found",
        cell_quotes="",
        to_in_a_cell="found",
        cell_word="found",
        cell_range="found one other",
        cell_formula="found",
    ),
    **_codes(
        "model",
        missing_file="file",
        file_not_expected="file",
        missing_key="key",
        unknown_key="found accepted",
        key_elsewhere="found where",
        wrong_shape="expected key",
        not_of_kind="found expected",
        one_word_expected="expected key",
        empty_value="expected key",
        file_is_a_link="file",
        file_in_capitals="file",
        too_many_files="limit",
    ),
    **_codes(
        "check",
        unknown_name="found accepted",
        text_unquoted="found meant",
        manager_means_two="found",
        unknown_event="found accepted",
        unknown_field="found accepted of",
        unknown_action="found accepted kind",
        unknown_function="found accepted",
        way_to_round_not_said="found",
        unknown_type="found accepted",
        unknown_zone="found accepted",
        unknown_currency="found accepted",
        unknown_edition="found accepted",
        unknown_period_kind="found accepted",
        not_a_choice="found accepted",
        not_a_name="found",
        not_a_clause_key="found",
        not_an_event_name="found",
        reserved_name="found",
        name_twice="found",
        identity_twice="found",
        names_alike="found other",
        not_a_person_field="found accepted",
        digits_not_possible="found",
        period_optional="found",
        title_missing="languages",
        title_language="found accepted",
        file_not_found="found",
        not_a_day_of_the_year="found",
        period_columns="found accepted",
        period_row="found",
        period_twice="found",
        periods_overlap="one other",
        source_twice="found",
        event_or_register="",
        field_not_mapped="field of",
        column_or_text="",
        currency_not_said="field",
        currency_of_what="field",
        path_leaves="found",
        format_not_said="found accepted",
        key_of_other_format="key found",
        key_of_other_source="key found",
        key_of_other_kind="key found",
        content_changes="",
        total_of_what="",
        form_not_understood="found accepted",
        column_named_twice="found",
        one_function="found accepted",
        event_of_nobody="found",
        measure_of_returns="found",
        default_unit="found accepted",
        only_of_an_average="",
        key_of_other_measure="key found",
        unknown_measure="found accepted",
        unknown_window="found accepted",
        unknown_group="found accepted",
        one_event="found",
        customer_not_sure="found",
        window_length="found limit years",
        window_of_a_window="found",
        latest_of_several_periods="found event",
        literal_too_large="",
        literal_too_fine="limit",
        length_not_possible="",
        not_a_condition="found",
        not_a_quantity="found",
        unlike_units="operator left right",
        unlike_branches="left right",
        ratio_against_number="found one other",
        money_against_number="found unit",
        no_order="operator found",
        not_one_of="found accepted",
        wrong_arguments="found accepted",
        wrong_argument="function parameter found accepted",
        argument_not_literal="function parameter",
        no_exact_result="found",
        gives_a_list="found",
        empty_list="found",
        not_one_value="found",
        not_a_moment="found accepted",
        zone_in_a_time="found",
        no_such_part="found of accepted",
        power_not_possible="limit",
        no_calendar_in_an_instant="",
        not_of_cells="",
        not_yet="what",
        circle="path",
        circle_of_policies="path steps",
        unknown_fact="found policy accepted",
        unknown_policy="found accepted",
        fact_of_itself="found accepted",
        fact_of_another_subject="found policy subject",
        fact_of_people="found policy subject",
        fact_of_several_periods="found",
        fact_of_shorter_periods="found policy each own",
        fact_not_of_shorter_periods="found policy each own",
        fact_in_for="found",
        unused="?found",
        never_holds="?",
        pay_falls="?before after other",
        pay_falls_between="?before after one other",
        pay_unlimited="?found",
        one_way_to_pay="found accepted",
        mode_not_said="accepted",
        mode_and_rows="found",
        name_a_value="key",
        not_a_rate="found",
        rate_below_zero="found",
        not_the_currency_paid="found unit",
        too_many_digits="",
        row_without_border="",
        row_gives_one="found",
        rows_differ="found",
        marginal_needs_rates="",
        marginal_by="by on",
        field_and_result="found event",
        amount_not_taken_back="found event",
        accumulate_event="",
        accumulate_what="found over",
        accumulate_by="by on over",
        accumulate_named_period="event over",
        rest_of_what="",
        rest_needs_slices="found",
        rest_by="by on",
        rest_rate_open="",
        rest_rate_whole="",
        border_unit="found accepted",
        border_twice="found",
        no_room_below="found",
        gap_in_table="one other",
        overlap_in_table="one other",
        rows_end="found",
        to_in_a_table="",
        value_or_table="",
        unknown_table="found accepted",
        table_in_two_files="found",
        table_output="found accepted",
        header_no_name="found",
        hit_gives_a_list="found",
        hit_without_table="",
        gives_without_results="key",
        gives_no_column="found accepted",
        gives_asks_nothing="",
        input_after_output="found",
        input_or_output="found",
        output_not_said="found accepted",
        unknown_output="found table accepted",
        default_of_outputs="",
        no_row_applies="example",
        two_rows_apply="example",
        rows_disagree="example",
        row_masked="",
        row_never_applies="",
        rows_unlike="left right",
        table_too_intricate="limit",
        priority_column="found",
        collect_of_formulas="hit",
        count_pays_nothing="",
        returns_not_said="event reversing",
        event_not_recorded="found",
        register_not_recorded="found",
        day_count_missing="",
        key_without_effect="key way",
        to_or_also_to="",
        shares_not_whole="found",
        share_not_possible="found",
        share_of_each_person="found",
        credit_twice="found",
        when_or_unless="",
        gate_reads_nothing="",
        limit_of_nothing="found",
        cap_below_zero="found",
        floor_above_cap="",
        credit_unreached="found other",
        credit_may_lapse="found owner",
        levels_of_whom="key",
        levels_need_shares="",
        level_left_nothing="found",
        share_or_shares="",
        list_is_no_type="found",
        list_not_here="found",
        part_not_possible="found list",
        part_absent="list kind",
        separators_not_said="found",
        separators_or_parts="",
        two_separators="",
        claw_back_not_said="",
        claw_back_without_returns="",
        claw_back_of_nothing="event",
        claw_back_of_which_amount="clause event reversing known",
        claw_back_too_long="found",
        one_action="found accepted",
        review_of_a_part="",
        days_not_possible="found limit",
        unknown_role="found accepted",
        key_without_item="key",
        due_not_understood="found",
        unknown_calendar="found accepted",
        calendar_not_said="found accepted",
        calendar_ends_early="?found name last period",
        calendar_too_long="found limit",
        calendar_overlaps="name",
        calendar_gap="name first last",
        day_length_not_possible="found",
        day_length_differs="name",
        day_unlike_hours="?found hours",
        day_not_valid="found first last",
        day_twice="found",
        not_days="found",
        works_anyway="?found",
        unknown_weekday="found accepted",
        weekday_twice="found",
        hours_not_understood="found",
        hours_over_midnight="found",
        hours_overlap="found other",
        make_up_hours_not_said="",
        row_not_possible="found limit",
        rank_one_end="found",
        rank_of_nobody="found",
        ties_not_said="accepted",
        split_of_an_action="",
        split_needs_one_amount="",
        once_per_too_short="found each",
        event_of_no_customer="found",
        one_tier="",
        last_tier_has_a_condition="found",
        tier_without_enter="found",
        stay_asks_more="found name",
        tiers_out_of_order="found other",
        periods_not_understood="found accepted each",
        fall_not_understood="found",
        holding_not_understood="found",
        evaluate_not_understood="found",
        known_at_period_end="found",
        returns_to_days_gone_by="found",
        setting_lacks_a_field="found field accepted",
        unknown_state="found accepted",
        unknown_clock="found accepted",
        begins_at_its_end="found",
        event_without_case="found field",
        case_of_another_type="found type accepted",
        handed_to_nobody="found",
        migrates_from_nothing="found accepted",
        migration_hole="key found version",
        migrates_to_the_end="found",
        clock_twice="found",
        clock_of_another_time="found other",
        leaves_its_end="found",
        two_moves="found state",
        at_most_without_every="",
        timer_of_two_times="found other",
        unknown_moment="found accepted",
        moment_of_two_kinds="found",
        timer_without_end="",
        length_not_understood="found",
        due_of_nothing="",
        target_units="found",
        no_plain_value="found field",
        reopened_not_said="found",
        warn_at_not_possible="found",
        guard_of_two_events="found",
        count_not_compared="found",
        state_never_reached="found",
        state_never_left="found",
        no_way_to_an_end="found accepted",
        waits_for_ever="?found",
        loop_of_no_time="found",
        level_before_the_lower="found other",
        pause_without_end="found",
        count_not_used="?found",
        every_no_time="found",
        length_of_no_time="found",
        clock_never_warns="found",
        points_turn="?name found",
        fact_of_one="found",
        end_is_not_left="found",
        text_without_quotes="?found",
        clock_never_stops="found accepted",
        calendar_too_short="?name day first last",
        case_event_not_used="?found policy",
        sets_another_tier="found word",
        one_move="found",
        unknown_tier="found accepted",
        falls_to_the_best="found",
        moves_by_too_many="found limit",
        key_not_of_tiering="key instead",
        version_about_another="key found accepted version",
        tier_left_out="found version accepted",
        was_nothing_before="found",
        was_still_there="found",
        service_not_understood="found",
        service_forms_differ="name found other",
        key_of_a_score="key",
        bands_not_possible="found limit",
        from_inside_period="found period accepted",
        through_before_from="found",
        version_twice="policy version",
        version_begins_early="policy",
        nothing_to_split="found",
        replaces_nothing="policy version found",
        replaces_another="policy found accepted",
        replaces_from_another_day="found accepted version",
        weights_not_whole="found",
        weight_not_possible="found",
        scale_or_points="",
        key_of_points="key",
        scale_not_understood="found accepted",
        points_not_possible="found limit",
        form_without_period="found",
        one_rating="",
        rating_twice="found",
        rating_without_from="found",
        ratings_out_of_order="found other",
        no_rating_below="found",
        rating_out_of_reach="found limit",
        unknown_rating="found accepted",
        rating_or_when="found",
        falls_too_far="found limit",
        many_rated_so="?rating group people rated allowed",
        case_adrift="?found cases people policy",
        stage_done_twice="found",
        calibrated_twice="found other",
        calibration_lacks_a_field="found field accepted",
        calibrates_to_another="found word",
        opening_not_understood="found",
        opening_without_stages="",
        times_without_opening="found",
        together_with_nothing="",
        reminders_not_possible="found",
        overdue_without_due="found",
        stage_event_lacks_a_field="found field accepted",
        names_no_stage="found word",
        attainment_not_possible="found limit",
        goal_in_a_policy="",
        goal_field_not_mapped="field",
    ),
    **_codes(
        "intake",
        # What ends an intake: files and registers that can't be used as they are.
        file_outside="path",
        nothing_to_read="pattern",
        file_unreadable="reason",
        file_changed="",
        encoding_wrong="",
        nul_character="",
        quote_unclosed="",
        quote_misplaced="",
        row_too_long="",
        header_absent="",
        column_absent="column nearest",
        column_twice="column",
        packed_too_tightly="limit",
        packing_broken="",
        file_damaged="format",
        column_inexact="column",
        column_untold="column found",
        column_no_list="column found accepted",
        sheet_not_said="accepted",
        sheet_absent="found accepted",
        delivered_rows_differ="source found declared",
        delivered_total_differs="source found declared",
        register_rows_overlap="key",
        register_values_differ="key field",
        path_twice="path keys",
        # What puts one row into quarantine.
        row_ragged="?found",
        json_malformed="?",
        json_key_twice="?found",
        json_not_a_number="?found",
        json_nested="?column",
        json_list="?column accepted",
        cell_without_value="?column found",
        number_inexact="?column found",
        rows_contradict="?id",
        reverses_too_much="?id",
        register_in_doubt="rows",
        reverses_wrong_way="?id",
        choice_undecided="?column",
        order_unknown="?id",
        cell_absent="?column",
        id_unseen="?column found",
        amount_malformed="?column found before after",
        amount_without_currency="?column found before after",
        number_malformed="?column found before after",
        percent_malformed="?column found before after",
        fraction_malformed="?column found before after",
        number_too_small="?column found accepted",
        number_too_large="?column found accepted",
        currency_absent="?column found",
        currency_malformed="?column found",
        word_unknown="?column found accepted",
        yes_or_no_malformed="?column found",
        date_malformed="?column found accepted",
        date_not_real="?column found",
        time_malformed="?column found accepted",
        time_out_of_reach="?column found first last",
        time_without_offset="?column found",
        time_skipped="?column found zone",
        time_twice="?column found zone",
        period_unknown="?column found",
        period_start_unknown="?column found kind",
        sequence_malformed="?column found",
        too_many_parts="?column found limit",
        part_malformed="?column found",
        part_share="?column found",
        part_twice="?column found",
        parts_not_whole="?column found",
        path_malformed="?column found separator",
        row_ends_early="?column found",
        approved_by_oneself="?column found",
        overridden_by_oneself="?column found",
        value_not_of_fact="?column found fact example before after",
        goal_not_smart="?column found",
        goal_not_measurable="?column found",
        goal_without_days="?column found",
        goal_of_whom="?column found",
        goal_reached_already="?column found",
        goal_in_another_unit="?column found measure type",
        goal_unchanged="?column found",
    ),
    **_codes(
        "run",
        # Why something is missing; not mistakes, but said of amounts that can't be decided.
        divided_by_zero="?name",
        too_large="?name",
        undefined="?name",
        nothing_recorded="?name event",
        not_delivered="?name event",
        window_not_delivered="?name event first last",
        window_not_listed="?name window",
        no_opening="?name",
        in_no_group="?name column",
        too_few="?name event needed",
        other_currency="?name currency",
        original_unknown="?event",
        field_absent="?event name",
        no_share="?name",
        no_later="?event name",
        unknown_of_person="?name",
        not_served="?",
        not_there="?event",
        several_inputs="?",
        calendar_unknown="?calendar first last end",
        earlier_undecided="?name policy period",
        fact_withheld="?name policy period",
        fact_of_nobody="?name policy",
        fact_not_there="?name policy period",
        no_event="?",
        not_overridden="?",
        rank_undecided="?name",
        not_ranked="?name",
        band_undecided="?name",
        no_case="?",
        case_in_doubt="?name",
        not_come_to="?name",
        nothing_timed="?name",
        case_beyond_days="?name calendar first last",
        not_asked="?",
        no_tier_before="?name",
        no_tier_yet="?name",
        not_promised="?name",
        nothing_set="?event",
        period_elsewhere="?event",
        outside_scale="?name low high",
        stage_open="?name by event",
        never_reopened="?name",
        day_not_known="?name calendar first last",
        nobody_acts="?name by",
        not_delegated="?name",
        not_reminded="?name",
        no_such_rating="?event",
        too_many_rated="?rating share",
        no_goals="?",
        goal_weights="?",
        goal_not_reported="?name",
        goal_measured_later="?name",
        goal_not_of_team="?name",
        goal_of_nobody="?",
    ),
    **_codes(
        "cli",
        no_workspace="path",
        unknown_period="period known",
        nothing_in_force="period",
        too_much_history="policy first limit",
        unknown_engine="engine known",
        moment_without_offset="found",
        folder_not_ours="path",
        folder_not_empty="path",
        unknown_person="person near",
        unknown_case="case near",
        unknown_clause="clause known",
        no_tiering="",
        no_escalation="",
        unknown_escalation="policy known",
        no_such_state="state known",
        no_such_version="version known",
        no_escalation_in_force="period known",
        case_ambiguous="case event state day",
        case_ran_away="case timer state day",
        case_beyond_calendar="case found state calendar first last",
        no_case_log="path",
        damaged_case_log="path line",
        no_review="",
        unknown_review="policy known",
        no_review_in_force="period known",
        unknown_stage="stage known",
        several_tierings="known",
        unknown_tiering="policy known",
        no_tier_on_day="policy day days",
        unknown_reader="found known",
        no_goals_policy="",
        no_goals_on_day="day first",
        unknown_code="wanted near",
        needs_notices="country",
        needs_years="country",
        not_a_notice="path",
        years_apart="found",
        unknown_country="found",
        package_missing="package extra",
        calendar_there="path",
        file_failed="path problem",
        engine_failed="engine problem",
    ),
}
"""Every code there is, by room. A code never changes its meaning; `workflow help CODE` explains it."""


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sorted by place, then code, each one once: the order in which people read."""
    unique: dict[object, Diagnostic] = {}
    for diagnostic in diagnostics:
        unique.setdefault((diagnostic.span, diagnostic.code, tuple(sorted(diagnostic.args.items()))), diagnostic)
    return tuple(sorted(unique.values(), key=lambda d: (d.span, d.code, str(sorted(d.args.items())))))


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """True if any of them stops a run."""
    return any(diagnostic.severity == "error" for diagnostic in diagnostics)


class WorkflowError(Exception):
    """The root of all exceptions a caller of this package can meet; each branch has its exit code."""

    exit_code = 4


class MistakesFound(WorkflowError):
    """The policies, or the input data, have mistakes: `diagnostics` says which."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        """Keep the diagnostics; the message is for developers, `report` words them for people."""
        super().__init__(", ".join(sorted({diagnostic.code for diagnostic in diagnostics})))
        self.diagnostics = diagnostics


class PoliciesRefused(MistakesFound):
    """An author's mistakes, so nothing was run."""

    exit_code = 1


class InputRefused(MistakesFound):
    """Recorded data that can't be used as declared, so nothing was run."""

    exit_code = 3


class WrongUsage(MistakesFound):
    """A request that makes no sense for this workspace: an unknown period, person or clause."""

    exit_code = 2


class WorldFailed(MistakesFound):
    """A file that can't be read or written, an engine that failed."""

    exit_code = 4
