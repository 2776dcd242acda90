"""A directed graph that grows from trajectories and shrinks by contraction. Kind 0 of an edge is time going by, others are inputs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

AUTONOMOUS = 0
Path = list[int]


@dataclass
class Graph:
    """Nodes in the order in which they were made, with at most one edge for each ordered pair of them; both ends know it."""

    out: dict[int, dict[int, int]] = field(default_factory=dict)
    into: dict[int, dict[int, int]] = field(default_factory=dict)

    @property
    def edges(self) -> int:
        """How many edges there are."""
        return sum(map(len, self.out.values()))

    def add_node(self, node: int) -> None:
        """A node of its own."""
        self.out[node], self.into[node] = {}, {}

    def add_edge(self, source: int, target: int, kind: int) -> None:
        """An edge, unless there is one already, which stays as it is."""
        if target not in self.out[source]:
            self.out[source][target] = self.into[target][source] = kind

    def remove_edge(self, source: int, target: int) -> None:
        """Take an edge away."""
        del self.out[source][target], self.into[target][source]

    def remove_node(self, node: int) -> None:
        """Take a node away, with its edges."""
        for target in list(self.out[node]):
            self.remove_edge(node, target)
        for source in list(self.into[node]):
            self.remove_edge(source, node)
        del self.out[node], self.into[node]

    def remove_loops(self) -> None:
        """Take away every edge from a node to itself."""
        for node in self.out:
            if node in self.out[node]:
                self.remove_edge(node, node)

    def contract(self, kept: int, gone: int, loop: bool) -> None:
        """Let ``gone`` vanish, its edges becoming those of ``kept``, which keeps its own where both have one to the same node. Edges between the two
        become a loop of ``kept`` if ``loop``, else they vanish; so does neither's own loop."""
        for target, kind in list(self.out[gone].items()):
            if target != kept or loop:
                self.add_edge(kept, kept if target in (gone, kept) else target, kind)
        for source, kind in list(self.into[gone].items()):
            if source not in (gone, kept):
                self.add_edge(source, kept, kind)
            elif source == kept and loop:
                self.add_edge(kept, kept, kind)
        self.remove_node(gone)

    def targets(self, node: int, kind: int = AUTONOMOUS) -> list[int]:
        """Where edges of this kind lead from ``node``, in the order in which they were made."""
        return [target for target, its in self.out[node].items() if its == kind]

    def sources(self, node: int, kind: int = AUTONOMOUS) -> list[int]:
        """Where edges of this kind come from."""
        return [source for source, its in self.into[node].items() if its == kind]

    def next(self, node: int) -> int | None:
        """The first node that ``node`` goes to by itself."""
        return next(iter(self.targets(node)), None)

    def follow(self, node: int) -> Path:
        """``node`` and what comes by itself, to the end or to the step before the first return."""
        path, met = [node], {node}
        while (after := self.next(path[-1])) is not None and after not in met:
            path.append(after)
            met.add(after)
        return path

    def components(self) -> list[Path]:
        """The nodes that time going by connects, whichever way, in order; components in the order of their first nodes."""
        order = {node: place for place, node in enumerate(self.out)}
        met: set[int] = set()
        found: list[Path] = []
        for node in self.out:
            if node in met:
                continue
            met.add(node)
            inside, left = [node], [node]
            while left:
                at = left.pop()
                near = [n for n in (*self.targets(at), *self.sources(at)) if n not in met]
                met.update(near)
                inside += near
                left += near
            found.append(sorted(inside, key=order.__getitem__))
        return found

    def cycle(self, component: Sequence[int]) -> Path:
        """The nodes of a component that come round by themselves, from the one that it is entered by; none if it ends."""
        at, met = component[0], set[int]()
        while at not in met:
            met.add(at)
            after = self.next(at)
            if after is None:
                return []
            at = after
        return self.follow(at)

    def paths(self, component: Sequence[int]) -> list[Path]:
        """What a component is made of: its cycle, then from each beginning the way to the first node of a path before."""
        cycle = self.cycle(component)
        found, covered = ([cycle], set(cycle)) if len(cycle) > 1 else ([], set())
        for node in component:
            if not self.sources(node):
                path = _until(self.follow(node), covered)
                covered.update(path)
                if len(path) > 1:
                    found.append(path)
        return found


def _until(path: Iterable[int], covered: set[int]) -> Path:
    """``path`` to the first node that is covered, which is the last one of it."""
    taken: Path = []
    for node in path:
        taken.append(node)
        if node in covered:
            break
    return taken
