"""Evidence on which every claim holds, for tests to spoil."""

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from rnnatlas.evidence.evidence import Evidence

CHAINS, MEMBERS = 6, 5
POPULATIONS = ("standard/g0.5", "standard/g1.5")


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def evidence(task: str = "flip_flop", rounds: int = 2, populations: int = 2, members: int = MEMBERS) -> Evidence:
    """All claims hold: standards predict each other, alternatives predict nothing before them and are as good.

    Rows: the standard networks, then round 1 of chains 0-5, then round 2. Chain c departs from standard c.
    """
    places = [(name, "-", 0, k) for name in POPULATIONS[:populations] for k in range(members)]
    places += [(f"alternatives/insd_alt{r}", "insd", r, c) for r in range(1, rounds + 1) for c in range(CHAINS)]
    n, standard = len(places), populations * members
    old = np.arange(n) < standard
    similar = np.where(old[:, None] & old[None], 0.97, 0.3)
    decoupled = np.where(old[:, None] & old[None], 0.95, 0.05)
    distance = np.where(old[:, None] & old[None], 1.0, 5.0)
    for matrix, own in ((similar, 1.0), (decoupled, 1.0), (distance, 0.0)):
        np.fill_diagonal(matrix, own)
    networks = {
        "network": np.array([f"{name}#{k}" for name, _, _, k in places]),
        "ensemble": np.array([name for name, *_ in places]),
        "chains": np.array([chains for _, chains, _, _ in places]),
        "round": np.array([r for _, _, r, _ in places]),
        "member": np.array([k for *_, k in places]),
        "reference": np.array([-1 if r == 0 else k for _, _, r, k in places]),
        "accepted": np.ones(n, bool),
        "raw": similar,
        "raw_centred": similar.copy(),
        "null": decoupled,
        "null_centred": decoupled.copy(),
        "performance": np.where(old, 0.98, 0.96),
    }
    points = {name: cubes(members if name in POPULATIONS else CHAINS) for name in dict.fromkeys(networks["ensemble"])}
    cube = {name: {"cube/branches": np.ones(len(table["spread"]))} for name, table in points.items()}
    tables = {
        "similarity": networks,
        "embedding": {"distance": distance, "alignment": 0.2 * distance},
        "fixed_points": points,
        "attractors": cube if task == "flip_flop" else {},
    }
    return Evidence(task, networks, tables)


def with_tables(e: Evidence, **tables: Any) -> Evidence:
    """The evidence with these tables in place of its own, or beside them."""
    return replace(e, tables={**e.tables, **tables})


def with_networks(e: Evidence, networks: dict[str, np.ndarray]) -> Evidence:
    """The evidence with another table of networks, which is also that of similarity."""
    return replace(with_tables(e, similarity=networks), networks=networks)


def only(e: Evidence, chosen: np.ndarray) -> Evidence:
    """The evidence of these networks alone."""

    def of(table: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {key: a[np.ix_(chosen, chosen)] if a.ndim == 2 else a[chosen] for key, a in table.items()}

    return with_tables(with_networks(e, of(e.networks)), embedding=of(e.embedding))


def cubes(members: int) -> dict[str, np.ndarray]:
    """Each member has eight stable points at the corners of the output cube, one saddle, and one slow point."""
    corners = np.array(list(product((-0.9, 0.9), repeat=3)))
    output = np.concatenate([corners, np.zeros((2, 3))])
    one = {
        "input": np.zeros(10, int),
        "output": output,
        "fixed": np.arange(10) < 9,
        "counted": np.ones(10, bool),
        "stable": np.arange(10) < 8,
    }
    table = {key: np.concatenate([array] * members) for key, array in one.items()}
    return table | {
        "member": np.repeat(np.arange(members), 10),
        "converged": np.ones((members, 1)),
        "spread": np.ones(members),
    }


def rows(e: Evidence, round_: int) -> np.ndarray:
    return np.flatnonzero(e.networks["round"] == round_)
