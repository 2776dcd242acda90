"""Delayed discrimination: which of two pulses, a delay apart, was stronger? (Romo et al. 1999; Turner, Dabholkar & Barak 2021)"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from rnnatlas.arrays import Array, Bool, Float
from rnnatlas.config.base import setting
from rnnatlas.tasks.branching import Branch, Branching, held
from rnnatlas.tasks.pulses import both_ways, check_apart, check_range, decisions, pulse, timed_trials, whole_steps
from rnnatlas.tasks.stretches import Stretch, Stretches
from rnnatlas.tasks.task import Task, TaskSettings, Variable
from rnnatlas.tasks.trials import Trials

PAPER = "Turner et al. 2021, released code: in steps of 20 ms here"


class Settings(TaskSettings):
    """Timing and amplitudes. The authors count in steps; a step of theirs is 20 ms here."""

    settle: float = setting(0.0, "time after the response begins that does not count in the measure of performance", "ms", ge=0)  # fmt: skip
    onset: float = setting(100.0, "time before the first pulse", "ms", source=PAPER, gt=0)
    pulse: float = setting(100.0, "duration of each pulse, and of the response", "ms", source=PAPER, gt=0)
    shortest: float = setting(100.0, "shortest delay, from the first pulse's end to the second", "ms", source=PAPER, gt=0)  # fmt: skip
    longest: float = setting(480.0, "longest delay as trained", "ms", source=PAPER, gt=0)
    grid: float = setting(20.0, "delays are the shortest and whole multiples of this longer", "ms", source=PAPER, gt=0)
    wait: float = setting(300.0, "time from the second pulse's onset to the response", "ms", source=PAPER, gt=0)
    after: float = setting(120.0, "time after the latest response as trained", "ms", source=PAPER, ge=0)
    weakest: float = setting(2.0, "smallest amplitude", source=PAPER, gt=0)
    strongest: float = setting(10.0, "largest amplitude; amplitudes are whole numbers apart", source=PAPER, gt=0)
    graph_first_amplitudes: list[float] = setting([4.0, 8.0], "amplitudes of the first pulse in reduced dynamics", source=PAPER, min_length=1)  # fmt: skip
    graph_apart: float = setting(2.0, "amplitudes of the second pulse lie so far below and above", source=PAPER, gt=0)
    graph_settle: float = setting(100.0, "the transient of a pulse has gone so long after it ended", "ms", source=PAPER, ge=0)  # fmt: skip
    beyond: list[float] = setting([0.0, 20.0], "smallest and largest amplitude of charts of extrapolation", min_length=2, max_length=2)  # fmt: skip
    beyond_delays: list[float] = setting([100.0, 480.0, 1000.0, 2100.0], "delays of charts of extrapolation", "ms", min_length=1)  # fmt: skip


class DelayedDiscrimination(Task[Settings]):
    """A pulse of amplitude f1 on the first input, and after a delay one of f2 on the second. The target is sign(f1 − f2) for a pulse, else 0."""

    title: ClassVar[str] = "Delayed discrimination"
    input_names: ClassVar[tuple[str, ...]] = ("first", "second")
    output_names: ClassVar[tuple[str, ...]] = ("stronger",)
    load_name: ClassVar[str] = "delay"

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        check_apart(settings.pulse, wait=settings.wait)
        check_range("beyond", settings.beyond)
        self.delays = whole_steps("longest", settings.shortest, settings.longest, settings.grid)
        self.amplitudes = whole_steps("strongest", settings.weakest, settings.strongest, 1.0)

    def at(self, first: Float[Array, "trial"], second: Float[Array, "trial"], delay: Float[Array, "trial"]) -> Trials:
        """Trials of these amplitudes, and delays in ms; all trials are as long as the longest of them needs, or the longest trained one."""
        own = self.settings
        gap = np.maximum(1, np.round(np.asarray(delay) / own.dt)).astype(np.int64)
        width, wait = self.steps(own.pulse), self.steps(own.wait)
        one = np.full_like(gap, self.steps(own.onset))
        two = one + width + gap
        go = two + wait
        longest = max(self.steps(own.longest), int(gap.max()))
        times = self.steps(own.onset) + width + longest + wait + width + round(own.after / own.dt)
        f1, f2 = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
        sign = np.sign(f1 - f2)
        return timed_trials(
            [pulse(times, one, width, f1), pulse(times, two, width, f2)],
            pulse(times, go, width, sign),
            {"first": (one, one + width), "delay": (one + width, two), "second": (two, two + width), "response": (go, go + width)},
            {"first": f1, "second": f2, "delay": gap * own.dt, "stronger": sign},
            round(own.settle / own.dt),
        )  # fmt: skip

    def complete(self) -> Trials:
        f1, f2 = both_ways(self.amplitudes, self.amplitudes)
        pairs, delays = len(f1), len(self.delays)
        return self.at(np.tile(f1, delays), np.tile(f2, delays), np.repeat(self.delays, pairs))

    def extrapolated(self) -> Trials:
        """All pairs of whole amplitudes in the range of ``beyond``, at each of its delays."""
        each = np.arange(self.settings.beyond[0], self.settings.beyond[1] + 0.5)
        one, two, delay = np.meshgrid(each, each, self.settings.beyond_delays, indexing="ij")
        return self.at(one.ravel(), two.ravel(), delay.ravel())

    def trained(self, trials: Trials) -> Bool[Array, "trial"]:
        own = self.settings
        both = np.stack([trials.conditions["first"], trials.conditions["second"]])
        delay = trials.conditions["delay"]
        near = (delay >= own.shortest - 1e-6) & (delay <= own.longest + 1e-6)
        return near & ((both >= own.weakest - 1e-6) & (both <= own.strongest + 1e-6)).all(0)

    def branching(self) -> Branching:
        """The longest trained trials of two amplitudes, each followed by a weaker and by a stronger one: without input before the first pulse, from
        the first transient's end to the second pulse, and from the second transient's end to the trial's."""
        own, width = self.settings, self.steps(self.settings.pulse)
        settle, gap, wait = (round(each / own.dt) for each in (own.graph_settle, own.longest, own.wait))
        answer = max(1, wait - width - settle) + width + round(own.after / own.dt)

        def shown(channel: int, amplitude: float, steps: int, then: tuple[Branch, ...] = ()) -> Branch:
            given = held(width + settle, 2, channel, amplitude, width)
            return Branch(f"{self.input_names[channel]} {amplitude:g}", given, then=then, steps=steps)

        def second(first: float) -> tuple[Branch, ...]:
            return tuple(shown(1, first + sign * own.graph_apart, answer) for sign in (-1.0, 1.0))

        branches = tuple(shown(0, first, max(2, gap - settle), second(first)) for first in own.graph_first_amplitudes)
        return Branching(held(0, 2), branches, steps=self.steps(own.onset))

    def stretches(self) -> Stretches:
        """Trials of the longest delay. First: the delay of the middle amplitude, from a pulse's time after it on; second: the same of all amplitudes before the strongest,
        but for the two at the ends; answers: the last ten steps after the weakest one before the strongest, and the reverse."""
        low, high = self.amplitudes[0], self.amplitudes[-1]
        shown = np.array([*self.amplitudes[1:-1], low, high])
        trials = self.at(shown, np.array([*[high] * (len(shown) - 1), low]), np.full(len(shown), self.settings.longest))
        (begin, end), width = trials.epochs["delay"][0], self.steps(self.settings.pulse)
        settle = min(width, int(end - begin) - 3)
        inner = tuple(Stretch(k, int(begin) + settle, int(end)) for k in range(len(shown) - 2))
        answers = tuple(Stretch(k, max(0, trials.times - 10), trials.times) for k in (len(shown) - 2, len(shown) - 1))
        return Stretches(trials, inner[len(inner) // 2], inner, answers)

    def draw(self, count: int, rng: np.random.Generator, load: float | None = None) -> Trials:
        f1, f2 = both_ways(self.amplitudes, self.amplitudes)
        chosen, delay = rng.integers(len(f1), size=count), rng.choice(self.delays, count)
        return self.at(f1[chosen], f2[chosen], delay if load is None else np.full(count, load * self.settings.longest))

    def score(
        self, outputs: Float[Array, "*member trial time output"], trials: Trials
    ) -> dict[str, Float[Array, "*member trial"]]:
        """Performance: 1 if the mean output of the response has the target's sign, else 0; error: mean squared error over all steps."""
        return decisions(outputs, trials, "stronger")

    def constant_inputs(self) -> dict[str, Float[Array, "input"]]:
        return {"silence": np.zeros(2)}

    def variables(self) -> list[Variable]:
        return [Variable("first", "linear"), Variable("second", "linear"), Variable("stronger", "class")]


TASK = DelayedDiscrimination
