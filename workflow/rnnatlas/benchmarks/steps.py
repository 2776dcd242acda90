"""Our own contender: whole training steps of an ensemble through ``NativeEngine.train``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rnnatlas.benchmarks.problem import ALPHA, CLIP, GAIN, RATE
from rnnatlas.engine.native_engine import NativeEngine
from rnnatlas.engine.optimisers import Optimiser
from rnnatlas.engine.steps import (
    Batches,
    Curves,
    Reference,
    Schedule,
    SimilarityTerm,
    Trainer,
    TrainingSetup,
    TrainingState,
)
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.initial_weights import initialise


@dataclass(frozen=True)
class Size:
    """The size of a training step."""

    units: int
    trials: int
    times: int = 100
    inputs: int = 5
    outputs: int = 3

    @property
    def gigaflop(self) -> float:
        """Useful work of a step of a rate network, in 10⁹ operations: the three products with the recurrent matrix, ``3·2N²`` a
        trial and step; inputs, readout, noise and tanh are not counted."""
        return 6e-9 * self.units**2 * self.trials * self.times


def training_steps(
    size: Size,
    members: int = 1,
    earlier: int = 0,
    stride: int = 1,
    kind: str = "rate",
    noise: float = 0.05,
    threads: int = 1,
    instruction_set: str | None = None,
    steps: int = 1,
    optimiser: Literal["adam", "muon"] = "adam",
    engine: Trainer | None = None,
    alpha: float = ALPHA,
) -> Callable[[], Curves]:
    """``steps`` training steps of ``members`` networks on random trials: noise, roll-out, loss, penalty with ``earlier`` solutions,
    gradient, clip 1, the optimiser with step size 10⁻³; by the compiled engine unless another is given. ``alpha`` is the leak of rate units."""
    cell = Cell(alpha if kind == "rate" else 1.0, noise, kind)
    rng = np.random.default_rng(0)

    def networks(name: str) -> TrainingState:
        fresh = initialise(list(range(members)), size.units, size.inputs, size.outputs, GAIN, cell, ("bench", name))
        return TrainingState.begin(fresh.parameters, strength=0.3)

    def draw(features: int) -> np.ndarray:
        shape = (steps, members, size.trials, size.times, features)
        return rng.standard_normal(shape, dtype=np.float32)

    length = np.full((steps, members, size.trials), size.times)
    targets = draw(size.outputs)
    batches = Batches(draw(size.inputs), targets, np.ones_like(targets), length)
    references = [Reference(networks(f"earlier {i}").parameters, cell, None) for i in range(earlier)]
    term = SimilarityTerm(references, stride=stride) if earlier else None
    engine = engine or NativeEngine(threads, instruction_set)
    setup = TrainingSetup(cell, np.arange(members, dtype=np.uint64), Optimiser(CLIP, optimiser), term)
    state, schedule = networks("new"), Schedule.of(np.full(steps, RATE))
    return lambda: engine.train(setup, state, batches, schedule)
