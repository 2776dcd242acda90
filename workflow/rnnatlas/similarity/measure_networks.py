"""The measures of similarity of all networks of a task beside linear predictivity, and its sensitivity to the ridge."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.config.analysis import SimilaritySettings
from rnnatlas.config.measures import MeasureSettings
from rnnatlas.deflation.null_space import readout_basis
from rnnatlas.engine.interface import Engine
from rnnatlas.measures import of_artifact
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.gather import Gathered
from rnnatlas.similarity.dynamics_sweep import dynamical_sweep
from rnnatlas.similarity.networks import in_null_space
from rnnatlas.similarity.pairs import compare_all
from rnnatlas.similarity.ridge_path import Split, predictivity_by_ridge
from rnnatlas.similarity.systems import Samples
from rnnatlas.similarity.untrained import untrained_networks
from rnnatlas.simulation.rates import roll_out
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.trials import Trials

Table = dict[str, Array]


def measure_networks(
    gathered: Gathered,
    analysis: Trials,
    test: Trials,
    settings: MeasureSettings,
    similarity: SimilaritySettings,
    seed: int,
    engine: Engine,
    threads: int = 1,
) -> Table:
    """The arrays of a ``measures`` artifact, in the order of ``similarity.h5``.

    Geometry: raw rates without private noise on the same samples of the analysis set for every network. The others follow
    ``compare_networks``: sources with private noise, targets without, fitted on ``analysis`` and scored on ``test``.
    """
    networks = gathered.ensembles
    rows = gathered.table()
    quiet = _rates(networks, analysis, test, 0.0, seed, engine)
    readouts = [readout for ensemble in networks for readout in ensemble.parameters.readout]
    ridge = similarity.ridge
    table: Table = {"network": rows["network"]} | geometry(networks, quiet, analysis, settings, seed, engine, threads)
    targets = Split(analysis.targets[analysis.valid()], test.targets[test.valid()])
    table["targets"] = predictivity_by_ridge(targets, quiet, [ridge])[:, 0]
    loud = _rates([e for place, e in gathered if place.round > 0], analysis, test, None, seed, engine)
    sources = dict(zip(map(int, np.flatnonzero(rows["round"] > 0)), loud, strict=True))
    table |= alternatives(rows, sources, quiet, readouts, settings.ridges, ridge)
    few = analysis[: similarity.dsa_trials]
    systems = [x for ensemble in networks for x in roll_out(ensemble, few.inputs, 0.0, ("dsa",), engine).rates]
    swept, table["dsa/distance"] = dynamical_sweep(systems, few.length, settings.delays, settings.ranks, threads)
    table["dsa/delays"], table["dsa/rank"] = (np.array(column) for column in zip(*swept, strict=True))
    return table


def geometry(
    networks: list[Ensemble],
    quiet: list[Split],
    analysis: Trials,
    settings: MeasureSettings,
    seed: int,
    engine: Engine,
    threads: int = 1,
) -> Table:
    """Each measure of ``settings.compare`` between all networks, and ``floor/*`` against untrained ones (median of three).

    ``settings.samples`` samples (trial × time, padding left out) are drawn once for all networks, without replacement; the
    first ``rdm_samples`` drawn of them make the dissimilarities.
    """
    fresh = untrained_networks(networks[0], seed)
    untrained = _samples(fresh, analysis, 0.0, (seed, "analysis noise"), engine)
    chosen = generator(seed, "samples of measures").permutation(len(quiet[0].fit))[: settings.samples]
    few = np.arange(min(settings.rdm_samples, len(chosen)))
    systems = [Samples(rates[chosen], few) for rates in (*(split.fit for split in quiet), *untrained)]
    count = len(quiet)
    measures = [measure for measure in of_artifact("measures") if measure.name in settings.compare]
    matrices = compare_all(measures, systems, count, threads)
    table = {measure.dataset: matrices[measure.name][:count] for measure in measures}
    return table | {m.floor: np.median(matrices[m.name][count:], axis=0) for m in measures}


def alternatives(
    rows: Table,
    sources: dict[int, Split],
    quiet: list[Split],
    readouts: list[Array],
    ridges: list[float],
    ridge: float,
) -> Table:
    """What alternatives still predict. ``sources`` are their rates with private noise, by row of the table ``rows``.

    ``potent_share`` = r²(X Q, Y)/r²(X, Y), Q the basis of X's own readout, Y the chain's reference (uncentred; NaN where X
    predicts nothing of Y, and for standard networks); ``null_by_kappa`` the largest null-space predictivity of an earlier
    solution of the chain, at each ridge.
    """
    share = np.full(len(quiet), np.nan)
    swept = np.full((len(quiet), len(ridges)), np.nan)
    for row, source in sources.items():
        before = earlier(rows, row)
        if not before:
            continue
        hidden = [_in_null_space(quiet[k], readouts[k]) for k in before]
        swept[row] = predictivity_by_ridge(_in_null_space(source, readouts[row]), hidden, ridges).max(axis=0)
        if rows["reference"][row] >= 0:
            share[row] = potent_share(source, quiet[before[0]], readouts[row], ridge)
    return {"potent_share": share, "kappa": np.array(ridges), "null_by_kappa": swept}


def potent_share(source: Split, target: Split, readout: Float[Array, "unit output"], ridge: float) -> float:
    """r²(X Q, Y)/r²(X, Y): how much of what X predicts of Y, its part in the span of its readout predicts already."""
    q = readout_basis(readout)
    potent = Split(*(part.astype(np.float64) @ q for part in source))
    whole = float(predictivity_by_ridge(source, [target], [ridge])[0, 0])
    return float(predictivity_by_ridge(potent, [target], [ridge])[0, 0]) / whole if whole > 0.0 else np.nan


def earlier(rows: Table, row: int) -> list[int]:
    """Rows of the reference (first) and of the earlier alternatives of the chain of the alternative ``row``."""
    same = (rows["chains"] == rows["chains"][row]) & (rows["member"] == rows["member"][row])
    before = np.flatnonzero(same & (rows["round"] > 0) & (rows["round"] < rows["round"][row]))
    reference = int(rows["reference"][row])
    return [reference, *map(int, before)] if reference >= 0 else list(map(int, before))


def _rates(
    networks: list[Ensemble], analysis: Trials, test: Trials, noise: float | None, seed: int, engine: Engine
) -> list[Split]:
    """Rates of every network on both trial sets, with the private noise that ``compare_networks`` uses (or none)."""
    splits: list[Split] = []
    for ensemble in networks:
        fit = _samples(ensemble, analysis, noise, (seed, "analysis noise"), engine)
        score = _samples(ensemble, test, noise, (seed, "test noise"), engine)
        splits += [Split(*pair) for pair in zip(fit, score, strict=True)]
    return splits


def _samples(
    ensemble: Ensemble, trials: Trials, noise: float | None, stream: tuple[int | str, ...], engine: Engine
) -> list[Float[Array, "sample unit"]]:
    valid = trials.valid()
    return [rates[valid] for rates in roll_out(ensemble, trials.inputs, noise, stream, engine).rates]


def _in_null_space(split: Split, readout: Float[Array, "unit output"]) -> Split:
    return Split(*in_null_space(list(split), [readout, readout]))
