"""A graph of steps becomes one of regions: nodes that have the same output, and the same past and future as far as inputs tell, become one.

The rules are those of the released code of Turner et al. 2021, in words of our own and without what proved idle. Each looks at nodes in the order
in which they were made, is applied to the first place that it fits, and looks again from the first node: it is part of the definition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations

from rnnatlas.charting.reduced.graph import AUTONOMOUS, Graph

Label = tuple[int, ...]


@dataclass
class Regions:
    """A graph that is being compressed: the output of each node and a number for the constant input there, the root, the inputs there are, and those
    that none follows; and how nodes are gone through (other orders than theirs tell how firm a graph is)."""

    graph: Graph
    label: dict[int, Label]
    held: dict[int, int]
    root: int
    kinds: tuple[int, ...]
    last: frozenset[int]
    order: Callable[[Iterable[int]], list[int]] = list

    def quiet(self, node: int) -> bool:
        """Whether the output is 0 there."""
        return not any(self.label[node])

    def compatible(self, one: int, other: int) -> bool:
        """Whether two nodes may be one: the same output, and no input that leads to or from both tells them apart. What is not known agrees with
        everything."""
        graph, both = self.graph, {one, other}
        if self.label[one] != self.label[other] or self.held[one] != self.held[other]:
            return False
        for parent in graph.into[one].keys() & graph.into[other].keys() - both:
            kinds = {graph.into[one][parent], graph.into[other][parent]}
            if len(kinds) == 2 and AUTONOMOUS not in kinds:
                return False
        for kind in self.kinds:
            targets = {*graph.targets(one, kind), *graph.targets(other, kind)}
            beyond = targets - both
            if len(beyond) > 1 or (beyond and targets != beyond):
                return False
        return True

    def merge(self, kept: int, gone: int, loop: bool = True) -> None:
        """Two nodes become one; the root stays."""
        if gone == self.root:
            kept, gone = gone, kept
        self.graph.contract(kept, gone, loop)


def compress(regions: Regions) -> None:
    """Apply all rules until none changes the number of nodes or of edges."""
    regions.graph.remove_loops()
    before = (-1, -1)
    while before != (now := (len(regions.graph.out), regions.graph.edges)):
        before = now
        for rule in RULES:
            while rule(regions):
                pass


def along_time(regions: Regions) -> bool:
    """A node and the one that it becomes by itself."""
    graph = regions.graph
    for source in regions.order(graph.out):
        for target in graph.targets(source):
            if target != source and regions.compatible(source, target):
                graph.remove_edge(source, target)
                regions.merge(source, target)
                return True
    return False


def in_parallel(regions: Regions) -> bool:
    """Two nodes that become the same one by themselves."""
    graph = regions.graph
    for node in regions.order(graph.out):
        if len(graph.into[node]) < 2:
            continue
        for one, other in combinations(graph.sources(node), 2):
            if graph.next(one) == graph.next(other) and regions.compatible(one, other):
                regions.merge(one, other)
                return True
    return False


def wait_before_output(regions: Regions) -> bool:
    """A quiet node that leads nowhere but to an output, which is entered from nowhere else, becomes part of it."""
    graph = regions.graph
    for source in regions.order(graph.out):
        if source == regions.root or not regions.quiet(source) or len(graph.out[source]) != 1:
            continue
        ((target, kind),) = graph.out[source].items()
        alone = kind == AUTONOMOUS and target != source and len(graph.into[target]) == 1
        if alone and not regions.quiet(target) and graph.out[target].get(source) != AUTONOMOUS:
            regions.merge(target, source, loop=False)
            return True
    return False


def quiet_exit(regions: Regions) -> bool:
    """Nodes that a last input alone leads to go at once to the end of the quiet way after them: each once, since a quiet cycle has no end."""
    graph = regions.graph
    for node in regions.order(graph.out):
        kinds = set(graph.into[node].values())
        target = graph.next(node)
        if not kinds or not kinds <= regions.last or target is None or not regions.quiet(target):
            continue
        end, met = target, {target}
        while (after := graph.next(end)) is not None and regions.quiet(after) and after not in met:
            end = after
            met.add(end)
        if end != target:
            graph.remove_edge(node, target)
            graph.add_edge(node, end, AUTONOMOUS)
    return False


def squares(regions: Regions) -> bool:
    """Two nodes, of which one becomes the other, that one input leads on to two nodes that both come back: these are one, and those too."""
    graph = regions.graph
    for source in regions.order(graph.out):
        for target in graph.targets(source):
            for kind in regions.kinds:
                one, other = _target(graph, source, kind), _target(graph, target, kind)
                if one is not None and other is not None and _square(regions, (source, target), (one, other), kind):
                    regions.merge(one, other, loop=False)
                    if source in graph.out and target in graph.out:
                        regions.merge(source, target, loop=False)
                    return True
    return False


def _square(regions: Regions, home: tuple[int, int], away: tuple[int, int], kind: int) -> bool:
    """Whether two nodes and those that an input of this kind leads to from them are four whose sides agree."""
    return (
        home[0] != home[1]
        and away[0] != away[1]
        and regions.held[away[0]] == regions.held[away[1]]
        and _alike(regions, *home, kind)
        and _answers_alike(regions, *away, kind)
        and all(regions.graph.next(node) in home for node in away)
    )


def _target(graph: Graph, node: int, kind: int) -> int | None:
    return next(iter(graph.targets(node, kind)), None)


def _alike(regions: Regions, one: int, other: int, kind: int) -> bool:
    """Whether all other inputs lead from both to the same node, or nowhere."""
    rest = (each for each in regions.kinds if each != kind)
    return all(_target(regions.graph, one, each) == _target(regions.graph, other, each) for each in rest)


def _answers_alike(regions: Regions, one: int, other: int, kind: int) -> bool:
    """After a last input: whether both have the same output, which is none of silence; after others, whether last inputs lead from both to the same
    node."""
    if kind in regions.last:
        return regions.label[one] == regions.label[other] and not regions.quiet(one)
    return all(_target(regions.graph, one, each) == _target(regions.graph, other, each) for each in regions.last)


RULES = (along_time, in_parallel, wait_before_output, quiet_exit, squares)
