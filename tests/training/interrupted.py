"""Trainings that are stopped in mid-course, in this process by an exception or in another by SIGKILL.

``python interrupted.py KIND FOLDER STEP`` trains, with a checkpoint after every block, and kills itself before the
trials of STEP are drawn.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnnatlas.artifacts.store import read_artifact
from rnnatlas.artifacts.training_schemas import CHECKPOINT
from rnnatlas.config.training import DeflationSettings, FeatureSettings, NetworkSettings, TrainingSettings
from rnnatlas.deflation.chains import Chains, deflate
from rnnatlas.engine.interface import Engine
from rnnatlas.engine.native_engine import NativeEngine
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.streams.keys import stream_key
from rnnatlas.tasks.flip_flop import FlipFlop, Settings
from rnnatlas.tasks.trials import Trials
from rnnatlas.training.checkpoint import Checkpoint
from rnnatlas.training.loop import BLOCK, fit
from rnnatlas.training.member import Member
from rnnatlas.training.run import TrainingRun
from rnnatlas.training.standard import fresh_networks

STEPS = 45  # five blocks and a rest
TRAINING = TrainingSettings(steps=STEPS, batch=6, learning_rate=1e-2, acceptance=0.3, acceptance_trials=16)
NETWORK = NetworkSettings(units=9)
MEMBERS = [Member((0, "interrupted"), index) for index in range(3)]
IDENTITY = {"training": TRAINING.model_dump(), "code": {"a": "b"}, "engine": "native"}


class Interrupted(Exception):
    """Stands for whatever ends a training early."""


class Stopping(FlipFlop):
    """The flip-flop of one bit; ``stop`` is called before member 0 draws its trials of the step ``at``."""

    def __init__(self, at: int | None = None, stop: Callable[[], None] = lambda: None) -> None:
        super().__init__(Settings(bits=1, duration=300.0))
        self.key = None if at is None else stream_key(*MEMBERS[0].words("training"), at)
        self.stop = stop

    def batch(self, count: int, rng: np.random.Generator) -> Trials:
        key: Any = rng.bit_generator.state["state"]
        if self.key == int(key["key"][0]):
            self.stop()
        return super().batch(count, rng)


def standard(
    task: FlipFlop, checkpoint: Checkpoint | None = None, engine: Engine | None = None, threads: int = 1
) -> Ensemble:
    """Standard training; member 1 starts from NaN, so that one of the three has diverged from the beginning."""
    fresh = fresh_networks(task, NETWORK, 1.0, MEMBERS)
    fresh.parameters.recurrent[1, 0, 0] = np.nan
    return fit(
        fresh, task, TRAINING, TrainingRun(MEMBERS, engine or NativeEngine(threads), threads, "standard", checkpoint)
    )


def deflation(
    task: FlipFlop, checkpoint: Checkpoint | None = None, engine: Engine | None = None, threads: int = 1
) -> Ensemble:
    """A round of alternatives with an adaptive strength, under noise of their own."""
    reference = fresh_networks(task, NETWORK, 0.7, [Member((1, "reference"), k) for k in range(3)])
    settings = DeflationSettings(
        strength="auto", tolerance=0.9, noise="own", stride=2, full=0.5, combine=4.0, training=TRAINING
    )
    run = TrainingRun(MEMBERS, engine or NativeEngine(threads), threads, "alternatives", checkpoint)
    return deflate(Chains([reference]), task, settings, run, NETWORK)


def nonlinear(
    task: FlipFlop, checkpoint: Checkpoint | None = None, engine: Engine | None = None, threads: int = 1
) -> Ensemble:
    """A round of alternatives against random features, which are drawn anew at each step."""
    reference = fresh_networks(task, NETWORK, 0.7, [Member((1, "reference"), k) for k in range(3)])
    features = FeatureSettings(number=20, components=4)
    settings = DeflationSettings(strength=0.5, stride=2, features=features, training=TRAINING)
    run = TrainingRun(MEMBERS, engine or NativeEngine(threads), threads, "alternatives", checkpoint)
    return deflate(Chains([reference]), task, settings, run, NETWORK, measure="random_features")


KINDS: dict[str, Callable[..., Ensemble]] = {"standard": standard, "deflation": deflation, "nonlinear": nonlinear}


def stop() -> None:
    raise Interrupted


def same(one: Ensemble, other: Ensemble) -> bool:
    """Equal bits of weights, curves and record."""
    assert one.training and other.training
    pairs = [*zip(one.parameters, other.parameters, strict=True)]
    pairs += zip(vars(one.training).values(), vars(other.training).values(), strict=True)
    return all(a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f") for a, b in pairs)


def interrupt(kind: str, folder: Path, at: int, interval: float | None = 0.0, threads: int = 1) -> Checkpoint:
    """Train until the draw of step ``at`` fails."""
    checkpoint = Checkpoint(folder, IDENTITY, interval)
    with pytest.raises(Interrupted), checkpoint.held() as held:
        KINDS[kind](Stopping(at, stop), held, threads=threads)
    return checkpoint


def finish(kind: str, folder: Path, threads: int = 1) -> Ensemble:
    """Train to the end, from where an earlier training was stopped."""
    with Checkpoint(folder, IDENTITY, 0.0).held() as held:
        return KINDS[kind](Stopping(), held, threads=threads)


def saved_step(checkpoint: Checkpoint) -> int:
    return int(read_artifact(checkpoint.path, CHECKPOINT).data["step"][0])


def complete_blocks(at: int) -> int:
    """The steps that a checkpoint holds when the draw of step ``at`` ends the training."""
    return at // BLOCK * BLOCK


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    kind, folder, at = sys.argv[1:]
    with Checkpoint(Path(folder), IDENTITY, 0.0).held() as held:
        KINDS[kind](Stopping(int(at), kill), held)
