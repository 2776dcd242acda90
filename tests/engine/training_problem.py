"""Random training problems for the tests of whole steps: networks of any cell, ragged batches, earlier solutions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnatlas.arrays import Array, Float, Shaped
from rnnatlas.config.training import DeflationSettings
from rnnatlas.deflation.online import SimilarityPenalty
from rnnatlas.engine.interface import Engine
from rnnatlas.engine.native_engine import NativeEngine
from rnnatlas.engine.native_library import instruction_sets
from rnnatlas.engine.optimisers import Optimiser
from rnnatlas.engine.steps import Batches, Curves, Schedule, TrainingSetup, TrainingState
from rnnatlas.engine.torch_engine import TorchEngine
from rnnatlas.networks.cell import BIASES, GATES, Cell
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.parameters import Parameters
from rnnatlas.streams.keys import stream_key
from rnnatlas.training.member import Member
from rnnatlas.training.run import TrainingRun
from rnnatlas.training.stepwise import advance

CLIP = 0.5
PLAIN_ADAM = Optimiser(CLIP)
SETS = instruction_sets()  # those of this machine


def networks(
    kind: str, members: int, units: int, inputs: int, outputs: int,
    alpha: float = 0.3, noise: float = 0.0, gain: float = 0.9, seed: int = 0,
) -> Ensemble:  # fmt: skip
    """Random networks of one cell, with biases that are not zero."""
    rng = np.random.default_rng(seed)
    gates = GATES[kind] * units
    shapes = ((units, gates), (inputs, gates), (BIASES[kind] * units,), (units, outputs), (outputs,))
    scales = (gain / np.sqrt(units), 1.0 / np.sqrt(inputs), 0.3, 1.0 / np.sqrt(units), 0.3)
    drawn = (s * rng.normal(size=(members, *shape)) for shape, s in zip(shapes, scales, strict=True))
    parameters = Parameters(*(array.astype(np.float32) for array in drawn))
    return Ensemble(parameters, Cell(alpha if kind == "rate" else 1.0, noise, kind))


def ragged_batches(
    steps: int, members: int, trials: int, times: int, inputs: int, outputs: int,
    lengths: str = "falling", seed: int = 0,
) -> Batches:  # fmt: skip
    """Random trials. ``lengths``: ``full``, ``falling``, or ``mixed`` (in any order, some of them 0).

    Inputs and targets of the padding are random too: whoever reads them gets another result.
    """
    rng = np.random.default_rng(seed)
    shape = (steps, members, trials)
    length = np.full(shape, times, np.int32)
    if lengths != "full":
        length = rng.integers(0 if lengths == "mixed" else 1, times + 1, shape).astype(np.int32)
        length[..., 0] = times  # so that there is something to learn from
    if lengths == "falling":
        length = -np.sort(-length, axis=-1)
    weight = rng.uniform(0.2, 2.0, (*shape, times, outputs)).astype(np.float32)
    weight *= rng.random(weight.shape) < 0.8  # not every step counts in the loss
    weight[..., 0, 0, 0] = 1.0
    weight[np.arange(times) >= length[..., None]] = 0.0
    shown, wanted = (rng.normal(size=(*shape, times, size)).astype(np.float32) for size in (inputs, outputs))
    return Batches(shown, wanted, weight, length)


@dataclass(frozen=True)
class Problem:
    """New networks, the earlier solutions that they are compared with (if ``settings``), and their trials."""

    new: Ensemble
    batches: Batches
    rates: Float[Array, "step"]
    earlier: tuple[Ensemble, ...] = ()
    settings: DeflationSettings | None = None
    chosen: tuple[int, ...] = ()
    optimiser: Optimiser = PLAIN_ADAM
    sub_steps: int = 1

    @property
    def numbers(self) -> tuple[int, ...]:
        """The members' numbers in the random streams: their places, unless ``chosen`` gives others."""
        return self.chosen or tuple(range(self.new.members))

    @property
    def members(self) -> list[Member]:
        return [Member(("problem",), number) for number in self.numbers]

    @property
    def keys(self) -> Shaped[Array, "member"]:
        return np.array([stream_key(*member.words("private noise")) for member in self.members], dtype=np.uint64)

    def penalty(self, engine: Engine) -> SimilarityPenalty | None:
        if self.settings is None:
            return None
        return SimilarityPenalty(list(self.earlier), self.settings, TrainingRun(self.members, engine))

    def setup(self, penalty: SimilarityPenalty | None) -> TrainingSetup:
        term = None if penalty is None else penalty.term
        return TrainingSetup(self.new.cell, self.keys, self.optimiser, term).finer(self.sub_steps)

    def schedule(self, penalty: SimilarityPenalty | None) -> Schedule:
        if penalty is None:
            return Schedule.of(self.rates)
        return Schedule(self.rates, *penalty.course(len(self.rates)))

    def begin(self) -> TrainingState:
        penalty = self.penalty(TorchEngine())
        return TrainingState.begin(self.new.parameters, 0.0 if penalty is None else penalty.start)

    def native(self, state: TrainingState, name: str, steps: slice = slice(None), threads: int = 1) -> Curves:
        """Advance ``state`` by these steps in one call of the compiled engine with instruction set ``name``."""
        engine = NativeEngine(threads, name)
        penalty = self.penalty(engine)
        given = (
            self.setup(penalty),
            state,
            part(self.batches, steps).finer(self.sub_steps),
            self.schedule(penalty)[steps],
        )
        return engine.train(*given)

    def reference(self, state: TrainingState, dtype: type, steps: slice = slice(None)) -> Curves:
        """The same, one step after the other on the portable engine."""
        engine, members = TorchEngine(dtype), range(self.new.members)
        batches, penalty = part(self.batches, steps).finer(self.sub_steps), self.penalty(engine)
        return advance(
            engine,
            self.setup(penalty),
            state,
            batches,
            self.schedule(penalty)[steps],
            penalty,
            lambda job: [job(k) for k in members],
            self.sub_steps,
        )


def part(batches: Batches, steps: slice) -> Batches:
    """Some of the steps."""
    return Batches(*(array[steps] for array in vars(batches).values()))


def problem(case: dict[str, Any], steps: int = 2) -> Problem:
    """The problem that a case describes; what it leaves out is as in ``PLAIN``."""
    case = PLAIN | case
    sizes = (case["inputs"], case["outputs"])
    new = networks(
        case["kind"], case["members"], case["units"], *sizes, case["alpha"], case["noise"], case["gain"], case["seed"]
    )
    if case["readout"] == "dependent":
        new.parameters.readout[:, :, -1] = 2.0 * new.parameters.readout[:, :, 0]
    if case["readout"] == "zero":
        new.parameters.readout[:, :, 0] = 0.0
    batches = ragged_batches(
        steps, case["members"], case["trials"], case["times"], *sizes, case["lengths"], case["seed"] + 1
    )
    earlier = tuple(
        networks(kind, case["members"], units, *sizes, 0.4, case["noise"], seed=case["seed"] + 2 + i)
        for i, (kind, units) in enumerate(case["earlier"])
    )
    settings = DeflationSettings.model_validate(case["deflation"]) if earlier else None
    optimiser = Optimiser(CLIP, case["optimiser"], case["beta2"])
    rates = np.linspace(1e-2, 5e-3, steps)
    return Problem(new, batches, rates, earlier, settings, (), optimiser, case["sub_steps"])


PLAIN: dict[str, Any] = {
    "kind": "rate", "members": 2, "trials": 21, "times": 12, "units": 14, "inputs": 2, "outputs": 3, "alpha": 0.3,
    "noise": 0.0, "gain": 0.9, "lengths": "falling", "readout": "plain", "earlier": (), "deflation": {}, "seed": 0,
    "optimiser": "adam", "beta2": 0.999, "sub_steps": 1,
}  # fmt: skip


def same_bits(one: TrainingState, other: TrainingState, pairs: list[tuple[int, int]]) -> bool:
    """Whether member i of ``one`` is to the bit member j of ``other`` for all pairs (i, j); NaN equals NaN."""
    arrays = [
        (a, b)
        for name in ("parameters", "first", "second")
        for a, b in zip(getattr(one, name), getattr(other, name), strict=True)
    ]
    arrays += [
        (getattr(one, name), getattr(other, name))
        for name in ("active", "diverged_at", "first_loss", "strength", "smoothed")
    ]
    return all(np.array_equal(a[i], b[j], equal_nan=a.dtype.kind == "f") for a, b in arrays for i, j in pairs)


def same_curves(one: Curves, other: Curves, pairs: list[tuple[int, int]]) -> bool:
    """The same for curves."""
    return all(
        np.array_equal(a[i], b[j], equal_nan=True)
        for a, b in zip(vars(one).values(), vars(other).values(), strict=True)
        for i, j in pairs
    )


def join(parts: list[Curves]) -> Curves:
    """The curves of one call after the other."""
    return Curves(*(np.concatenate(curves, axis=1) for curves in zip(*(vars(p).values() for p in parts), strict=True)))
