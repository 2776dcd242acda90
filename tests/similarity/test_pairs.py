"""All pairs of systems by every measure of the list: shape, symmetry, range, and what the list says does not count."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rnnatlas.artifacts.schemas import schema_of
from rnnatlas.measures import MEASURES, Measure, of_artifact
from rnnatlas.similarity.pairs import compare_all, module_of
from rnnatlas.similarity.ridge_path import Split
from rnnatlas.similarity.systems import Runs, Samples, Splits

COUNT, UNITS, OUTPUTS = 4, 5, 2
Turn = Callable[[np.ndarray], np.ndarray]  # of a network's rates, units along the last axis
each_measure = pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)


def samples(seed: int, units: int = UNITS) -> Samples:
    """Rates with an offset, of which two directions are common to all seeds."""
    rng, common = np.random.default_rng(seed), np.random.default_rng(99).normal(size=(70, 2))
    rates = common @ rng.normal(size=(2, units)) + 0.7 * rng.normal(size=(70, units)) + rng.normal(size=units)
    return Samples(rates, np.arange(40))


def runs(seed: int, units: int = UNITS) -> Runs:
    """Trials of a noisy linear system of its own."""
    rng = np.random.default_rng(seed)
    turn = 0.85 * np.linalg.qr(rng.normal(size=(units, units)))[0]
    state = rng.normal(size=(12, units))
    found = [state]
    for _ in range(19):
        state = state @ turn + 0.3 * rng.normal(size=state.shape)
        found.append(state)
    return Runs(np.stack(found, axis=1) + rng.normal(size=units), np.full(12, 20), 2, 4)


def splits(seed: int, units: int = UNITS) -> Splits:
    """Rates on two sets of trials, as a source with noise."""
    both, rng = samples(seed, units).rates, np.random.default_rng(1000 + seed)
    loud = both + 0.1 * rng.normal(size=both.shape)
    return Splits(Split(loud[:40], loud[40:]), Split(both[:40], both[40:]), rng.normal(size=(units, OUTPUTS)), 1e-9)


MAKE: dict[str, Callable[..., Any]] = {"similarity": splits, "measures": samples, "embedding": runs}


def systems(measure: Measure) -> list[Any]:
    """Of different sizes, where a measure allows it."""
    return [MAKE[measure.artifact](seed, UNITS + seed % 2) for seed in range(COUNT)]


def moved(system: Any, turn: Turn, readout: np.ndarray | None = None) -> Any:
    """The same system with rates that were turned; ``readout`` is what then reads the same output."""
    if isinstance(system, Splits):
        source, target = (Split(*map(turn, part)) for part in (system.source, system.target))
        return system._replace(source=source, target=target, readout=system.readout if readout is None else readout)
    return system._replace(rates=turn(system.rates))


def compared(measure: Measure, every: list[Any], **how: int) -> np.ndarray:
    return compare_all([measure], every, **how)[measure.name]


def rotation(units: int, seed: int = 0) -> np.ndarray:
    return np.linalg.qr(np.random.default_rng(seed).normal(size=(units, units)))[0]


def units_of(system: Any) -> int:
    return (system.readout if isinstance(system, Splits) else system.rates.T).shape[0]


def test_the_list_has_every_measure_once() -> None:
    names = [measure.name for measure in MEASURES]
    assert len(set(names)) == len(names) and {m.artifact for m in MEASURES} == set(MAKE)
    assert [m for kind in MAKE for m in of_artifact(kind)] == sorted(MEASURES, key=lambda m: list(MAKE).index(m.artifact))  # fmt: skip


@each_measure
def test_a_measure_is_a_file_and_a_row(measure: Measure) -> None:
    module = module_of(measure)
    assert callable(module.describe) and callable(module.compare) and module.__doc__
    schema = schema_of(measure.artifact)
    assert schema.datasets[measure.dataset].axes == "network network"
    assert not measure.floor or schema.datasets[measure.floor].axes == "network"
    assert measure.title and measure.invariant_to and measure.meaning and measure.range[0] < measure.range[1]


@each_measure
def test_all_pairs_are_those_of_the_loop_over_pairs(measure: Measure) -> None:
    """Whether a file has a faster way or not, with all systems as targets or some."""
    module, every = module_of(measure), systems(measure)
    described = [module.describe(system) for system in every]
    loop = np.array([[module.compare(a, b) for b in described] for a in described])
    np.testing.assert_allclose(compared(measure, every), loop, atol=1e-7)
    for targets in (1, 3):
        found = compared(measure, every, targets=targets)
        assert found.shape == (COUNT, targets)
        np.testing.assert_allclose(found, loop[:, :targets], atol=1e-7)


@each_measure
def test_threads_do_not_show(measure: Measure) -> None:
    every = systems(measure)
    assert np.array_equal(compared(measure, every), compared(measure, every, threads=3))


@each_measure
def test_a_measure_is_symmetric_where_the_list_says_so_and_within_its_range(measure: Measure) -> None:
    found = compared(measure, systems(measure))
    low, high = measure.range
    assert (found >= low - 1e-12).all() and (found <= high + 1e-12).all() and found.shape == (COUNT, COUNT)
    assert np.array_equal(found, found.T) if measure.symmetric else not np.allclose(found, found.T)
    off = found[~np.eye(COUNT, dtype=bool)]
    assert np.ptp(off) > 1e-3  # it tells systems apart


@each_measure
def test_a_system_is_most_like_itself(measure: Measure) -> None:
    """A distance is 0 there; a symmetric similarity 1."""
    module, every = module_of(measure), systems(measure)
    found = compared(measure, every)
    own = [module.compare(d, d) for d in map(module.describe, every)]
    if measure.kind == "distance":
        assert np.array_equal(np.diag(found), np.zeros(COUNT)) and own == pytest.approx([0.0] * COUNT, abs=1e-6)
        assert (found + np.eye(COUNT) > 1e-3).all()
        return
    assert np.diag(found) == pytest.approx(own)
    assert (np.diag(found) > (found - 2.0 * np.eye(COUNT)).max(axis=1)).all()
    if measure.symmetric:
        assert np.diag(found) == pytest.approx(np.ones(COUNT))


# What does not count: as a source (row) and as a target (column), in company of systems that are as they were.


def with_one(every: list[Any], system: Any) -> list[Any]:
    return [system, *every[1:]]


@each_measure
def test_rotation_and_scale_do_not_count(measure: Measure) -> None:
    every = systems(measure)
    r = rotation(units_of(every[0]))
    readout = r.T @ every[0].readout if isinstance(every[0], Splits) else None
    turned = moved(every[0], lambda x: 3.0 * x @ r, readout)
    np.testing.assert_allclose(compared(measure, with_one(every, turned)), compared(measure, every), atol=2e-4)


def offset(system: Any) -> Any:
    shift = np.random.default_rng(5).normal(size=units_of(system))
    return moved(system, lambda x: x + shift)


@each_measure
def test_an_offset_counts_in_uncentred_predictivity_alone(measure: Measure) -> None:
    every = systems(measure)
    one, other = compared(measure, every), compared(measure, with_one(every, offset(every[0])))
    assert np.allclose(one, other, atol=1e-6) == ("offset" in measure.invariant_to)
    assert ("offset" in measure.invariant_to) == (measure.name not in ("null", "raw"))


def mixed(system: Any) -> Any:
    mixing = np.random.default_rng(6).normal(size=(units_of(system),) * 2)
    return moved(system, lambda x: x @ mixing)


@pytest.mark.parametrize("name", ["cca", "dsa", "cka", "rsa", "procrustes"])
def test_invertible_maps_of_either_side_count_or_not_as_the_list_says(name: str) -> None:
    measure = next(m for m in MEASURES if m.name == name)
    every = systems(measure)
    if isinstance(every[0], Runs):  # all directions of the embedding are kept: nothing is lost to its rank
        every = [system._replace(rank=2 * units_of(system)) for system in map(runs, range(COUNT))]
    one, other = compared(measure, every), compared(measure, with_one(every, mixed(every[0])))
    assert np.allclose(one, other, atol=1e-6) == ("invertible" in measure.invariant_to)


@pytest.mark.parametrize("name", ["raw", "raw_centred"])
def test_invertible_maps_of_the_source_do_not_count_in_predictivity(name: str) -> None:
    measure = next(m for m in MEASURES if m.name == name)
    every = systems(measure)
    one, other = compared(measure, every), compared(measure, with_one(every, mixed(every[0])))
    assert other[0, 1:] == pytest.approx(one[0, 1:], abs=1e-5)  # as source
    assert not np.allclose(other[1:, 0], one[1:, 0], atol=1e-3)  # as target


def test_what_the_readout_sees_counts_in_the_rates_and_not_in_the_null_space() -> None:
    """Outputs that are made larger along the readout's own directions."""
    for measure in of_artifact("similarity"):
        every = systems(measure)
        q = np.linalg.qr(every[0].readout)[0]
        louder = moved(every[0], lambda x, q=q: x + 4.0 * x @ q @ q.T)
        one, other = compared(measure, every)[1:, 0], compared(measure, with_one(every, louder))[1:, 0]
        assert np.allclose(one, other, atol=1e-8) == measure.name.startswith("null"), measure.name


def test_measures_that_describe_alike_share_descriptions() -> None:
    """A network is described once for CKA, CCA and Procrustes, and once for both scores of DSA."""
    for kind, once in (("measures", {"cka", "rsa"}), ("embedding", {"dsa"}), ("similarity", {"null", "raw"})):
        measures = of_artifact(kind)
        descriptions = {module_of(measure).describe for measure in measures}
        assert descriptions == {module_of(m).describe for m in measures if m.name in once} and len(once) == len(descriptions)  # fmt: skip
        together = compare_all(measures, systems(measures[0]))
        for measure in measures:
            assert np.array_equal(together[measure.name], compared(measure, systems(measure)))
