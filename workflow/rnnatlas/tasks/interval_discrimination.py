"""Interval discrimination: which of two intervals was longer? (Turner, Dabholkar & Barak 2021)"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from rnnatlas.arrays import Array, Bool, Float
from rnnatlas.config.base import setting
from rnnatlas.tasks.branching import Branch, Branching, Place, held
from rnnatlas.tasks.pulses import both_ways, check_apart, check_range, decisions, pulse, timed_trials, whole_steps
from rnnatlas.tasks.stretches import Stretch, Stretches
from rnnatlas.tasks.task import Task, TaskSettings, Variable
from rnnatlas.tasks.trials import Trials

SETTLED = 160.0  # ms into a stretch after which its beginning is forgotten: eight steps in the paper
PAPER = "Turner et al. 2021, released code: in steps of 20 ms here"


class Settings(TaskSettings):
    """Timing. The authors count in steps; a step of theirs is 20 ms here."""

    settle: float = setting(0.0, "time after the response begins that does not count in the measure of performance", "ms", ge=0)  # fmt: skip
    pulse: float = setting(40.0, "duration of each pulse, and of the response", "ms", source=PAPER, gt=0)
    shortest: float = setting(200.0, "shortest interval", "ms", source=PAPER, gt=0)
    longest: float = setting(600.0, "longest interval as trained", "ms", source=PAPER, gt=0)
    grid: float = setting(20.0, "intervals are the shortest and whole multiples of this longer", "ms", source=PAPER, gt=0)  # fmt: skip
    wait: float = setting(300.0, "time from the second pulse's onset to the response", "ms", source=PAPER, gt=0)
    after: float = setting(260.0, "time after the latest response as trained", "ms", source=PAPER, ge=0)
    graph_root: float = setting(200.0, "reduced dynamics begin so long after the trial did", "ms", source=PAPER, ge=0)
    graph_first: float = setting(200.0, "the first pulse comes so long after, within the trained range; and once at the end", "ms", source=PAPER, ge=0)  # fmt: skip
    graph_second: list[float] = setting([240.0, 440.0], "the second pulse comes so long after the first one; and once at the end", "ms", source=PAPER, min_length=1)  # fmt: skip
    graph_settle: list[float] = setting([60.0, 200.0], "the transients of the two pulses have gone so long after they began", "ms", source=PAPER, min_length=2, max_length=2)  # fmt: skip
    beyond: list[float] = setting([40.0, 1800.0], "shortest and longest interval of charts of extrapolation", "ms", min_length=2, max_length=2)  # fmt: skip


class IntervalDiscrimination(Task[Settings]):
    """The first interval lasts from the trial's beginning to a pulse on the first input, the second from there to a pulse on the second input. The
    target is 1 for a pulse if the first was longer, −1 if the second was, else 0 (the sign of the released code; the paper's text has the other)."""

    title: ClassVar[str] = "Interval discrimination"
    input_names: ClassVar[tuple[str, ...]] = ("first", "second")
    output_names: ClassVar[tuple[str, ...]] = ("longer",)
    load_name: ClassVar[str] = "intervals"

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        check_apart(settings.pulse, shortest=settings.shortest, wait=settings.wait)
        check_range("beyond", settings.beyond)
        self.intervals = whole_steps("longest", settings.shortest, settings.longest, settings.grid)

    def at(self, first: Float[Array, "trial"], second: Float[Array, "trial"]) -> Trials:
        """Trials of these intervals in ms; all trials are as long as the longest of them needs, or the longest trained ones."""
        own = self.settings
        one, two = (np.maximum(1, np.round(np.asarray(each) / own.dt)).astype(np.int64) for each in (first, second))
        width, wait = self.steps(own.pulse), self.steps(own.wait)
        longest = max(2 * self.steps(own.longest), int((one + two).max()))
        times = longest + wait + width + round(own.after / own.dt)
        go, sign = one + two + wait, np.sign(one - two).astype(np.float64)
        begin = np.zeros_like(one)
        return timed_trials(
            [pulse(times, one, width), pulse(times, one + two, width)],
            pulse(times, go, width, sign),
            {"first": (begin, one), "second": (one, one + two), "wait": (one + two, go), "response": (go, go + width)},
            {"first": one * own.dt, "second": two * own.dt, "longer": sign},
            round(own.settle / own.dt),
        )

    def complete(self) -> Trials:
        return self.at(*both_ways(self.intervals, self.intervals))

    def extrapolated(self) -> Trials:
        """Both intervals in the range of ``beyond``, every second step of it."""
        low, high = (max(1, round(each / self.settings.dt)) for each in self.settings.beyond)
        each = np.arange(low, high + 1, 2) * self.settings.dt
        one, two = np.meshgrid(each, each, indexing="ij")
        return self.at(one.ravel(), two.ravel())

    def trained(self, trials: Trials) -> Bool[Array, "trial"]:
        both = np.stack([trials.conditions["first"], trials.conditions["second"]])
        return np.asarray(((both >= self.settings.shortest - 1e-6) & (both <= self.settings.longest + 1e-6)).all(0))

    def branching(self) -> Branching:
        """Time goes by from the beginning; the first pulse may come within the trained range or much later, and the second one after it likewise (after
        a late first pulse at fewer places)."""
        own, width = self.settings, self.steps(self.settings.pulse)
        one, two = (held(max(width, self.steps(each)), 2, k, on=width) for k, each in enumerate(own.graph_settle))
        after: list[Place] = [round(each / own.dt) for each in own.graph_second]
        soon = Branch("first", one, (round(own.graph_first / own.dt),), (Branch("second", two, (*after, "end")),))
        late = Branch("first", one, ("end",), (Branch("second", two, (after[0], "end")),))
        return Branching(held(self.steps(own.graph_root), 2), (soon, late))

    def stretches(self) -> Stretches:
        """All trials as trained. First: the longest first interval before the shortest second one, from 160 ms on; second: second intervals, from 160 ms after their
        pulse on, after the middle first one (the paper's are 12 to 28 steps after 20)."""
        trials = self.complete()
        first, second = trials.conditions["first"], trials.conditions["second"]
        settle = max(1, round(SETTLED / self.settings.dt))
        onset, end = trials.epochs["second"].T
        one = int(np.argmax(first - second))
        middle = self.intervals[len(self.intervals) // 2]
        even = np.round((second - self.settings.shortest) / self.settings.grid).astype(int) % 2 == 0
        inner = (second > self.settings.shortest + 1e-6) & (second < self.settings.longest - 1e-6)
        other = np.flatnonzero((first == middle) & even & inner)
        longer = (Stretch(int(k), int(onset[k]) + settle, int(end[k])) for k in other)
        return Stretches(trials, Stretch(one, settle, int(onset[one])), tuple(longer))

    def draw(self, count: int, rng: np.random.Generator, load: float | None = None) -> Trials:
        one, two = both_ways(self.intervals, self.intervals)
        chosen, stretch = rng.integers(len(one), size=count), 1.0 if load is None else load
        return self.at(stretch * one[chosen], stretch * two[chosen])

    def score(
        self, outputs: Float[Array, "*member trial time output"], trials: Trials
    ) -> dict[str, Float[Array, "*member trial"]]:
        """Performance: 1 if the mean output of the response has the target's sign, else 0; error: mean squared error over all steps."""
        return decisions(outputs, trials, "longer")

    def constant_inputs(self) -> dict[str, Float[Array, "input"]]:
        return {"silence": np.zeros(2)}

    def variables(self) -> list[Variable]:
        return [Variable("first", "linear", "ms"), Variable("second", "linear", "ms"), Variable("longer", "class")]


TASK = IntervalDiscrimination
