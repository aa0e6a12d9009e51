"""`Fold` as SQL: the rows with a kernel's inputs as integers. No SQL goes from row to row: the engine does, in the
order of each group, and keeps what comes out as a relation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from workflow.columns.layers import Layers
from workflow.columns.queries import relation, select
from workflow.columns.storage import sql_type
from workflow.columns.tree import call, cast, column, named, plain, sql_name
from workflow.model.types import COUNT
from workflow.plan.kernels import UNKNOWN, Kernel
from workflow.plan.nodes import WIDE, Fold


@dataclass(frozen=True, slots=True)
class Folding:
    """What becomes of a statement's rows: columns `by` tell its groups apart, `order` is that of a group's rows,
    `inputs` are the kernel's, `keep` says which rows are wanted when all is done. The engine keeps the columns `read`,
    and puts the outputs of `gives` beside them, each by its name for columns.
    """

    kernel: Kernel
    by: tuple[str, ...]
    order: tuple[str, ...]
    inputs: tuple[str, ...]
    read: tuple[str, ...]
    gives: tuple[tuple[str, str], ...]
    keep: str | None = None


def unfolded(name: str) -> str:
    """The relation of what the engine keeps of a step."""
    return f"{name} folded"


def folding(node: Fold, read: Sequence[str], wanted: set[str], keep: str | None) -> Folding:
    """What becomes of the rows, of which the columns `read` are, and of the outputs those that are `wanted`."""
    outputs = tuple((word, sql_name(_output(word))) for word in node.kernel.outputs)
    return Folding(
        node.kernel,
        tuple(sql_name(_given(name, read)) for name in node.by),
        tuple(sql_name(_given(name, read)) for name in node.order),
        tuple(sql_name(_input(word)) for word in node.kernel.inputs),
        tuple(sql_name(name) for name in read),
        tuple((word, name) for word, name in outputs if name in wanted),
        None if keep is None else sql_name(_given(keep, read)),
    )


def rows_of(node: Fold, read: Sequence[str], keep: str | None) -> exp.Select:
    """The rows: what is read of them, then what only the engine needs, truths in as few bytes as there are."""
    kernel = node.kernel
    also = dict.fromkeys((*node.by, *node.order, *(() if keep is None else (keep,))))
    given = [named(column(name, "l"), name) for name in read]
    given += [named(column(name, "l"), _given(name, read)) for name in also if name not in read]
    for word, name in zip(kernel.inputs, node.inputs, strict=True):
        of = "TINYINT" if word in kernel.truths else "BIGINT"
        tree = cast(column(name, "l"), of)
        tree = call("coalesce", tree, cast(plain(UNKNOWN), of)) if word in kernel.open else tree
        given.append(named(tree, _input(word)))
    return select(given, relation(node.of, "l"))


def _given(name: str, read: Sequence[str]) -> str:
    """What a column is called that the engine needs: by its own name, if that is read besides."""
    return name if name in read else f"?of.{name}"


def _input(word: str) -> str:
    return f"?in.{word}"


def with_outputs(node: Fold, name: str, columns: Sequence[str]) -> Layers:
    """What the engine has kept of the step `name`, with the outputs as counts."""
    layers = Layers(relation(unfolded(name)), columns)
    for word in node.kernel.outputs:
        of = WIDE if word in node.kernel.wide else COUNT
        layers.add(f"{node.name}.{word}", cast(column(_output(word)), sql_type(of)))
    return layers


def _output(word: str) -> str:
    return f"?out.{word}"
