"""Interval reproduction (ready-set-go): produce the interval between two pulses (Jazayeri & Shadlen 2010; Turner, Dabholkar & Barak 2021)."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from rnnatlas.arrays import Array, Bool, Float
from rnnatlas.config.base import setting
from rnnatlas.tasks.branching import Branch, Branching, held
from rnnatlas.tasks.pulses import check_apart, check_range, pulse, timed_trials, whole_steps
from rnnatlas.tasks.stretches import Stretch, Stretches
from rnnatlas.tasks.task import Task, TaskSettings, Variable
from rnnatlas.tasks.trials import Trials

PAPER = "Turner et al. 2021, released code: in steps of 20 ms here"


class Settings(TaskSettings):
    """Timing. The authors count in steps; a step of theirs is 20 ms here."""

    settle: float = setting(0.0, "time after the go cue that does not count in the measure of performance", "ms", ge=0)
    onset: float = setting(100.0, "time before Ready", "ms", source=PAPER, gt=0)
    pulse: float = setting(100.0, "duration of Ready, of Set, and of the response", "ms", source=PAPER, gt=0)
    shortest: float = setting(
        400.0, "shortest interval, from Ready to Set and from Set to Go", "ms", source=PAPER, gt=0
    )
    longest: float = setting(1000.0, "longest interval as trained", "ms", source=PAPER, gt=0)
    grid: float = setting(20.0, "intervals are the shortest and whole multiples of this longer", "ms", source=PAPER, gt=0)  # fmt: skip
    after: float = setting(800.0, "time after the latest response as trained", "ms", source=PAPER, ge=0)
    beyond: list[float] = setting([20.0, 3000.0], "shortest and longest interval of charts of extrapolation", "ms", min_length=2, max_length=2)  # fmt: skip
    threshold: float = setting(0.4, "the output begins where it first exceeds this", source=PAPER, gt=0, lt=1)
    graph_root: float = setting(300.0, "reduced dynamics begin so long after Ready ends: its transient has gone", "ms", source=PAPER, ge=0)  # fmt: skip
    graph_set: float = setting(400.0, "Set comes so long after, within the trained range; and once before the output", "ms", source=PAPER, ge=0)  # fmt: skip
    graph_settle: float = setting(200.0, "its transient has gone so long after Set began", "ms", source=PAPER, gt=0)
    graph_output: float = setting(0.15, "output above which a region of the state space counts as output", source=PAPER, gt=0)  # fmt: skip
    tolerance: float = setting(20.0, "an output that begins as near to Go is right", "ms", source=PAPER, ge=0)


class IntervalReproduction(Task[Settings]):
    """Ready on the first input, Set on the second an interval later; the target is 1 for a pulse another interval after Set, else 0."""

    title: ClassVar[str] = "Interval reproduction"
    input_names: ClassVar[tuple[str, ...]] = ("ready", "set")
    output_names: ClassVar[tuple[str, ...]] = ("go",)
    load_name: ClassVar[str] = "interval"

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        check_apart(settings.pulse, shortest=settings.shortest)
        check_range("beyond", settings.beyond)
        self.intervals = whole_steps("longest", settings.shortest, settings.longest, settings.grid)

    def at(self, interval: Float[Array, "trial"]) -> Trials:
        """Trials of these intervals in ms; all trials are as long as the longest of them needs, or the longest trained one."""
        own = self.settings
        ready, width = self.steps(own.onset), self.steps(own.pulse)
        waits = np.maximum(1, np.round(np.asarray(interval) / own.dt)).astype(np.int64)
        longest = max(self.steps(own.longest), int(waits.max()))
        times = ready + 2 * longest + width + round(own.after / own.dt)
        first, second, go = np.full_like(waits, ready), ready + waits, ready + 2 * waits
        return timed_trials(
            [pulse(times, first, width), pulse(times, second, width)],
            pulse(times, go, width),
            {"measured": (first, second), "produced": (second, go), "response": (go, go + width)},
            {"interval": waits * own.dt},
            round(own.settle / own.dt),
        )

    def complete(self) -> Trials:
        return self.at(self.intervals)

    def extrapolated(self) -> Trials:
        """Every interval of whole steps in the range of ``beyond``."""
        low, high = (max(1, round(each / self.settings.dt)) for each in self.settings.beyond)
        return self.at(np.arange(low, high + 1) * self.settings.dt)

    def trained(self, trials: Trials) -> Bool[Array, "trial"]:
        interval = trials.conditions["interval"]
        return (interval >= self.settings.shortest - 1e-6) & (interval <= self.settings.longest + 1e-6)

    def habits(
        self, outputs: Float[Array, "member trial time output"], trials: Trials
    ) -> dict[str, Float[Array, "member"]]:
        """``shortest`` and ``longest``: the ends, in ms, of the stretch of right reproductions about the trained intervals (NaN: these are not
        all right); of trials with longer intervals than trained the shares in which the output rises between Ready and Set
        (``spontaneous``), and of these that in which it rises again after Set (``second``, NaN without any); and the share of all trials in which
        it rises three times or more (``oscillating``)."""
        right = self.score(outputs, trials)["performance"] > 0.5
        interval, inside = trials.conditions["interval"], self.trained(trials)
        over = outputs[..., 0] > self.settings.threshold
        rises = over & ~np.concatenate([np.zeros_like(over[..., :1]), over[..., :-1]], axis=-1)
        step = np.arange(trials.times)
        ready, set_ = trials.epochs["measured"][:, :1], trials.epochs["measured"][:, 1:]
        before = np.any(rises & (step >= ready) & (step < set_), axis=-1)
        after = np.any(rises & (step >= trials.epochs["produced"][:, :1]), axis=-1)
        late = interval > self.settings.longest + 1e-6
        spontaneous = before[:, late]
        with np.errstate(invalid="ignore"):
            second = (spontaneous & after[:, late]).sum(1) / spontaneous.sum(1)
        ends = np.array([_stretch(row, inside, interval) for row in right])
        return {
            "shortest": ends[:, 0],
            "longest": ends[:, 1],
            "spontaneous": spontaneous.mean(1) if late.any() else np.full(len(right), np.nan),
            "second": second,
            "oscillating": (rises.sum(-1) >= 3).mean(1),
        }

    def branching(self) -> Branching:
        """After Ready time goes by; Set may come within the trained range, or just before the output that would come without."""
        own, ready = self.settings, self.steps(self.settings.onset)
        width, later = self.steps(own.pulse), round(own.graph_root / own.dt)
        before = np.concatenate([held(ready, 2), held(width + later + 1, 2, 0, on=width)])
        set_ = held(max(width, self.steps(own.graph_settle)), 2, 1, on=width)
        return Branching(
            before, (Branch("set", set_, (round(own.graph_set / own.dt), "quiet")),), own.graph_output, one_sided=True
        )

    def stretches(self) -> Stretches:
        """All trials as trained. First: the longest one, from three pulses' time after Ready to Set; second: from two pulses' time after Set to Go, over
        every second interval from the third shortest to the second longest (the paper's are 22, 24, … 48 steps)."""
        trials, width = self.complete(), self.steps(self.settings.pulse)
        measured, produced = trials.epochs["measured"], trials.epochs["produced"]
        longest = int(np.argmax(trials.conditions["interval"]))
        second = (
            Stretch(k, int(produced[k, 0]) + 2 * width, int(produced[k, 1])) for k in range(2, trials.count - 1, 2)
        )
        first = Stretch(longest, int(measured[longest, 0]) + 3 * width, int(measured[longest, 1]))
        return Stretches(trials, first, tuple(second))

    def draw(self, count: int, rng: np.random.Generator, load: float | None = None) -> Trials:
        return self.at(
            rng.choice(self.intervals, count) if load is None else np.full(count, load * self.settings.longest)
        )

    def onsets(self, outputs: Float[Array, "*member trial time output"]) -> Float[Array, "*member trial"]:
        """When the output first exceeds the threshold, in ms from the trial's beginning; NaN where it never does."""
        over = outputs[..., 0] > self.settings.threshold
        return np.where(over.any(-1), over.argmax(-1) * self.settings.dt, np.nan)

    def score(
        self, outputs: Float[Array, "*member trial time output"], trials: Trials
    ) -> dict[str, Float[Array, "*member trial"]]:
        """Performance: 1 if the output begins within the tolerance of Go, else 0; onset_error: by how much later it begins, in ms; error: mean
        squared error over all steps."""
        late = self.onsets(outputs) - trials.epochs["response"][:, 0] * self.settings.dt
        right = np.abs(late) <= self.settings.tolerance + 1e-6  # NaN is not
        error = np.mean((outputs - trials.targets) ** 2, axis=(-2, -1))
        return {"performance": right.astype(np.float64), "onset_error": late, "error": error}

    def constant_inputs(self) -> dict[str, Float[Array, "input"]]:
        return {"silence": np.zeros(2)}

    def variables(self) -> list[Variable]:
        return [Variable("interval", "linear", "ms")]


def _stretch(
    right: Bool[Array, "trial"], inside: Bool[Array, "trial"], interval: Float[Array, "trial"]
) -> tuple[float, float]:
    """The ends of the stretch of right trials that holds all ``inside``, trials being in the order of their intervals."""
    held = np.flatnonzero(inside)
    if not held.size or not right[held].all():
        return np.nan, np.nan
    wrong = np.flatnonzero(~right)
    low = wrong[wrong < held[0]].max(initial=-1) + 1
    high = wrong[wrong > held[-1]].min(initial=len(right)) - 1
    return float(interval[low]), float(interval[high])


TASK = IntervalReproduction
