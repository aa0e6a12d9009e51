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
from workflow.plan.nodes import Fold


@dataclass(frozen=True, slots=True)
class Folding:
    """What becomes of a statement's rows: columns `by` tell its groups apart, `order` is that of a group's rows,
    `inputs` are the kernel's, `keep` says which rows are wanted when all is done. These are left out of what the engine
    keeps; the outputs of `gives` are put beside the others, each by its name for columns.
    """

    kernel: Kernel
    by: tuple[str, ...]
    order: tuple[str, ...]
    inputs: tuple[str, ...]
    gives: tuple[tuple[str, str], ...]
    keep: str | None = None


def unfolded(name: str) -> str:
    """The relation of what the engine keeps of a step."""
    return f"{name} folded"


def folding(node: Fold, wanted: set[str], keep: str | None) -> Folding:
    """What becomes of the rows, of which only the columns `wanted` are read."""
    outputs = tuple((word, sql_name(_output(word))) for word in node.kernel.outputs)
    return Folding(
        node.kernel,
        tuple(f"?by.{number}" for number in range(len(node.by))),
        tuple(f"?order.{number}" for number in range(len(node.order))),
        tuple(f"?in.{number}" for number in range(len(node.inputs))),
        tuple((word, name) for word, name in outputs if name in wanted),
        None if keep is None else "?keep",
    )


def rows_of(node: Fold, read: Sequence[str], keep: str | None) -> exp.Select:
    """The rows: what is read of them, then what only the engine needs."""
    given = [named(column(name, "l"), name) for name in read]
    given += [named(column(name, "l"), f"?by.{number}") for number, name in enumerate(node.by)]
    given += [named(column(name, "l"), f"?order.{number}") for number, name in enumerate(node.order)]
    for number, (word, name) in enumerate(zip(node.kernel.inputs, node.inputs, strict=True)):
        tree = cast(column(name, "l"), "BIGINT")
        tree = call("coalesce", tree, cast(plain(UNKNOWN), "BIGINT")) if word in node.kernel.open else tree
        given.append(named(tree, f"?in.{number}"))
    if keep is not None:
        given.append(named(column(keep, "l"), "?keep"))
    return select(given, relation(node.of, "l"))


def with_outputs(node: Fold, name: str, columns: Sequence[str]) -> Layers:
    """What the engine has kept of the step `name`, with the outputs as counts."""
    layers = Layers(relation(unfolded(name)), columns)
    for word in node.kernel.outputs:
        layers.add(f"{node.name}.{word}", cast(column(_output(word)), sql_type(COUNT)))
    return layers


def _output(word: str) -> str:
    return f"?out.{word}"
