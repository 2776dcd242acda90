"""Is the state of an earlier solution absent from an alternative, or hidden from linear readers? The data of claim A10."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from rnnatlas.arrays import Array, Float, Int
from rnnatlas.config.analysis import HiddenSettings
from rnnatlas.deflation.null_space import project
from rnnatlas.dynamics.field import RateField
from rnnatlas.engine.interface import Engine
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.gather import Gathered
from rnnatlas.similarity.kernel_predictivity import Targets, learning_curve
from rnnatlas.similarity.slow_directions import linear_map, shared_slow_directions, slow_subspace
from rnnatlas.similarity.untrained import untrained_networks
from rnnatlas.simulation.rates import roll_out
from rnnatlas.simulation.states import simulate
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.trials import Trials

UNTRAINED = -1  # the source of rows that tell of untrained networks


class Samples(NamedTuple):
    """Steps within trials, in random order: the first n are a random sample of n."""

    trial: Int[Array, "sample"]
    time: Int[Array, "sample"]

    @classmethod
    def draw(cls, trials: Trials, count: int, rng: np.random.Generator) -> Samples:
        """``count`` of the steps, or all if there are fewer."""
        trial, time = np.nonzero(trials.valid())
        chosen = rng.permutation(len(trial))[:count]
        return cls(trial[chosen], time[chosen])


class Recording(NamedTuple):
    """One network on the samples: null-space rates with private noise and without, states likewise, slow directions (none for a
    gated cell, whose Jacobian this project does not have)."""

    noisy: Float[Array, "fitted unit"]
    noisy_score: Float[Array, "scored unit"]
    clean: Float[Array, "fitted unit"]
    clean_score: Float[Array, "scored unit"]
    noisy_state: Float[Array, "fitted state"]
    state: Float[Array, "fitted state"]
    slow: list[Array]


def hidden_structure(
    gathered: Gathered,
    analysis: Trials,
    test: Trials,
    settings: HiddenSettings,
    seed: int,
    engine: Engine,
    threads: int = 1,
) -> dict[str, Array]:
    """The arrays of a ``hidden`` artifact; readers are fitted on ``analysis`` and scored on ``test``.

    Rows: each alternative to each earlier solution of its chain; a standard network that is
    outside every chain, where there is one, to the same; each earlier solution to itself, which tells what private noise leaves
    to be read; and untrained networks of the alternatives' size, the median over ``settings.untrained`` of them.
    """
    rng = generator(seed, "hidden samples")
    fitted = Samples.draw(analysis, max(settings.samples), rng)
    scored = Samples.draw(test, settings.scored, rng)
    sizes = sorted({min(size, len(fitted.trial)) for size in settings.samples})
    pairs = chosen_pairs(gathered.table())
    recordings: dict[int, Recording] = {}
    row = 0
    for _, ensemble in gathered:
        needed = [m for m in range(len(ensemble)) if any(row + m in pair for pair in pairs)]
        found = _record(ensemble[needed], analysis, test, fitted, scored, settings, seed, engine) if needed else []
        recordings |= {row + m: recording for m, recording in zip(needed, found, strict=True)}
        row += len(ensemble)
    targets = list(dict.fromkeys(target for _, target in pairs))
    sources = {s: [t for source, t in pairs if source == s] for s, _ in pairs}
    fresh: list[Recording] = []
    if targets:
        like = next(ensemble for place, ensemble in gathered if place.round > 0)
        untrained = untrained_networks(like, seed, settings.untrained)
        fresh = _record(untrained, analysis, test, fitted, scored, settings, seed, engine)

    def read(item: tuple[Recording, list[int]]) -> Float[Array, "value target"]:
        stream = generator(seed, "random directions")  # the same for all, whichever networks there are
        return _read(item[0], [recordings[t] for t in item[1]], fitted.trial, sizes, settings, stream)

    items = [(recordings[s], mine) for s, mine in sources.items()] + [(recording, targets) for recording in fresh]
    with ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(read, items))
    values = found[: len(sources)] + ([np.median(found[len(sources) :], axis=0)] if fresh else [])
    table = np.concatenate(values, axis=1) if values else np.empty((4 * len(sizes) + 3, 0))
    names = [(s, t) for s, mine in sources.items() for t in mine] + [(UNTRAINED, t) for t in targets]
    curves = table[:-3].reshape(4, len(sizes), -1).swapaxes(1, 2)
    return {
        "source": np.array([s for s, _ in names], dtype=np.int64),
        "target": np.array([t for _, t in names], dtype=np.int64),
        "samples": np.array(sizes),
        **dict(zip(("linear", "kernel", "width", "ridge"), curves, strict=True)),
        "slow_overlap": table[-3],
        "slow_floor": table[-2],
        "slow_chance": table[-1],
    }


def chosen_pairs(table: dict[str, Array]) -> list[tuple[int, int]]:
    """(source, target) rows of a network table: alternatives to earlier solutions, standards outside the chains, ceilings.

    In each set of chains, each chain gets one standard network that is no chain's reference, in turn (of the other chains' references, where there are
    no others); with a single standard network there is none.
    """
    pairs = [pair for name in dict.fromkeys(map(str, table["chains"])) for pair in _of_chains(table, name)]
    ceilings = [(old, old) for old in dict.fromkeys(target for _, target in pairs)]
    return list(dict.fromkeys(pairs + ceilings))


def _of_chains(table: dict[str, Array], name: str) -> list[tuple[int, int]]:
    """The pairs of one set of chains, but for the ceilings; none of the networks that are in no chain."""
    alternatives = np.flatnonzero((table["chains"] == name) & (table["round"] > 0))
    chains: dict[int, list[int]] = {}  # the networks of a chain, its reference first
    for row in alternatives[np.argsort(table["round"][alternatives], kind="stable")]:
        chains.setdefault(int(table["member"][row]), [int(table["reference"][row])]).append(int(row))
    pairs = [(new, old) for chain in chains.values() for k, new in enumerate(chain) for old in chain[:k]]
    standard = [int(row) for row in np.flatnonzero(table["round"] == 0)]
    references = {chain[0] for chain in chains.values()}
    for number, chain in enumerate(chains.values()):
        outside = [s for s in standard if s not in references] or [s for s in standard if s != chain[0]]
        if outside:
            pairs += [(outside[number % len(outside)], old) for old in chain[:-1]]
    return pairs


def _record(
    ensemble: Ensemble, analysis: Trials, test: Trials, fitted: Samples, scored: Samples,
    settings: HiddenSettings, seed: int, engine: Engine,
) -> list[Recording]:  # fmt: skip
    quiet, loud = (simulate(ensemble, analysis.inputs, noise, seed, engine) for noise in (0.0, None))
    stream = (seed, "hidden test noise")
    quiet_test, loud_test = (roll_out(ensemble, test.inputs, noise, stream, engine).rates for noise in (0.0, None))
    recordings: list[Recording] = []
    for m in range(len(ensemble)):
        state = quiet.states[m][fitted].astype(np.float64)
        slow: list[Array] = []
        if ensemble.cell.kind == "rate":
            field = RateField.of(ensemble, m, np.zeros(ensemble.inputs))  # the input adds nothing to the Jacobian
            slow = [slow_subspace(a, settings.modes) for a in field.jacobian(state[: settings.states])]
        runs = ((loud.rates, fitted), (loud_test, scored), (quiet.rates, fitted), (quiet_test, scored))
        noisy, noisy_score, clean, clean_score = (
            project(rates[m][samples], ensemble.parameters.readout[m]) for rates, samples in runs
        )
        recordings.append(Recording(noisy, noisy_score, clean, clean_score, loud.states[m][fitted], state, slow))
    return recordings


def _read(
    source: Recording,
    targets: Sequence[Recording],
    trial: Array,
    sizes: list[int],
    settings: HiddenSettings,
    rng: np.random.Generator,
) -> Float[Array, "value target"]:
    """Learning curves (reader by size), then how far slow directions are shared, by target."""
    wanted = Targets([t.clean for t in targets], [t.clean_score for t in targets], trial)
    curve = learning_curve(source.noisy, source.noisy_score, wanted, sizes, settings)
    shared = [
        # Noise in the source tells the map which directions carry nothing, as it tells the readers.
        shared_slow_directions(source.slow, target.slow, linear_map(source.noisy_state, target.state), rng)
        if source.slow and target.slow
        else (np.nan, np.nan, np.nan)
        for target in targets
    ]
    return np.concatenate([*(np.asarray(part).T for part in curve), np.array(shared).T])
