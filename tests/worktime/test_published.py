"""Published calendars: what of the PRC's notices and of a country's rules becomes a file that has no mistakes."""

from __future__ import annotations

import datetime
import json
import sys
from pathlib import Path

import pytest

import workflow
from workflow import api
from workflow.diagnostics import WrongUsage
from workflow.words import LANGUAGES
from workflow.worktime.published import of_country, of_notices, worked_weekdays


def notice(year: int, **days: bool) -> bytes:
    """A file of a year: `d0101=True` is a day off, 1 January."""
    told = [
        {"name": "节", "date": f"{year}-{name[1:3]}-{name[3:]}", "isOffDay": is_off} for name, is_off in days.items()
    ]
    return json.dumps({"year": year, "papers": [f"notice of {year}"], "days": told}).encode()


def code_of(files: dict[str, bytes]) -> str:
    """What is wrong with the files."""
    with pytest.raises(WrongUsage) as wrong:
        of_notices(files)
    return wrong.value.diagnostics[0].code


def test_days_of_one_name_that_follow_each_other_are_a_range() -> None:
    """Days off and make-up days apart, in the order of the calendar."""
    found = of_notices({"a": notice(2026, d0102=True, d0101=True, d0103=True, d0104=False, d0501=True)})
    day = datetime.date
    assert found.holidays == ((day(2026, 1, 1), day(2026, 1, 3), "节"), (day(2026, 5, 1), day(2026, 5, 1), "节"))
    assert found.make_up == ((day(2026, 1, 4), day(2026, 1, 4), "节"),)


def test_a_working_weekday_is_no_make_up_day() -> None:
    """Monday 3 February 2020 was a holiday until a later notice took that back."""
    assert of_notices({"a": notice(2020, d0203=False, d0201=False)}).make_up == (
        (datetime.date(2020, 2, 1), datetime.date(2020, 2, 1), "节"),
    )


def test_a_year_speaks_of_the_last_days_of_the_year_before() -> None:
    """31 December 2018 was made a holiday by the notice of 2019; alone, that notice says nothing of 2018."""
    later = json.loads(notice(2019, d0101=True))
    later["days"].append({"name": "节", "date": "2018-12-31", "isOffDay": True})
    both = of_notices({"b": json.dumps(later).encode(), "a": notice(2018, d0101=True)})
    alone = of_notices({"b": json.dumps(later).encode()})
    assert both.holidays[-1][:2] == (datetime.date(2018, 12, 31), datetime.date(2019, 1, 1))
    assert alone.holidays[0][:2] == (datetime.date(2019, 1, 1), datetime.date(2019, 1, 1))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"[" * 100_000,
        b"\xff\xfe{",
        b'{"year": 2026, "days": []}',
        b'{"year": true, "days": [{"name": "a", "date": "2026-01-01", "isOffDay": true}]}',
        b'{"year": 2026, "days": [{"name": "a", "date": "2026-02-30", "isOffDay": true}]}',
        b'{"year": 2026, "days": [{"name": "a", "date": "2026-01-01", "isOffDay": "no"}]}',
        b'{"year": 2026, "days": [{"name": "a", "date": "2026-01-01"}]}',
        (
            b'{"year": 2026, "days": [{"name": "a", "date": "2026-01-01", "isOffDay": true}, '
            b'{"name": "a", "date": "2026-01-01", "isOffDay": false}]}'
        ),
        notice(2026, d0101=True) + b" " * 1_000_000,
    ],
    ids=range(11),
)
def test_another_file_is_refused(data: bytes) -> None:
    """Whatever it holds, by its name and without a traceback."""
    assert code_of({"a": data}) == "not-a-notice"


def test_years_that_do_not_follow_each_other_are_refused() -> None:
    """A gap would have days of which nobody knows; a year twice would have two truths."""
    assert code_of({"a": notice(2024, d0101=True), "b": notice(2026, d0101=True)}) == "years-apart"
    assert code_of({"a": notice(2026, d0101=True), "b": notice(2026, d0501=True)}) == "years-apart"


@pytest.mark.parametrize(
    ("weekend", "expected"),
    [({5, 6}, ((0, 4),)), ({4, 5}, ((6, 3),)), ({6}, ((0, 5),)), ({4}, ((5, 3),)), ({2, 6}, ((0, 1), (3, 5)))],
)
def test_the_weekdays_that_are_worked(weekend: set[int], expected: tuple[tuple[int, int], ...]) -> None:
    """As stretches, over the week's end too."""
    assert worked_weekdays(frozenset(weekend)) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_of_a_year_has_no_mistakes(language: str, tmp_path: Path) -> None:
    """It stands in a workspace that uses it; a second year is another file of the same calendar."""
    root = tmp_path / "policies"
    api.start(root)
    (tmp_path / "2026.json").write_bytes(notice(2026, d0101=True, d0104=False))
    (tmp_path / "2027.json").write_bytes(notice(2027, d0101=True, d0103=False))
    for year in (2026, 2027):
        out = root / "calendars" / f"cn-{year}.yaml"
        api.import_calendar(out, "cn", (tmp_path / f"{year}.json",), language=language)
    with (root / "workspace.yaml").open("a", encoding="utf-8") as file:
        file.write("calendar: cn\n")
    checked = workflow.check(root)
    assert checked.diagnostics == ()
    calendar = checked.policies[0].calendar
    assert calendar is not None
    assert (calendar.first, calendar.last) == (datetime.date(2026, 1, 1), datetime.date(2027, 12, 31))
    # 31 December 2026 is a Thursday, 1 January a holiday, Sunday 3 January made up.
    assert calendar.working_day_after(datetime.date(2026, 12, 31), 1) == datetime.date(2027, 1, 3)


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    """Unless it is said to be replaced."""
    out, year = tmp_path / "cn.yaml", tmp_path / "2026.json"
    year.write_bytes(notice(2026, d0101=True))
    out.write_text("kept", encoding="utf-8")
    with pytest.raises(WrongUsage) as wrong:
        api.import_calendar(out, "CN", (year,))
    assert (wrong.value.diagnostics[0].code, out.read_text(encoding="utf-8")) == ("calendar-there", "kept")
    api.import_calendar(out, "CN", (year,), force=True)
    assert "2026-01-01" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("country", "source", "code"),
    [("cn", (2026, 2026), "needs-notices"), ("CN", None, "needs-notices"), ("DE", None, "needs-years"),
     ("DE", (Path("2026.json"),), "needs-years")],
)  # fmt: skip
def test_each_country_has_its_source(
    country: str, source: tuple[Path, ...] | tuple[int, int] | None, code: str, tmp_path: Path
) -> None:
    """China's make-up days follow no rule; other countries have no files."""
    with pytest.raises(WrongUsage) as wrong:
        api.import_calendar(tmp_path / "a.yaml", country, source)
    assert wrong.value.diagnostics[0].code == code


def test_without_the_package_it_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing else needs it."""
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(WrongUsage) as wrong:
        of_country("DE", (2026, 2026))
    assert wrong.value.diagnostics[0].code == "package-missing"


def test_the_holidays_of_countries() -> None:
    """Germany's Unity Day, Bavaria's Epiphany, a weekend on Friday and Saturday, Hungary's Saturday that is worked."""
    pytest.importorskip("holidays", reason="the package holidays isn't installed")
    days = {
        country: {first for first, _, _ in of_country(country, (2026, 2026)).holidays} for country in ("DE", "DE-BY")
    }
    epiphany = datetime.date(2026, 1, 6)
    assert datetime.date(2026, 10, 3) in days["DE"]
    assert (epiphany in days["DE"], epiphany in days["DE-BY"]) == (False, True)
    assert of_country("IL", (2026, 2026)).weekend == {4, 5}
    assert datetime.date(2026, 8, 8) in {first for first, _, _ in of_country("HU", (2026, 2026)).make_up}
    for unknown in ("XX", "DE-ZZ", ""):
        with pytest.raises(WrongUsage):
            of_country(unknown, (2026, 2026))
