"""What the figure of limit sets shows: what noise-free runs end in, for every population and round of alternatives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from rnnatlas.arrays import Array, Float, Int
from rnnatlas.artifacts.dynamics_schemas import LIMIT_SETS
from rnnatlas.artifacts.store import read_artifact
from rnnatlas.claims.competence import competent
from rnnatlas.claims.limit_set_claims import ZERO
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import REFERENCE, Evidence
from rnnatlas.evidence.stored import Table
from rnnatlas.tasks.registry import get_task

KINDS = ("fixed point", "limit cycle", "torus", "chaos", "not told apart")
CELLS = {"gru": "GRU", "lstm": "LSTM"}


class Group(NamedTuple):
    """Networks shown together: members of one table. ``competent`` is -1 where their performance was not measured."""

    label: str
    round: int
    table: Table
    members: Int[Array, "network"]
    competent: int


def limit_sets_data(evidence: Evidence, architectures: Mapping[str, Table] | None = None) -> dict[str, Array]:
    """The arrays of one task. ``architectures``: tables of populations of other cells, by name.

    ``group/*`` has a row a group, in the order shown: its name, round (0: trained on the task alone), networks trained and
    competent; ``share`` [group, input, kind] is the mean over networks of the share of runs from visited states, kinds as in
    ``KINDS``. ``exponent/*`` has a row a network and constant input, ``count`` its limit sets that such runs reach; ``cycle/*`` a
    row a limit cycle among them. Exponents are in 1/τ, periods in τ.
    """
    groups = [*_of_study(evidence), *_of_cells(architectures or {})]
    inputs = groups[0].table["exponent/before"].shape[1]
    names = list(get_task(evidence.task).constant_inputs())[:inputs]
    exponents = [_exponents(number, group) for number, group in enumerate(groups)]
    cycles = [_cycles(number, group) for number, group in enumerate(groups)]
    return {
        "title": np.array(evidence.title),
        "inputs": np.array(names),
        "zero": np.array(ZERO),
        "group/label": np.array([group.label for group in groups]),
        "group/round": np.array([group.round for group in groups]),
        "group/trained": np.array([len(group.members) for group in groups]),
        "group/competent": np.array([group.competent for group in groups]),
        "share": np.stack([shares(group.table, group.members, inputs) for group in groups]),
        **{f"exponent/{name}": np.concatenate([part[name] for part in exponents]) for name in exponents[0]},
        **{f"cycle/{name}": np.concatenate([part[name] for part in cycles]) for name in cycles[0]},
    }


def shares(table: Table, members: Int[Array, "network"], inputs: int) -> Float[Array, "input kind"]:
    """Mean over networks of the share of runs from visited states that end in each kind of limit set (rows sum to 1)."""
    kinds = np.array([KINDS.index(str(kind)) for kind in table["set/kind"]] + [len(KINDS) - 1])
    ends = kinds[table["run/set"]]  # run/set is -1 where nothing was told apart: the last entry
    visited = table["run/visited"].astype(bool)
    found = np.full((inputs, len(members), len(KINDS)), np.nan)
    for number in range(inputs):
        for place, member in enumerate(members):
            mine = visited & (table["run/member"] == member) & (table["run/input"] == number)
            if mine.any():
                found[number, place] = np.bincount(ends[mine], minlength=len(KINDS)) / mine.sum()
    return found.mean(axis=1)


def _of_study(evidence: Evidence) -> list[Group]:
    sets = {name.removeprefix("standard/"): (0, rows) for name, rows in evidence.populations().items()}
    if len(begun := evidence.references()):
        sets["reference"] = (REFERENCE, begun)
    sets |= {f"alt-{k}": (k, rows) for k, rows in evidence.rounds().items()}
    return [
        Group(
            label,
            round_,
            evidence.of_ensemble(int(rows[0]), "limit_sets"),
            evidence.networks["member"][rows],
            int(competent(evidence, rows).sum()),
        )
        for label, (round_, rows) in sets.items()
    ]


def _of_cells(architectures: Mapping[str, Table]) -> list[Group]:
    return [
        Group(CELLS.get(name, name), 0, table, np.arange(len(table["exponent/before"])), -1)
        for name, table in architectures.items()
    ]


def _exponents(number: int, group: Group) -> Table:
    table, members = group.table, group.members
    inputs = table["exponent/before"].shape[1]
    columns = {name: table[f"exponent/{name}"][members].reshape(-1) for name in ("before", "before_error", "after", "after_error")}  # fmt: skip
    reached = table["set/share"] > 0.0
    counts = [
        int((reached & (table["set/member"] == member) & (table["set/input"] == constant)).sum())
        for member in members
        for constant in range(inputs)
    ]
    of = {"group": np.full(len(counts), number), "input": np.tile(np.arange(inputs), len(members))}
    return of | columns | {"count": np.array(counts)}


def _cycles(number: int, group: Group) -> Table:
    table = group.table
    mine = (table["set/kind"] == "limit cycle") & (table["set/share"] > 0.0)
    mine &= np.isin(table["set/member"], group.members)
    columns = {name: table[f"set/{name}"][mine] for name in ("input", "period", "share")}
    return {"group": np.full(int(mine.sum()), number)} | columns


def collect(case: Case) -> dict[str, Array]:
    """The arrays of one task, with the populations of other cells."""
    files = case.of_part("architectures", "limit_sets")
    tables = {name.removeprefix("standard/"): read_artifact(file, LIMIT_SETS).data for name, file in files.items()}
    return limit_sets_data(case.evidence, tables)
