"""Kicks to the state in a delay: the smallest that changes what a network remembers.

Noise-free runs of trials with a delay (``delays.py``). At the end of one of its silent steps the state is displaced,

    ``x → x + s · R · e``,   R = √⟨|x − ⟨x⟩|²⟩ over the trials' states at that moment (a norm over units, so √N times the RMS
    deviation of a unit), e a random unit vector,

and the run goes on without noise. The attractor has *changed* if the output at the end of it lies further than ``Delay.apart`` from that of
the run that was not kicked: further than half of the distance between remembered values, the side of which it fell to having changed; of
a graded memory, further than a setting. It is a statement on the output after a given time: what decays more slowly counts as
changed, and a change that the output does not show does not count. A run along which the network would have forgotten without a kick is
compared with itself all the same.

The smallest s is sought along each direction among sizes in equal ratios, all of which are tried, since a larger kick may change
nothing where a smaller does: basins need not be convex. Between the first that changes it and the one before, bisection follows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnatlas.arrays import Array, Bool, Float
from rnnatlas.checks.records import check_fields
from rnnatlas.config.robustness import RobustnessSettings
from rnnatlas.dynamics.visited import state_spread
from rnnatlas.engine.interface import Engine
from rnnatlas.errors import AtlasError
from rnnatlas.generalisation.delays import Delay
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.parameters import Parameters
from rnnatlas.simulation.states import simulate
from rnnatlas.streams.keys import generator


@dataclass(frozen=True)
class Kicks:
    """``smallest`` is the smallest of the sizes tried that changes the attractor, in units of ``spread``, at most one part of the
    refined grid above the true one; inf where the largest changes nothing. ``spread`` is R, in units of x."""

    size: Float[Array, "size"]
    smallest: Float[Array, "member direction trial"]
    spread: Float[Array, "member"]

    def __post_init__(self) -> None:
        check_fields(self)

    def datasets(self) -> dict[str, Array]:
        """These arrays under their names in a ``robustness`` artifact, with ``median`` over directions and trials and ``censored``,
        the share of inf."""
        flat = self.smallest.reshape(len(self.spread), -1)
        # The lower of the two middle values: their mean is inf where one of them is.
        middle = np.sort(flat, axis=1)[:, (flat.shape[1] - 1) // 2]
        found = {"size": self.size, "smallest": self.smallest, "spread": self.spread}
        found |= {"median": middle, "censored": np.isinf(flat).mean(axis=1)}
        return {f"kick/{name}": array for name, array in found.items()}


def unit_vectors(count: int, units: int, seed: int) -> Float[Array, "direction unit"]:
    """Random directions, uniform on the sphere: the same for all networks of as many units of a study."""
    drawn = generator(seed, "kicks", "directions").standard_normal((count, units))
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def smallest_kicks(ensemble: Ensemble, delay: Delay, settings: RobustnessSettings, seed: int, engine: Engine) -> Kicks:
    """The smallest kick of each member, direction and kicked trial (the first ``settings.trials`` of ``delay``). Raises ``AtlasError``
    for gated cells, whose state is not displaced by an input."""
    if ensemble.cell.kind != "rate":
        raise AtlasError(None, "cell", f"rate units are expected, found {ensemble.cell.kind!r}", "leave such networks out of this analysis")  # fmt: skip
    size = np.geomspace(settings.smallest, settings.largest, settings.levels)
    directions = unit_vectors(settings.directions, ensemble.units, seed)
    found = [_of_network(network, directions, delay, size, settings, engine) for network in ensemble]
    return Kicks(size, np.stack([smallest for smallest, _ in found]), np.array([spread for _, spread in found]))


def _of_network(
    network: Ensemble,
    directions: Float[Array, "direction unit"],
    delay: Delay,
    size: Float[Array, "size"],
    settings: RobustnessSettings,
    engine: Engine,
) -> tuple[Float[Array, "direction trial"], float]:
    """The smallest kicks of a single network, and its spread."""
    moment = int(delay.kicked.max()) + 1
    states = simulate(network, delay.inputs[:, :moment], noise=0.0, engine=engine).states[0]
    spread = state_spread(states[np.arange(len(states)), delay.kicked].astype(np.float64))
    kicked = _Kicked.of(network, directions * spread, delay, settings.trials, engine)
    changed = kicked.changed(np.broadcast_to(size, (1, settings.trials, len(size))))
    first = changed.argmax(axis=-1)
    low, high = size[np.maximum(first - 1, 0)], size[first]
    for _ in range(settings.halvings):
        middle = np.sqrt(low * high)
        there = kicked.changed(middle[..., None])[..., 0]
        low, high = np.where(there, low, middle), np.where(there, middle, high)
    return np.where(changed.any(axis=-1), high, np.inf), spread


@dataclass(frozen=True)
class _Kicked:
    """One network as an ensemble, a member a direction: it has one more input, whose weights are the displacement of a kick of
    size 1 over a, so that an input of s in a single step moves x by s times it, at the end of that step."""

    ensemble: Ensemble
    delay: Delay
    trials: int
    unkicked: Float[Array, "trial output"]
    engine: Engine

    @classmethod
    def of(
        cls, network: Ensemble, displacements: Float[Array, "direction unit"], delay: Delay, trials: int, engine: Engine
    ) -> _Kicked:
        p, a = network.parameters, network.cell.alpha
        copies = p.map(lambda array: np.repeat(array, len(displacements), axis=0))
        input_ = np.concatenate([copies.input, (displacements[:, None] / a).astype(copies.input.dtype)], axis=1)
        wider = Parameters(copies.recurrent, input_, copies.bias, copies.readout, copies.readout_bias)
        run = engine.outputs(p, network.cell, delay.inputs[None, :trials], None)
        return cls(Ensemble(wider, network.cell), delay, trials, _at_end(run, delay.read[:trials])[0], engine)

    def changed(self, size: Float[Array, "row trial size"]) -> Bool[Array, "direction trial size"]:
        """Whether kicks of these sizes, a row for all directions or one for each, change the attractor of each trial."""
        rows, trials, sizes = size.shape
        kicked, read = (np.repeat(step[:trials], sizes) for step in (self.delay.kicked, self.delay.read))
        given = np.repeat(self.delay.inputs[:trials], sizes, axis=0)
        inputs = np.zeros((rows, *given.shape[:2], given.shape[2] + 1), np.float32)
        inputs[..., :-1] = given
        inputs[:, np.arange(len(kicked)), kicked, -1] = size.reshape(rows, -1)
        shared = np.broadcast_to(inputs, (self.ensemble.members, *inputs.shape[1:]))
        run = self.engine.outputs(self.ensemble.parameters, self.ensemble.cell, shared, None)
        ends = _at_end(run, read).reshape(-1, trials, sizes, run.shape[-1])
        return np.linalg.norm(ends - self.unkicked[:, None], axis=-1) > self.delay.apart


def _at_end(outputs: Float[Array, "member trial time output"], read: Array) -> Float[Array, "member trial output"]:
    return outputs[:, np.arange(len(read)), read].astype(np.float64)
