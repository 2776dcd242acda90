"""N-bit flip-flop: each output remembers the sign of the last pulse on its input (Sussillo & Barak 2013)."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import ClassVar

import numpy as np
from pydantic import model_validator

from rnnatlas.arrays import Array, Float
from rnnatlas.config.base import setting
from rnnatlas.tasks.branching import Branch, Branching, held
from rnnatlas.tasks.per_time import REFERENCE
from rnnatlas.tasks.task import Task, TaskSettings, Variable
from rnnatlas.tasks.trials import Trials


class Settings(TaskSettings):
    """Timing and statistics of the pulses."""

    bits: int = setting(3, "number of bits", ge=1, le=8)
    duration: float = setting(2000.0, "duration of a trial", "ms", gt=0)
    probability: float = setting(0.05, "probability that a bit receives a pulse in 20 ms, so that dt/20 of it is that in a step; all do in the first", source="trial runs; others use 0.3 or 0.5", gt=0, le=1)  # fmt: skip
    pulse: float = setting(
        20.0, "duration of a pulse, dt at least; the next one on the same bit cuts it short", "ms", gt=0
    )

    @model_validator(mode="after")
    def _steps_resolve_pulses(self) -> Settings:
        if self.probability * self.dt > REFERENCE:
            raise ValueError(
                f"probability: {self.probability:g} in {REFERENCE:g} ms is more than 1 in a step of dt = {self.dt:g} ms; shorten dt or lower it"
            )
        if self.pulse < self.dt:
            raise ValueError(
                f"pulse: {self.pulse:g} ms is shorter than a step, dt = {self.dt:g} ms; lengthen pulse or shorten dt"
            )
        return self


class FlipFlop(Task[Settings]):
    """Inputs are pulses of ±1; the target is the sign of each bit's last pulse, from its first step on."""

    title: ClassVar[str] = "Flip-flop"
    view: ClassVar[int] = 3

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.input_names = tuple(f"pulse {bit + 1}" for bit in range(settings.bits))  # type: ignore[misc]
        self.output_names = tuple(f"bit {bit + 1}" for bit in range(settings.bits))  # type: ignore[misc]

    def draw(self, count: int, rng: np.random.Generator, load: float | None = None) -> Trials:
        return self._drawn(count, rng, load, whole=False)

    def _drawn(self, count: int, rng: np.random.Generator, load: float | None, whole: bool) -> Trials:
        """Trials as ``draw`` says; ``whole``: none of their pulses is cut short by the trial's end."""
        bits, times = self.settings.bits, self.steps(self.settings.duration * (1.0 if load is None else load))
        size = bits * count * times  # steps of all trials in one line, bit after bit, trial after trial
        pulse = np.zeros(size + 1, dtype=bool)  # the last one ends the line
        # A binomial number of places anywhere is a chance for each step on its own, and faster to draw.
        pulse[
            rng.choice(
                size, rng.binomial(size, self.probability(self.settings.probability)), replace=False, shuffle=False
            )
        ] = True
        lasts = min(times, self.steps(self.settings.pulse))
        if whole:
            pulse[:-1].reshape(-1, times)[:, times - lasts + 1 :] = False
        pulse[::times] = True
        place = np.flatnonzero(pulse)
        sign = np.copysign(np.float32(1.0), rng.random(place.size - 1, dtype=np.float32) - np.float32(0.5))
        shown = np.zeros(size, dtype=np.float32)
        held = np.repeat(sign, np.diff(place))
        for since in range(lasts):  # a trial's first pulse takes the place of those of the one before
            shown[since:][pulse[: -1 - since]] = held[since:][pulse[: -1 - since]]
        settled = ~pulse[:-1]
        for since in range(1, self.steps(self.settings.settle)):  # a trial's first pulse hides those of the one before
            settled[since:] &= ~pulse[: -1 - since]
        inputs, targets = np.empty((2, count, times, bits), dtype=np.float32)
        judged = np.empty((count, times, bits), dtype=bool)
        for line, array in ((shown, inputs), (held, targets), (settled, judged)):
            for bit in range(bits):
                array[:, :, bit] = line.reshape(bits, count, times)[bit]
        return Trials(
            inputs=inputs,
            targets=targets,
            weight=np.ones(targets.shape, dtype=np.float32),
            judged=judged,
            length=np.full(count, times),
            epochs={"trial": np.full((count, 2), (0, times))},
            conditions={name: targets[:, -1, bit].astype(np.float64) for bit, name in enumerate(self.output_names)},
        )

    def score(
        self, outputs: Float[Array, "*member trial time output"], trials: Trials
    ) -> dict[str, Float[Array, "*member trial"]]:
        """Accuracy: share of the judged (step, bit) at which the output has the right sign; NaN for a trial without any."""
        right = (np.sign(outputs) == trials.targets) & trials.judged
        judged = trials.judged.sum((-2, -1))
        return {"performance": right.sum((-2, -1)) / np.where(judged > 0, judged, np.nan)}

    def constant_inputs(self) -> dict[str, Float[Array, "input"]]:
        return {"no input": np.zeros(self.settings.bits)}

    def variables(self) -> list[Variable]:
        return [Variable(name, "class") for name in self.output_names]

    def branching(self) -> Branching:
        """All bits are set to 1 first; then, at each output state, pulses that turn one bit over. Each state is reached on one way: bits are turned in
        their order."""
        bits, width = self.settings.bits, self.steps(self.settings.pulse)
        settle = max(width, self.steps(self.settings.settle))

        def pulse(bit: int, state: tuple[int, ...], then: tuple[Branch, ...]) -> Branch:
            sign = -state[bit]
            return Branch(
                f"{'+' if sign > 0 else '-'}{bit + 1}", held(settle, bits, bit, float(sign), on=width), then=then
            )

        def at(state: tuple[int, ...], turned: int) -> tuple[Branch, ...]:
            over = [(*state[:bit], -state[bit], *state[bit + 1 :]) for bit in range(bits)]
            return tuple(pulse(k, state, at(over[k], k + 1) if k >= turned else ()) for k in range(bits))

        first = np.zeros((settle, bits))
        first[:width] = 1.0
        return Branching(first, at((1,) * bits, 0))

    def corners(self) -> Float[Array, "corner output"]:
        """The 2^bits output states."""
        return np.array(list(product((-1.0, 1.0), repeat=self.settings.bits)))

    def pulse_interval(self) -> float:
        """Mean time between two pulses of one bit, in steps."""
        return 1.0 / self.probability(self.settings.probability)

    def silent_holds(self, count: int, rng: np.random.Generator, longest: float) -> Trials:
        """Trials as trained that go on in silence: the epoch ``silence`` begins with the first step after the last pulse on
        any bit (none is cut short) and lasts ``longest`` mean intervals between the pulses of a bit. Targets keep the last state."""
        trials = self._drawn(count, rng, None, whole=True)
        silent = max(1, round(longest * self.pulse_interval()))
        times = trials.times + silent
        start = trials.times - np.argmax((trials.inputs != 0).any(-1)[:, ::-1], axis=1)
        longer = ((0, 0), (0, silent), (0, 0))
        step = np.arange(times)[:, None]
        judged = (step >= start[:, None, None]) & (step < start[:, None, None] + silent)
        targets = np.pad(trials.targets, longer, mode="edge")
        return replace(
            trials,
            inputs=np.pad(trials.inputs, longer),
            targets=targets,
            weight=np.ones(targets.shape, dtype=np.float32),
            judged=np.broadcast_to(judged, targets.shape),
            length=np.full(count, times),
            epochs={"trial": np.full((count, 2), (0, times)), "silence": np.stack([start, start + silent], axis=1)},
        )


TASK = FlipFlop
