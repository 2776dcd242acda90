"""Data of the figure and table of experiments: where alternatives and standards differ most. May simulate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.artifacts.trials_file import read_trials
from rnnatlas.claims.hard_groups import Groups, grid_axis, grid_scores
from rnnatlas.engine.interface import Engine
from rnnatlas.engine.select import select_engine
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence
from rnnatlas.generalisation.contrast import contrast
from rnnatlas.generalisation.epochs import in_bins, samples, shown_epochs
from rnnatlas.generalisation.experiments import (
    Experiment,
    bins_of,
    distances_among,
    output_distances,
    participation_ratio,
    ranked,
    unpredicted,
)
from rnnatlas.generalisation.grid import noisy_outputs
from rnnatlas.generalisation.holds import HoldingTask
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.files import read_ensemble
from rnnatlas.simulation.rates import roll_out
from rnnatlas.streams.keys import generator, stream_key
from rnnatlas.tasks.registry import get_task
from rnnatlas.tasks.task import Task
from rnnatlas.tasks.trials import Trials

TRIALS, BIN, TOP = 128, 100.0, 3  # trials a condition; ms; experiments of each kind in the table
NETWORKS, SAMPLES = 8, 3000  # at most, of each group and half of the trials, for predictivity
SILENCE = 10.0  # mean intervals


@dataclass(frozen=True)
class Bench:
    """What every condition is run with."""

    task: Task[Any]
    groups: dict[str, list[Ensemble]]  # ``standard`` and each ``alt-k`` with competent networks
    ridge: float
    seed: int
    engine: Engine

    def rng(self, *name: int | str) -> np.random.Generator:
        return generator(self.seed, "experiments", *name)

    @property
    def alternatives(self) -> list[str]:
        return [name for name in self.groups if name != "standard"]


def networks_of(evidence: Evidence, rows: Array, ensembles: dict[str, Ensemble]) -> list[Ensemble]:
    """The networks of ``rows``, an ensemble at a time."""
    table = evidence.networks
    names = dict.fromkeys(map(str, table["ensemble"][rows]))
    return [ensembles[name][table["member"][rows[table["ensemble"][rows] == name]]] for name in names]


def conditions(task: Task[Any], evidence: Evidence, loads: list[Trials], seed: int) -> dict[str, tuple[Trials, float]]:
    """Trials and level of private noise of each condition by name: every load at every private noise, input noise as trained;
    and for tasks that can, a silent hold."""
    found: dict[str, tuple[Trials, float]] = {}
    for number, (load, clean) in enumerate(zip(grid_axis(evidence, "load"), loads, strict=True)):
        trials = task.with_noise(clean[:TRIALS], generator(seed, "experiments", "input noise", number))
        for level in grid_axis(evidence, "private_noise"):
            found[f"load × {load:g}, private × {level:g}"] = (trials, float(level))
    if isinstance(task, HoldingTask):
        trials = task.silent_holds(TRIALS, generator(seed, "experiments", "silence"), SILENCE)
        found["silent hold, private × 1"] = (trials, 1.0)
    return found


def by_performance(bench: Bench, evidence: Evidence, controls: Evidence | None) -> list[Experiment]:
    """Every cell of the hard grid."""
    axes = [grid_axis(evidence, name) for name in ("load", "private_noise", "input_noise")]
    found: list[Experiment] = []
    for name in bench.alternatives:
        groups = Groups.of_round(evidence, int(name.removeprefix("alt-")), controls)
        standards = grid_scores(groups.source, groups.standards)
        result = contrast(grid_scores(evidence, groups.alternatives), standards, bench.rng("performance", name))
        for cell in np.ndindex(result.difference.shape):
            load, private, input_ = (axis[i] for axis, i in zip(axes, cell))
            shown = f", input × {input_:g}" if len(axes[2]) > 1 else ""
            condition = f"load × {load:g}, private × {private:g}{shown}"
            difference, low, high = (float(array[cell]) for array in (result.difference, result.low, result.high))
            found.append(Experiment("performance", name, condition, "judged", np.nan, difference, low, high))
    return found


def by_output(bench: Bench, condition: str, trials: Trials, level: float) -> list[Experiment]:
    """Each bin of each epoch of one condition."""
    key = stream_key(bench.seed, "experiments", "private noise", condition)
    outputs = {
        name: np.concatenate([noisy_outputs(e, trials.inputs, level, key, 0, bench.engine) for e in group])
        for name, group in bench.groups.items()
    }
    standard = outputs.pop("standard")
    among, width = distances_among(standard), bench.task.steps(BIN)
    found: list[Experiment] = []
    for name, own in outputs.items():
        distances = output_distances(own, standard)
        for epoch in shown_epochs(trials):
            own_bins, base_bins = (in_bins(d, trials, epoch, width) for d in (distances, among))
            result = contrast(own_bins, base_bins, bench.rng("output", condition, epoch, name), draws=500)
            times = (np.arange(len(result.difference)) + 0.5) * width * bench.task.settings.dt
            found += bins_of(result, "output", name, condition, epoch, times)
    return found


def by_geometry(bench: Bench, condition: str, trials: Trials) -> list[Experiment]:
    """Each epoch of one condition, private noise as trained: dimension, and what a linear map does not predict."""
    half = trials.count // 2
    parts = (trials[:half], trials[half:])
    few = {name: _first(group, NETWORKS) for name, group in bench.groups.items()}
    stream = (bench.seed, "experiments", "geometry", condition)
    epochs = shown_epochs(trials)
    states: dict[str, list[list[Array]]] = {epoch: [[], []] for epoch in epochs}
    for ensemble in (one for group in few.values() for one in group):
        for member in range(len(ensemble)):
            rates = roll_out(ensemble[member], trials.inputs, None, stream, bench.engine).rates[0]
            for number, (part, own) in enumerate(zip(parts, (rates[:half], rates[half:]))):
                for epoch in epochs:
                    states[epoch][number].append(samples(own, part, epoch, SAMPLES))
    sizes = [sum(map(len, group)) for group in few.values()]
    ends = np.cumsum(sizes)
    found: list[Experiment] = []
    for epoch, (fit, score) in states.items():
        measures = {
            "dimension": np.array([participation_ratio(rates) for rates in fit]),
            "unpredicted": unpredicted(fit, score, sizes[0], bench.ridge),
        }
        for kind, values in measures.items():
            column: Float[Array, "network one trial"] = values[:, None, None]
            for name, stop, size in zip(bench.alternatives, ends[1:], sizes[1:]):
                own, rng = column[stop - size : stop], bench.rng("geometry", condition, epoch, kind, name)
                found += bins_of(
                    contrast(own, column[: sizes[0]], rng), kind, name, condition, epoch, np.array([np.nan])
                )
    return found


def _first(group: list[Ensemble], count: int) -> list[Ensemble]:
    """About ``count`` networks, as many from each ensemble as can be."""
    each = max(1, count // max(1, len(group)))
    return [ensemble[: min(each, len(ensemble))] for ensemble in group]


def experiments_data(
    evidence: Evidence,
    ensembles: dict[str, Ensemble],
    task: Task[Any],
    loads: list[Trials],
    ridge: float,
    seed: int,
    engine: Engine,
    controls: Evidence | None = None,
) -> dict[str, Array]:
    """All experiments of one task as columns ``all/*``, and the best of each kind as ``best/*``. ``loads`` are the noise-free
    trials of the hard grid; ``ensembles`` the networks by folder, with those of ``controls``. Empty without competent
    alternatives; else ``matched`` tells whether the standards had the alternatives' schedule (control b)."""
    rounds = {f"alt-{k}": Groups.of_round(evidence, k, controls) for k in evidence.rounds()}
    groups = {
        name: networks_of(evidence, g.alternatives, ensembles) for name, g in rounds.items() if len(g.alternatives)
    }
    if not groups:
        return _columns("all", []) | _columns("best", [])
    first = next(iter(rounds.values()))
    standard = networks_of(first.source, first.standards, ensembles)
    bench = Bench(task, {"standard": standard, **groups}, ridge, seed, engine)
    found = by_performance(bench, evidence, controls)
    for name, (trials, level) in conditions(task, evidence, loads, seed).items():
        found += by_output(bench, name, trials, level)
        if level == 1.0:
            found += by_geometry(bench, name, trials)
    matched = {"matched": np.array(first.matched)}
    return matched | _columns("all", found) | _columns("best", ranked(found, TOP))


def _columns(name: str, rows: list[Experiment]) -> dict[str, Array]:
    texts, numbers = ("kind", "alternative", "condition", "epoch"), ("time", "difference", "low", "high")
    columns = {f"{name}/{key}": np.array([getattr(row, key) for row in rows], dtype=str) for key in texts}
    return columns | {f"{name}/{key}": np.array([getattr(row, key) for row in rows], dtype=float) for key in numbers}


def collect(case: Case) -> dict[str, Array]:
    """All experiments of one task, and what the labels need."""
    task = get_task(case.task, **case.cfg["trial"])
    files = case.of_part("own", "networks") | case.of_part("controls", "networks")
    data = experiments_data(
        case.evidence,
        {name: read_ensemble(file) for name, file in files.items()},
        task,
        [read_trials(file) for file in case.trials("hard")],
        case.cfg["ridge"],
        case.seed,
        select_engine(case.cfg["engine"], case.threads),
        case.controls,
    )
    return data | {"title": np.array(case.evidence.title), "load_name": np.array(task.load_name)}
