"""What each job of a study costs: core-seconds expected by a small model, for the display and its time left.

The numbers are from the logs of `make quick` on 27 November 2026 (two cores with AVX-512; docs/performance.md), those of larger
ensembles from analyses of the default study's flip-flop. They are right within a factor of two there; how fast another machine
is, and each rule on it, is learned from its finished jobs (display/speed.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from rnnatlas.config.population import ChainSettings
from rnnatlas.config.study import Study
from rnnatlas.config.training import DeflationSettings, TrainingSettings
from rnnatlas.plan import ensembles
from rnnatlas.tasks.registry import get_task

# Microseconds of one trial's time step, forward, backward and update: the products' part times N², the pointwise part times N.
PRODUCTS, POINTWISE = 3.6e-5, 6.2e-3
GATED = {"rate": 1.0, "gru": 3.0, "lstm": 4.0}  # in units of the rate cell
SOUGHT = {
    "rate": 1.0,
    "gru": 10.0,
    "lstm": 27.0,
}  # their fixed points, by the search in NumPy: 6 and 16 s a network of 48 units, 512 starts
# Of a plain step: to have a penalty, each earlier solution; and of these, where every second time step counts.
PENALTY, EARLIER, STRIDED = 0.55, 0.75, 0.75
ENGINE = {"auto": 1.0, "native": 1.0, "torch": 7.0, "cuda": 0.1}
SOONER = 0.3  # share of its epochs after which a charted network has learned; delayed discrimination sooner, interval reproduction later
STEPWISE = 2.0  # a penalty that an engine does not know
# Seconds of F random features at a step: the Gram matrix of n samples n F², its factor F³, all else n F.
GRAM, FACTOR, FEATURE = 1.1e-11, 1.2e-11, 9e-9
OTHER = 2.0  # seconds of a rule that is not listed

# Seconds of a job, and of each network of its ensemble.
OF_ENSEMBLE = {
    "fixed_points": (0.9, 0.3),
    "limit_sets": (0.6, 1.0),
    "attractors": (0.6, 0.2),
    "decoding": (1.1, 0.35),
    "generalisation": (0.6, 0.3),
    "finer_steps": (0.4, 0.1),
    "robustness": (0.6, 0.75),
    "extrapolation": (0.6, 0.4),
    "features": (1.5, 0.1),
    "reduced": (0.6, 0.15),
}
PAIR = 3.2  # seconds of a pair of an alternative and an earlier solution under kernel readers of 2,000 samples
SAMPLES = 2.5  # the power of the samples that these seconds grow with
# Seconds of a job, of each network of its task, and of each pair of them.
OF_TASK = {
    "similarity": (0.8, 0.2, 0.03),
    "embedding": (1.2, 0.25, 0.005),
    "measures": (1.0, 0.2, 0.02),
    "recording": (1.0, 0.2, 0.0),
    "table": (0.25, 0.01, 0.0),
}
ALONE = {"trials": 0.35, "references": 1.0, "collect": 0.8, "claims": 0.5, "scorecard": 0.3, "study": 0.2, "manifest": 0.3, "metric_asymmetry": 3.2, "figure": 3.0}  # fmt: skip


class Costs:
    """Core-seconds of the jobs of one study."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.lengths: dict[str, float] = {}

    def core_seconds(self, rule: str, wildcards: Mapping[str, str]) -> float:
        """Of one job, by its rule and wildcards."""
        task = wildcards.get("task", "")
        if rule == "train_standard":
            return self._standard(task, wildcards["population"])
        if rule == "train_alternatives":
            return self._alternatives(task, wildcards["chains"], int(wildcards["round"]))
        if rule in OF_ENSEMBLE:
            start, each = OF_ENSEMBLE[rule]
            cell = ensembles.cell_of(self.study, task, wildcards["ensemble"]) if rule == "fixed_points" else "rate"
            return start + each * SOUGHT[cell] * self._effort(rule) * self.members(task, wildcards["ensemble"])
        if rule == "hidden":
            return 1.0 + PAIR * self._pairs(task) * (max(self.study.analysis.hidden.samples) / 2000) ** SAMPLES
        if rule == "two_neuron":
            own = self.study.charting.two_neuron
            return 20.0 + 1.1e-5 * own.steps * (
                max(own.networks, 1000) + max(own.starts**2, 1000) + max(own.linear, 1000)
            )
        if rule in OF_TASK:
            start, each, pair = OF_TASK[rule]
            networks = self._networks(task, wildcards.get("among", ""))
            return start + each * networks + pair * networks**2
        return ALONE.get("figure" if rule.startswith("figure_") else rule, OTHER)

    def members(self, task: str, ensemble: str) -> int:
        """Networks of a task's ensemble, by its name ``standard/…`` or ``alternatives/…``."""
        kind, name = ensemble.split("/")
        if kind == "standard" and name in self.study.population:
            return self.study.population[name].members
        chains = name.removesuffix("_reference") if kind == "standard" else name.rpartition("_alt")[0]
        return self.study.chain[chains].number(task)

    def _networks(self, task: str, among: str) -> int:
        places = ensembles.controls(self.study, task) if among else ensembles.own(self.study, task)
        return sum(self.members(task, place.name) for place in places)

    def _pairs(self, task: str) -> int:
        """Alternatives and earlier solutions of their chains, in the study's own sets."""
        sets = [self.study.chain[name] for name in ensembles.sets_of(self.study, task)]
        return sum(own.number(task) * own.rounds * (own.rounds + 1) // 2 for own in sets)

    def _effort(self, rule: str) -> float:
        """How much more a search has to do than that of quick."""
        if rule == "fixed_points":
            return self.study.analysis.fixed_points.starts / 256
        if rule == "reduced" and self.study.charting.reduced.orders:
            return 40.0 + self.study.charting.reduced.orders  # thresholds are changed, and orders tried
        return self.study.analysis.limit_sets.starts / 32 if rule == "limit_sets" else 1.0

    @cached_property
    def _engine(self) -> float:
        return ENGINE[self.study.engine]

    def _standard(self, task: str, name: str) -> float:
        own, part = self.study.population[name], self.study.of(task)
        settings = part.training if own.schedule == "standard" else part.deflation.training
        cell, units = ensembles.cell_of(self.study, task, f"standard/{name}"), own.units or part.network.units
        step = STEPWISE if own.activity else 1.0
        return self._training(task, settings, own.members, cell, units) * step

    def _alternatives(self, task: str, name: str, number: int) -> float:
        own, part = self.study.chain[name], self.study.of(task)
        deflation = own.deflation(part.deflation)
        penalty = (PENALTY + EARLIER * number) * (STRIDED if deflation.stride > 1 else 1.0)
        step = (1.0 + penalty) * (1.0 if own.measure == "predictivity" else STEPWISE)
        seconds = (
            self._training(task, deflation.training, own.number(task), part.network.cell, part.network.units) * step
        )
        return seconds + (self._reading(task, own, deflation) if own.measure == "random_features" else 0.0)

    def _reading(self, task: str, own: ChainSettings, deflation: DeflationSettings) -> float:
        """What random features take beside the linear similarity; on the processor, whatever the engine."""
        features = len(deflation.features.widths) * deflation.features.number + self.study.of(task).network.units
        samples = deflation.training.batch * self._length(task) / deflation.stride
        step = GRAM * samples * features**2 + FACTOR * features**3 + FEATURE * samples * features
        return own.number(task) * deflation.training.steps * step

    def _training(self, task: str, settings: TrainingSettings, members: int, cell: str, units: int) -> float:
        row = GATED[cell] * (PRODUCTS * units**2 + POINTWISE * units) * 1e-6
        length = self._length(task)
        if settings.trials != "fresh":  # a member stops when it has learned, most before half of the epochs
            count = task_trials(self.study, task) if settings.trials == "complete" else settings.trials
            steps = SOONER * settings.epochs * -(-count // settings.batch)
            return 1.0 + self._engine * members * steps * settings.batch * length * row
        finer = 1.0 if cell != "rate" else sum(1.0 / step for step in settings.time_steps) / len(settings.time_steps)
        return 1.0 + self._engine * members * settings.steps * settings.batch * length * finer * row

    def _length(self, task: str) -> float:
        """Mean number of time steps in a trial."""
        if task not in self.lengths:
            trials = get_task(task, **self.study.of(task).trial.plain()).trials(64, 0)
            self.lengths[task] = float(np.mean(trials.length))
        return self.lengths[task]


def task_trials(study: Study, task: str) -> int:
    """All the trials of a task that has finitely many."""
    every = get_task(task, **study.of(task).trial.plain()).complete()
    return 1 if every is None else every.count
