"""From a task's branching inputs to one graph of all trajectories, joined where they run together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.charting.reduced.cycles import recurring_lag, short_cycle
from rnnatlas.charting.reduced.graph import AUTONOMOUS, Graph, Path
from rnnatlas.charting.reduced.meeting import Meeting, Way, meeting
from rnnatlas.charting.reduced.runs import Runs
from rnnatlas.config.reduced import ReducedSettings
from rnnatlas.tasks.branching import Branch, Branching, Place


class NotFinite(Exception):
    """A trajectory left all bounds."""


QUIET = (10.0, 80.0)  # percentiles of the size of the output


class Trajectory(NamedTuple):
    """States after each step; ``back`` is the step that the last one returns to (None: it does not), ``end`` the state at the very end, which a
    closed cycle leaves out; ``rested`` says whether it came to rest, ``short`` whether it was to be no longer; ``held`` tells its
    constant input from others."""

    states: Float[Array, "time state"]
    back: int | None
    end: Float[Array, "state"]
    rested: bool
    short: bool
    held: int


@dataclass
class Grown:
    """The graph so far. ``state[node]`` is where a node lies, ``held[node]`` tells the constant input there from others (trajectories at different ones
    are never the same); a node is one step of a trajectory until the graph is compressed. ``settling`` says whether any trajectory was followed until it settled, ``unsettled``
    whether one of them did not."""

    runs: Runs
    own: ReducedSettings
    kinds: dict[str, int]
    graph: Graph = field(default_factory=Graph)
    state: list[Array] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    rested: set[int] = field(default_factory=set)
    unsettled: bool = False
    settling: bool = False

    def way(self, path: Sequence[int]) -> Way:
        """Where the nodes of a path lie, and their outputs."""
        states = np.stack([self.state[node] for node in path])
        return Way(self.runs.places(states), self.runs.outputs(states))

    def add(self, trajectory: Trajectory) -> Path:
        """A trajectory of its own; returns its nodes."""
        first = len(self.state)
        nodes = list(range(first, first + len(trajectory.states)))
        self.state.extend(trajectory.states)
        self.held.extend([trajectory.held] * len(nodes))
        for node in nodes:
            self.graph.add_node(node)
        for one, other in pairwise(nodes):
            self.graph.add_edge(one, other, AUTONOMOUS)
        if trajectory.back is not None:
            self.graph.add_edge(nodes[-1], nodes[trajectory.back], AUTONOMOUS)
        if trajectory.rested:
            self.rested.add(nodes[-1])
        self.settling |= not trajectory.short
        self.unsettled |= trajectory.back is None and not trajectory.rested and not trajectory.short
        return nodes

    def attach(self, node: int, kind: int, trajectory: Trajectory) -> None:
        """Let an input lead from ``node`` to a trajectory, of which no more is kept than what no other has run along before. A cycle is kept whole:
        components are joined later."""
        every = (path for component in self.graph.components() for path in self.graph.paths(component))
        paths = [path for path in every if self.held[path[0]] == trajectory.held]
        nodes = self.add(trajectory)
        self.graph.add_edge(node, nodes[0], kind)
        if trajectory.back is not None:
            return
        new = self.way(nodes)
        met = [(found, path) for path in paths if (found := meeting(self.way(path), new, self.own))]
        if met:
            at, path = min(met, key=lambda each: each[0].new)
            self._end_in(path, nodes, at)

    def _end_in(self, path: Path, nodes: Path, at: Meeting) -> None:
        """Let ``nodes`` end where they meet ``path``, whose places become those of the newer trajectory from there on."""
        for old, new in zip(path[at.old :], nodes[at.new :], strict=False):
            self.state[old] = self.state[new]
        for node in nodes[at.new + 1 :]:
            self.graph.remove_node(node)
        self.graph.contract(path[at.old], nodes[at.new], loop=False)


def grow(runs: Runs, branching: Branching, own: ReducedSettings) -> Grown:
    """The trajectory that a trial begins with, and those that the task's inputs lead to from it."""
    grown = Grown(runs, own, {name: number for number, name in enumerate(branching.names, start=1)})
    trajectory = follow(runs, runs.after(runs.start(), branching.before), branching, own)
    _branch_off(grown, grown.add(trajectory), trajectory, branching.branches)
    return grown


def follow(runs: Runs, state: Float[Array, "state"], by: Branching | Branch, own: ReducedSettings) -> Trajectory:
    """What comes after ``state`` by itself: for as many steps as ``by`` says, or until it rests or comes round."""
    steps, during = by.steps, by.during
    states = runs.on(state, steps or own.steps, during, 0.0 if steps else own.rest)
    rested = steps is None and len(states) < own.steps
    if len(states) == 0:
        states = runs.on(state, 1, during)
    if not np.all(np.isfinite(states)):
        raise NotFinite
    places = runs.places(states)
    found = recurring_lag(places, own) if steps is None else short_cycle(places, own)
    kept, back = (states, None) if found is None else (states[: found.start + found.period], found.start)
    return Trajectory(kept, back, states[-1], rested and found is None, steps is not None, runs.number(during))


def _branch_off(grown: Grown, path: Path, trajectory: Trajectory | None, branches: Sequence[Branch]) -> None:
    """Follow each input from each of its places on ``path``. Places are told before anything is attached. Of a trajectory of given length the end
    is that of the trajectory itself, whatever cycle it closed."""
    states = [grown.state[node] for node in path]
    for branch in branches:
        given = trajectory if branch.steps is not None else None
        for place in _places(grown, path, branch.at):
            node, kind = path[place], grown.kinds[branch.name]
            if grown.graph.targets(node, kind):
                continue
            start = given.end if given and place == len(path) - 1 else states[place]
            after = follow(grown.runs, grown.runs.after(start, branch.inputs), branch, grown.own)
            grown.attach(node, kind, after)
            targets = grown.graph.targets(node, kind)
            if branch.then and targets:
                further = grown.graph.follow(targets[-1])
                _branch_off(grown, further, after if branch.steps is not None else None, branch.then)


def _places(grown: Grown, path: Path, at: Sequence[Place]) -> list[int]:
    """Where on ``path`` an input is given, in order, each place once; beyond its end nowhere."""
    named = {"quiet": _quiet_end(grown, path), "end": len(path) - 1}
    places = [named[place] if isinstance(place, str) else place for place in at]
    return sorted({place for place in places if place < len(path)})


def _quiet_end(grown: Grown, path: Path) -> int:
    """The last step before the output rises: below its 80th percentile and ``quiet_spread`` times that one's distance from the 10th."""
    size = np.abs(grown.way(path).outputs).max(1)
    low, high = np.percentile(size, QUIET)
    quiet = np.flatnonzero(size < high + grown.own.quiet_spread * (high - low))
    return int(quiet[-1]) if quiet.size else len(path) - 1
