"""Population-wide measures against the functions of single pairs and the matrices of the similarity rule."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from rnnatlas.artifacts.similarity_schemas import MEASURES as SCHEMA
from rnnatlas.artifacts.store import read_artifact, write_artifact
from rnnatlas.config.analysis import SimilaritySettings
from rnnatlas.config.measures import MeasureSettings
from rnnatlas.deflation.null_space import readout_basis
from rnnatlas.engine.select import select_engine
from rnnatlas.errors import AtlasError
from rnnatlas.measures import of_artifact
from rnnatlas.networks.ensemble import ChainRecord, Ensemble
from rnnatlas.networks.gather import Gathered, Place
from rnnatlas.similarity import linear_cka, mean_cca, procrustes, rsa
from rnnatlas.similarity.dynamical import dsa, fit_operator, fit_operators, standardise
from rnnatlas.similarity.dynamics_map import dynamical_distances
from rnnatlas.similarity.dynamics_sweep import dynamical_sweep
from rnnatlas.similarity.measure_networks import earlier, measure_networks, potent_share
from rnnatlas.similarity.networks import compare_networks
from rnnatlas.similarity.pairs import compare_all
from rnnatlas.similarity.regression import predictivity_matrix
from rnnatlas.similarity.ridge_path import Split, predictivity_by_ridge
from rnnatlas.similarity.systems import Samples
from rnnatlas.simulation.rates import roll_out
from rnnatlas.tasks.registry import get_task
from rnnatlas.tasks.trials import Trials

ENGINE = select_engine("auto", 1)
RIDGES = [1e-1, 1e-4, 1e-8]
SETTINGS = MeasureSettings(samples=150, rdm_samples=40, ridges=RIDGES, delays=[2, 3], ranks=[3, 5])
SIMILARITY = SimilaritySettings(delays=3, rank=5, dsa_trials=8)


def rates(seed: int, units: int = 7, samples: int = 60) -> np.ndarray:
    """Rates with an offset, of which three directions are common to all seeds."""
    rng, common = np.random.default_rng(seed), np.random.default_rng(99).normal(size=(samples, 3))
    return common @ rng.normal(size=(3, units)) + 0.7 * rng.normal(size=(samples, units)) + rng.normal(size=units)


def split(seed: int, units: int = 7) -> Split:
    both = rates(seed, units, 110)
    return Split(both[:60], both[60:])


# Geometry


def geometry(rates: list[np.ndarray], few: int = 60, threads: int = 1) -> dict[str, np.ndarray]:
    """CKA, RSA, CCA and Procrustes of all pairs; the first ``few`` samples enter dissimilarities."""
    return compare_all(of_artifact("measures"), [Samples(x, np.arange(few)) for x in rates], threads=threads)


def test_matrices_hold_the_measures_of_single_pairs() -> None:
    networks = [rates(k, units) for k, units in enumerate((7, 5, 7))]
    found = geometry(networks, 25)
    pairs = {"cka": linear_cka, "cca": mean_cca, "procrustes": procrustes}
    for (i, x), (j, y) in product(enumerate(networks), repeat=2):
        for name, measure in pairs.items():
            assert found[name][i, j] == pytest.approx(measure(x, y), rel=1e-9), name
        assert found["rsa"][i, j] == pytest.approx(rsa(x[:25], y[:25], "euclidean"))


def test_threads_do_not_change_matrices() -> None:
    networks = [rates(k) for k in range(5)]
    one, two = geometry(networks), geometry(networks, threads=2)
    assert all(np.array_equal(one[name], two[name]) for name in one)


def test_repeated_units_do_not_count_in_cca() -> None:
    x, y = rates(0), rates(1)
    doubled = np.concatenate([x, x @ np.random.default_rng(0).normal(size=(7, 7))], axis=1)
    found = geometry([x, doubled, y])
    assert found["cca"][0, 1] == pytest.approx(1.0) and found["cca"][1, 2] == pytest.approx(found["cca"][0, 2])


def test_a_network_that_rests_has_no_value() -> None:
    found = geometry([np.full((60, 4), 0.1), rates(0)])
    for name, matrix in found.items():
        assert np.array_equal(np.isnan(matrix), [[True, True], [True, False]]), name


def test_rates_that_are_not_finite_are_refused() -> None:
    x = rates(0)
    x[3, 2] = np.nan
    for measure in of_artifact("measures"):
        with pytest.raises(AtlasError, match="1 of 420"):
            compare_all([measure], [Samples(x, np.arange(10))])


# A path of ridges


def test_each_ridge_gives_the_predictivity_of_its_own_fit() -> None:
    source, targets = split(0), [split(1), split(2, units=4)]
    ridges = [0.0, 1e-8, 1e-3, 0.5]
    found = predictivity_by_ridge(source, targets, ridges)
    for column, ridge in enumerate(ridges):
        fitted, scored = [t.fit for t in targets], [t.score for t in targets]
        expected = predictivity_matrix([source.fit], [source.score], ridge, False, (fitted, scored))
        np.testing.assert_allclose(found[:, column], expected[0], rtol=1e-9)


def test_a_path_is_that_of_least_squares_with_added_rows() -> None:
    """Ridge regression as ordinary least squares with √ρ I appended, an oracle without eigenvectors."""
    source, target, ridge = split(0), split(1), 0.05
    rho = ridge * np.trace(source.fit.T @ source.fit) / 7
    x, y = np.concatenate([source.fit, np.sqrt(rho) * np.eye(7)]), np.concatenate([target.fit, np.zeros((7, 7))])
    error = source.score @ np.linalg.lstsq(x, y)[0] - target.score
    expected = 1.0 - np.sum(error**2) / np.sum(target.score**2)
    assert predictivity_by_ridge(source, [target], [ridge])[0, 0] == pytest.approx(expected)


def test_units_that_repeat_need_no_ridge() -> None:
    x = split(0)
    doubled = Split(*(np.concatenate([part, part], axis=1) for part in x))
    found = predictivity_by_ridge(doubled, [split(1)], [0.0])
    assert found[0, 0] == pytest.approx(predictivity_by_ridge(x, [split(1)], [0.0])[0, 0])


def test_silence_cannot_be_predicted() -> None:
    silent = Split(np.zeros((60, 3)), np.zeros((50, 3)))
    assert np.isnan(predictivity_by_ridge(split(0), [silent], RIDGES)).all()
    assert np.all(predictivity_by_ridge(silent, [split(0)], RIDGES) == 0.0)


# What the output needs


def test_the_potent_share_is_one_where_only_the_output_is_shared() -> None:
    rng = np.random.default_rng(0)
    latent, readout = rng.normal(size=(4000, 2)), rng.normal(size=(6, 2))
    q = readout_basis(readout)
    null = np.linalg.svd(np.eye(6) - q @ q.T)[0][:, :4]
    x = latent @ q.T + rng.normal(size=(4000, 4)) @ null.T
    y = latent @ rng.normal(size=(2, 5))
    source, target = (Split(z[:2000], z[2000:]) for z in (x, y))
    assert potent_share(source, target, readout, 1e-8) == pytest.approx(1.0, abs=0.01)


def test_the_potent_share_falls_by_what_the_null_space_alone_tells() -> None:
    """Y = one potent and one hidden coordinate of X, of the same variance: the potent part tells one half."""
    x = np.random.default_rng(1).normal(size=(8000, 6))
    readout = np.eye(6)[:, :2]
    y = x[:, [0, 5]]
    source, target = (Split(z[:4000], z[4000:]) for z in (x, y))
    assert potent_share(source, target, readout, 1e-8) == pytest.approx(0.5, abs=0.03)


def test_without_any_prediction_there_is_no_share() -> None:
    rng = np.random.default_rng(2)
    x, y = (Split(rng.normal(size=(12, 6)), rng.normal(size=(500, 6))) for _ in range(2))
    assert np.isnan(potent_share(x, y, rng.normal(size=(6, 2)), 0.0))  # overfitted: below 0 held out


# DSA over settings


def systems(make_ensemble, trials: Trials) -> list[np.ndarray]:
    return list(roll_out(make_ensemble(3, 6, 2, 2), trials.inputs, 0.0, ("x",), ENGINE).rates)


@pytest.fixture
def trials() -> Trials:
    """Twenty trials of random input, two of them shorter."""
    rng = np.random.default_rng(0)
    length = np.full(20, 30)
    length[:2] = 14, 21
    shape = (20, 30, 2)
    inputs, targets = (rng.normal(size=shape).astype(np.float32) for _ in range(2))
    return Trials(inputs, targets, np.ones(shape, np.float32), np.ones(shape, bool), length, {}, {})


def test_operators_of_several_ranks_are_those_of_each_rank(make_ensemble, trials: Trials) -> None:
    x = standardise(systems(make_ensemble, trials)[0], trials.length)
    found = fit_operators(x, 3, (2, 5, 9), 0.1, trials.length)
    assert list(found) == [2, 5, 9]
    for rank, operator in found.items():
        alone = fit_operator(x, 3, rank, 0.1, trials.length)
        assert (operator.n_delays, operator.rank, operator.ridge) == (3, rank, 0.1)
        np.testing.assert_allclose(np.sort_complex(operator.eigenvalues), np.sort_complex(alone.eigenvalues), atol=1e-9)


def test_ranks_beyond_the_embeddings_own_are_left_out() -> None:
    flat = np.random.default_rng(0).normal(size=(8, 20, 1)) * np.ones(4)  # one direction, four units
    assert list(fit_operators(flat, 2, (1, 2, 3, 30))) == [1, 2]


def test_the_sweep_is_dsa_at_each_setting(make_ensemble, trials: Trials) -> None:
    rates = systems(make_ensemble, trials)
    settings, found = dynamical_sweep(rates, trials.length, (1, 3), (2, 4))
    assert settings == [(1, 2), (1, 4), (3, 2), (3, 4)]
    standard = [standardise(x, trials.length) for x in rates]
    for (delays, rank), distance in zip(settings, found, strict=True):
        np.testing.assert_allclose(distance, dsa(standard, delays, rank, length=trials.length), atol=1e-9)


def test_settings_that_the_trials_cannot_support_have_no_distance(make_ensemble, trials: Trials) -> None:
    settings, found = dynamical_sweep(systems(make_ensemble, trials), trials.length, (2, 25, 40), (3,))
    assert [bool(np.isfinite(found[k]).all()) for k in range(3)] == [True, False, False] and settings[1] == (25, 3)


# The artifact


@pytest.fixture(scope="module")
def task():
    return get_task("flip_flop", duration=800)


@pytest.fixture(scope="module")
def gathered(make_ensemble) -> Gathered:
    """Two populations of two networks, and two rounds of two chains; chain 0 departs from g1#1, chain 1 from g0#0."""
    chain = ChainRecord(np.array(["g1", "g0"]), np.array([1, 0]))

    def ensemble(seed: int, record: ChainRecord | None = None) -> Ensemble:
        plain = make_ensemble(2, 9, 3, 3, noise=0.1, seed=seed)
        return Ensemble(plain.parameters, plain.cell, None, record)

    places = [Place("standard/g0", "", 0), Place("standard/g1", "", 0)]
    places += [Place(f"alternatives/insd_alt{k}", "insd", k) for k in (1, 2)]
    return Gathered(places, [ensemble(0), ensemble(1), ensemble(2, chain), ensemble(3, chain)])


@pytest.fixture(scope="module")
def table(gathered: Gathered, task) -> dict[str, np.ndarray]:
    return measure_networks(gathered, task.trials(16, 1), task.trials(12, 2), SETTINGS, SIMILARITY, 7, ENGINE)


def test_the_table_is_a_measures_artifact(table: dict[str, np.ndarray], tmp_path: Path) -> None:
    write_artifact(tmp_path / "measures.h5", SCHEMA, table, {}, "test")
    stored = read_artifact(tmp_path / "measures.h5", SCHEMA).data
    assert stored["network"][4] == "alternatives/insd_alt1#0" and stored["dsa/rank"].tolist() == [3, 5, 3, 5]
    assert np.isfinite(table["cka"]).all() and np.all(np.diag(table["cca"]) == pytest.approx(1.0))
    assert {f"floor/{name}" for name in ("cka", "rsa", "cca", "procrustes")} <= set(table)


def test_the_sweep_meets_the_similarity_artifact(gathered: Gathered, task, table: dict[str, np.ndarray]) -> None:
    """At the ridge of the similarity rule, the same noise and trials: the largest entry over the chain's earlier networks."""
    similar = compare_networks(gathered, task, task.trials(16, 1), task.trials(12, 2), 1e-8, 7, ENGINE)
    before = {4: [3], 5: [0], 6: [3, 4], 7: [0, 5]}
    for row, rows in before.items():
        assert earlier(gathered.table(), row) == rows
        assert table["null_by_kappa"][row, -1] == pytest.approx(similar["null"][row, rows].max(), abs=1e-6)
    assert np.isnan(table["null_by_kappa"][:4]).all() and np.isnan(table["potent_share"][:4]).all()
    assert np.array_equal(table["kappa"], RIDGES)


def test_one_setting_of_the_sweep_is_the_embeddings(gathered: Gathered, task, table: dict[str, np.ndarray]) -> None:
    expected = dynamical_distances(gathered, task.trials(16, 1), SIMILARITY, ENGINE)
    place = list(zip(table["dsa/delays"], table["dsa/rank"], strict=True)).index((3, 5))
    np.testing.assert_allclose(table["dsa/distance"][place], expected["distance"], atol=1e-9)


def test_targets_predict_by_least_squares_without_padding(
    gathered: Gathered, task, table: dict[str, np.ndarray]
) -> None:
    fit, score = task.trials(16, 1), task.trials(12, 2)
    y, y_score = (
        roll_out(gathered.ensembles[1], t.inputs, 0.0, ("x",), ENGINE).rates[1][t.valid()] for t in (fit, score)
    )
    fitted = np.linalg.lstsq(fit.targets[fit.valid()].astype(float), y.astype(float))[0]
    error = score.targets[score.valid()] @ fitted - y_score
    assert table["targets"][3] == pytest.approx(1.0 - np.sum(error**2) / np.sum(y_score**2), abs=1e-5)


def test_the_measures_do_not_depend_on_company(gathered: Gathered, task, table: dict[str, np.ndarray]) -> None:
    alone = Gathered(gathered.places[:1], gathered.ensembles[:1])
    found = measure_networks(alone, task.trials(16, 1), task.trials(12, 2), SETTINGS, SIMILARITY, 7, ENGINE)
    for name in ("cka", "rsa", "cca", "procrustes"):
        np.testing.assert_allclose(found[name], table[name][:2, :2])
        np.testing.assert_allclose(found[f"floor/{name}"], table[f"floor/{name}"][:2])
    assert np.isnan(found["null_by_kappa"]).all()


def test_only_the_measures_that_were_asked_for_are_compared(gathered: Gathered, task, tmp_path: Path) -> None:
    alone, trials = Gathered(gathered.places[:1], gathered.ensembles[:1]), (task.trials(16, 1), task.trials(12, 2))
    few = SETTINGS.model_copy(update={"compare": ["rsa"]})
    found = measure_networks(alone, *trials, few, SIMILARITY, 7, ENGINE)
    every = measure_networks(alone, *trials, SETTINGS, SIMILARITY, 7, ENGINE)
    assert every.keys() - found.keys() == {n for m in ("cka", "cca", "procrustes") for n in (m, f"floor/{m}")}
    assert np.array_equal(found["rsa"], every["rsa"])
    write_artifact(tmp_path / "measures.h5", SCHEMA, found, {}, "test")
