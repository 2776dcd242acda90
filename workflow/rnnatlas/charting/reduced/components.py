"""Components that time does not connect yet are joined where their trajectories run together, or where all end in one fixed point."""

from __future__ import annotations

from itertools import permutations

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.charting.reduced.graph import Path
from rnnatlas.charting.reduced.growing import Grown
from rnnatlas.charting.reduced.meeting import Way, meeting


def join_components(grown: Grown) -> None:
    """Join components until no pair has trajectories that run together, then all of them if they end at one place."""
    ways: dict[tuple[int, ...], Way] = {}
    apart: set[tuple[tuple[int, ...], tuple[int, ...]]] = set()
    while True:
        parts = [grown.graph.paths(component) for component in grown.graph.components()]
        for new, old in permutations(parts, 2):
            found = _longest(grown, new, old, ways, apart)
            if found is not None:
                _join(grown, *found)
                break
        else:
            break
    grown.graph.remove_loops()
    _join_ends(grown)


def _longest(
    grown: Grown,
    new: list[Path],
    old: list[Path],
    ways: dict[tuple[int, ...], Way],
    apart: set[tuple[tuple[int, ...], tuple[int, ...]]],
) -> tuple[int, int] | None:
    """Where two components begin to run together for the longest time: a node of ``old`` and one of ``new``."""
    best: tuple[int, int, int] | None = None
    for path in new:
        first: tuple[int, int, int] | None = None  # step of the path, node of old, steps together
        for other in old:
            pair = tuple(other), tuple(path)
            if pair in apart or grown.held[path[0]] != grown.held[other[0]]:
                continue
            for each in pair:
                if each not in ways:
                    ways[each] = grown.way(each)
            found = meeting(ways[pair[0]], ways[pair[1]], grown.own)
            if found is None:
                apart.add(pair)
            elif first is None or found.new < first[0]:
                first = found.new, other[found.old], min(len(path) - found.new, len(other) - found.old)
        if first is not None and (best is None or first[2] > best[2]):
            best = first[1], path[first[0]], first[2]
    return None if best is None else best[:2]


def _join(grown: Grown, old: int, new: int) -> None:
    """Contract what comes after the two nodes in step; where that leaves a node with two ways on, these too, and so on."""
    graph = grown.graph
    kept = old
    for one, other in zip(graph.follow(old), graph.follow(new), strict=False):
        if one in graph.out and other in graph.out and one != other:
            kept, gone = sorted((one, other))  # the root is the first of all
            graph.contract(kept, gone, loop=True)
    while len(onward := sorted(graph.targets(kept))) > 1:
        kept, gone = onward[:2]
        graph.contract(kept, gone, loop=True)


def _join_ends(grown: Grown) -> None:
    """If there are several components and all end in one place, time having gone on for long, they end in one node."""
    graph = grown.graph
    every = [(graph.cycle(each) or [_end(grown, each)])[0] for each in graph.components()]
    for held in sorted({grown.held[end] for end in every}):
        ends = [end for end in every if grown.held[end] == held]
        if len(ends) > 1:
            _join_those(grown, ends, held)


def _join_those(grown: Grown, ends: list[int], held: int) -> None:
    """Join the ends, all at one constant input, that are at one place after a long time."""
    graph, own = grown.graph, grown.own
    states = grown.runs.far_on(np.stack([grown.state[end] for end in ends]), own.end_steps, held)
    groups = _together(grown.runs.places(states), own.end_distance)
    for group in groups:
        # Of ends that are still on their way, some may have met by then and others not yet: they are joined only if all have.
        same = sorted(ends[number] for number in group if len(groups) == 1 or ends[number] in grown.rested)
        if len(same) > 1:
            for end in same:
                for target in graph.targets(end):
                    graph.remove_edge(end, target)
            for end in same[1:]:
                graph.contract(same[0], end, loop=False)


def _together(places: Float[Array, "end place"], near: float) -> list[list[int]]:
    """Ends by the first one that they are near to."""
    groups: list[list[int]] = []
    for number, place in enumerate(places):
        home = next((group for group in groups if np.linalg.norm(places[group[0]] - place) <= near), None)
        if home is None:
            groups.append([number])
        else:
            home.append(number)
    return groups


def _end(grown: Grown, component: Path) -> int:
    """The node that a component without a cycle ends in."""
    return grown.graph.follow(component[0])[-1]
