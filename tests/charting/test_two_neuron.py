"""The two-neuron network, against finite differences, SciPy, the closed form of the linear case, and the authors' solutions."""

from pathlib import Path

import h5py
import numpy as np
import pytest
from scipy.integrate import solve_ivp

from rnnatlas.arrays import Array
from rnnatlas.artifacts.charting_schemas import TWO_NEURON
from rnnatlas.charting import two_neuron
from rnnatlas.charting.two_neuron.chart import chart, compared
from rnnatlas.charting.two_neuron.flow import Flow, columns, rows
from rnnatlas.charting.two_neuron.islands import connected, draw_pairs, onto_solutions
from rnnatlas.charting.two_neuron.linear import branch, half_turns_of
from rnnatlas.charting.two_neuron.outcome import (
    DECAY,
    FIXED_POINT,
    LIMIT_CYCLE,
    STUCK,
    basins,
    by_eigenvalues,
    by_simulation,
    end_states,
    losses,
    windings,
)
from rnnatlas.charting.two_neuron.plane import Plane, landscape, plane_shares, principal_shares, representatives
from rnnatlas.charting.two_neuron.problem import START, TARGET, Problem, eigenvalues
from rnnatlas.charting.two_neuron.start import agreement, predicted
from rnnatlas.charting.two_neuron.training import descend, initial_weights
from rnnatlas.config.charting import TwoNeuronSettings
from rnnatlas.errors import AtlasError

PROBLEM, LINEAR = Problem(), Problem(linear=True)
# Three solutions of the authors, of a fixed point, a limit cycle, a transient (shared/notes/charting.md, section 3).
THREE = np.array([[[-1.3354, 0.0006], [2.2013, 1.3136]], [[1.0913, 0.7555], [-2.4025, 1.1673]], [[0.7434, -0.0174], [2.8879, 1.1574]]])  # fmt: skip
TINY = TwoNeuronSettings(networks=200, steps=60, linear=20, grid=24, starts=6, trees=5, triples=20, pairs=2, solved=0.4)


@pytest.fixture(scope="module")
def weights() -> Array:
    return initial_weights(7, 1.5, 3)


@pytest.mark.parametrize("problem", [PROBLEM, LINEAR], ids=["tanh", "linear"])
def test_the_gradient_is_that_of_the_loss_that_is_computed(weights: Array, problem: Problem) -> None:
    flow = Flow(problem, len(weights), gradient=True)
    gradient = rows(flow.loss_and_gradient(columns(weights))[1])
    for i in range(2):
        for j in range(2):
            step = np.zeros_like(weights)
            step[:, i, j] = 1e-6
            up, down = (flow.loss_and_gradient(columns(weights + sign * step))[0] for sign in (1.0, -1.0))
            assert (up - down) / 2e-6 == pytest.approx(gradient[:, i, j], rel=1e-5, abs=1e-7)


def test_states_are_those_of_scipy_and_steps_converge_by_the_fourth_power(weights: Array) -> None:
    expected = np.stack([
        solve_ivp(lambda _, x, w=w: w @ np.tanh(x) - x, (0.0, 10.0), START, "RK45", rtol=1e-11, atol=1e-12).y[:, -1]
        for w in weights
    ])  # fmt: skip
    assert end_states(weights, PROBLEM) == pytest.approx(expected, abs=1e-8)
    coarse, fine = (
        np.abs(Flow(Problem(step=step), len(weights)).end(columns(weights)).T - expected).max() for step in (0.1, 0.05)
    )
    assert 10.0 < coarse / fine < 25.0


def test_a_network_trains_alone_as_in_company_and_on_any_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    begin = initial_weights(5, 1.5, 0)
    together = descend(begin, PROBLEM, 20, 0.01)
    monkeypatch.setattr("rnnatlas.charting.two_neuron.training.CHUNK", 2)
    assert np.array_equal(descend(begin, PROBLEM, 20, 0.01, threads=3), together)
    assert np.array_equal(descend(begin[3:4], PROBLEM, 20, 0.01)[0], together[3])
    assert losses(together, PROBLEM).sum() < losses(begin, PROBLEM).sum()


def test_adam_is_that_of_pytorch() -> None:
    import torch

    begin, rate = initial_weights(3, 1.5, 1), 0.01
    w = torch.tensor(begin, requires_grad=True)
    adam, flow = torch.optim.Adam([w], rate), Flow(PROBLEM, 3, gradient=True)
    for _ in range(5):
        w.grad = torch.tensor(rows(flow.loss_and_gradient(columns(w.detach().numpy()))[1]))
        adam.step()
    assert descend(begin, PROBLEM, 5, rate) == pytest.approx(w.detach().numpy(), rel=1e-12)


def test_a_network_whose_gradient_is_not_finite_stays_where_it_is_and_leaves_the_others_alone() -> None:
    begin = initial_weights(3, 1.5, 0)
    lost = begin.copy()
    lost[1] = 1e200
    found, expected = descend(lost, PROBLEM, 10, 0.01), descend(begin, PROBLEM, 10, 0.01)
    assert np.array_equal(found[[0, 2]], expected[[0, 2]]) and np.array_equal(found[1], lost[1])


def test_eigenvalues_are_those_of_numpy(weights: Array) -> None:
    largest, turning = eigenvalues(weights)
    found = np.linalg.eigvals(weights)
    assert largest == pytest.approx(found.real.max(1)) and turning == pytest.approx(found.imag.max(1))


def test_the_authors_three_solutions_are_of_three_classes() -> None:
    kinds = [FIXED_POINT, LIMIT_CYCLE, DECAY]
    assert by_eigenvalues(THREE).tolist() == kinds == by_simulation(THREE, PROBLEM).tolist()
    assert (losses(THREE, PROBLEM) < 1e-4).all()
    assert representatives(THREE, PROBLEM) == [0, 1, 2]
    assert two_neuron.classify(THREE) == ["fixed point", "limit cycle", "decay"]


@pytest.mark.parametrize("half_turns", [0, 1, 2, 3])
def test_the_closed_form_solves_the_linear_case_and_turns_as_it_says(half_turns: int) -> None:
    phase = np.array([0.3, 1.2, 2.0, 2.9]) if half_turns else np.array([-9.0, -2.0, -1e-3, 0.0, 1e-3, 1.2, 2.9])
    found = branch(half_turns, phase, np.linspace(-0.2, 0.3, len(phase)))
    assert (losses(found, LINEAR) < 1e-12).all()
    assert (half_turns_of(found) == half_turns).all()
    turns = [0.5, -1.5, 2.5, -3.5][half_turns]
    assert windings(found, LINEAR) == pytest.approx(np.full(len(found), turns * np.pi), abs=1e-3)
    assert (basins(found, np.ones(len(found), bool), LINEAR) == round((turns - 0.5) / 2)).all()


def test_what_is_no_solution_has_no_basin() -> None:
    assert basins(THREE, np.array([True, False, True]), PROBLEM)[1] == STUCK


def test_continuation_connects_a_branch_of_the_closed_form_and_no_two() -> None:
    """The oracle of islands: in the linear case it is known which solutions are connected."""
    one = branch(0, np.array([-6.0, -1.0, 0.5]), np.array([-0.1, 0.1, 0.0]))
    other = branch(1, np.array([0.6, 1.5, 2.4]), np.array([0.0, 0.1, -0.1]))
    begin, end = np.concatenate([one, other, one]), np.concatenate([one[[1, 2, 0]], other[[1, 2, 0]], other])
    assert connected(begin, end, LINEAR, 1e-4).tolist() == [True] * 6 + [False] * 3
    assert connected(begin[:0], end[:0], LINEAR, 1e-4).tolist() == []


def test_a_network_is_moved_onto_the_solutions_by_the_shortest_way() -> None:
    near = THREE + 0.02 * np.random.default_rng(0).normal(size=THREE.shape)
    kept = near[:1].copy()
    onto_solutions(near[:1], PROBLEM)
    assert np.array_equal(near[:1], kept), "one network is not worked in either"
    moved = onto_solutions(near, PROBLEM)
    assert (0.5 * ((Flow(PROBLEM, 3).end(columns(moved)).T - TARGET) ** 2).sum(1) < 1e-16).all()
    assert (np.linalg.norm((moved - near).reshape(3, 4), axis=1) < 0.2).all()


def test_pairs_are_of_one_island_and_of_two() -> None:
    islands = np.array([0, 0, 0, 0, 1, 1, 2])
    pairs, same = draw_pairs(islands, 40, np.random.default_rng(0))
    assert same.sum() == 40 and len(pairs) == 80
    assert ((islands[pairs[:, 0]] == islands[pairs[:, 1]]) == same).all() and (pairs[same, 0] != pairs[same, 1]).all()
    assert {1} < set(islands[pairs[same, 0]])
    assert not draw_pairs(np.zeros(4, int), 5, np.random.default_rng(0))[1].sum() > 5


def test_the_plane_holds_its_three_networks_and_what_lies_in_it() -> None:
    plane = Plane.through(THREE)
    at = plane.coordinates(THREE)
    assert plane.weights(at) == pytest.approx(THREE, abs=1e-12)
    assert plane.share(THREE) == pytest.approx(1.0)
    apart = THREE + np.random.default_rng(0).normal(size=THREE.shape)
    assert plane.share(apart) < 1.0 and principal_shares(apart).sum() == pytest.approx(1.0)
    with pytest.raises(AtlasError, match="lie on a line"):
        Plane.through(np.stack([THREE[0], THREE[0] + 1.0, THREE[0] + 2.0]))


def test_the_landscape_is_the_loss_of_the_networks_there() -> None:
    plane, x, y = Plane.through(THREE), np.array([-5.0, 0.0, 1.5]), np.array([-1.0, 4.0])
    found = landscape(plane, x, y, PROBLEM)
    for i, j in ((0, 0), (1, 2)):
        one = plane.weights(np.array([[x[j], y[i]]]))
        assert found[i, j] == pytest.approx(losses(one, PROBLEM)[0], rel=1e-3)


def test_planes_of_random_triples_are_nan_without_all_three_classes() -> None:
    rng = np.random.default_rng(0)
    assert np.isnan(plane_shares(THREE, np.array([0, 0, 1]), 4, rng)).all()
    assert plane_shares(THREE, np.array([0, 1, 2]), 4, rng) == pytest.approx(np.ones(4))


def test_what_the_start_decides_is_predicted_and_what_it_does_not_is_not() -> None:
    rng = np.random.default_rng(0)
    begin = initial_weights(300, 1.5, 0)
    decided = (begin[:, 0, 0] > 0).astype(int) + 5 * (begin[:, 1, 1] > 1.0)
    assert agreement(predicted(begin, decided, 0), decided, rng).low > 0.8
    chance = agreement(predicted(begin, rng.integers(2, size=300), 0), rng.integers(2, size=300), rng)
    assert chance.low < 0.0 < chance.high
    rare = np.where(np.arange(300) == 7, 9, decided)  # a single one cannot be learned
    assert predicted(begin, rare, 0)[7] != 9
    assert (predicted(begin, np.arange(300), 0) >= 0).all()


def test_a_chart_is_whole_and_the_same_on_any_threads() -> None:
    one, other = chart(TINY, 0), chart(TINY, 0, threads=2)
    TWO_NEURON.check("chart", one)
    assert all(np.array_equal(one[name], other[name], equal_nan=True) for name in one)
    assert not np.array_equal(one["initial"], chart(TINY, 1)["initial"])
    assert (one["basin"] == STUCK).sum() == (~one["solved"]).sum() > 0
    assert one["runs"][0, 0].tolist() == START.tolist()


def test_a_chart_without_solutions_says_so() -> None:
    with pytest.raises(AtlasError, match="at least 3 solutions are expected, found 0 of 20"):
        chart(TINY.model_copy(update={"networks": 20, "steps": 1, "solved": 1e-12}), 0)


def test_the_authors_solutions_under_this_solver(shared: Path) -> None:
    """0.708 solved, 0.9456 in the plane, 0.9537 in two components (shared/notes/charting.md), over half of the networks of these numbers."""
    found = compared(shared / "reference" / "turner2021_two_neuron.h5", PROBLEM, 2)
    good = found["compared/weights"][found["compared/loss"] < 1e-4]
    assert len(good) / len(found["compared/loss"]) == pytest.approx(0.708, abs=0.02)
    assert Plane.through(good[representatives(good, PROBLEM)]).share(good) == pytest.approx(0.9456, abs=0.02)
    assert Plane.through(THREE).share(good) == pytest.approx(0.9456, abs=0.02)
    assert principal_shares(good)[:2].sum() == pytest.approx(0.9537, abs=0.02)
    assert (by_eigenvalues(good) == by_simulation(good, PROBLEM, 2)).mean() > 0.99
    # The islands that they form: solutions of one winding are connected, of two are not.
    islands = basins(good, np.ones(len(good), bool), PROBLEM, 2)
    pairs, same = draw_pairs(islands, 30, np.random.default_rng(0))
    joined = connected(good[pairs[:, 0]], good[pairs[:, 1]], PROBLEM, 1e-4, 2)
    assert joined[same].mean() >= 0.9 and joined[~same].mean() <= 0.1


def test_notebook_doors() -> None:
    assert (two_neuron.loss(THREE) < 1e-4).all() and two_neuron.loss(THREE[1:2], end=3.0)[0] > 1e-3
    paths = two_neuron.trajectories(THREE)
    assert paths.shape == (3, 101, 2) and paths[:, -1] == pytest.approx(np.tile(TARGET, (3, 1)), abs=0.02)
    assert two_neuron.trajectories(THREE, end=3.05).shape == (3, 32, 2) and (two_neuron.loss(THREE, end=3.05) > 0).all()
    assert two_neuron.trajectories(3.0 * THREE).shape == (3, 101, 2), "steps are shorter where weights are large"
    assert two_neuron.winding(THREE)[0] == pytest.approx(np.pi / 2, abs=0.1)
    begin = initial_weights(2, 1.5, 0)
    kept = begin.copy()
    assert two_neuron.loss(two_neuron.train(begin, steps=30)).sum() < two_neuron.loss(begin).sum()
    assert np.array_equal(begin, kept), "what is given is not worked in"
    assert two_neuron.train(begin[:1], steps=3).shape == (1, 2, 2) and np.array_equal(begin, kept)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"step": 0.9, "end": 9.0}, "Runge-Kutta steps are unstable for weights up to 1.5"),
        ({"step": 0.3}, "a whole part of end = 10 is expected, found 0.3"),
        ({"end": -1.0}, "a finite number above 0 is expected"),
        ({"step": float("nan")}, "a finite number above 0 is expected"),
    ],
)
def test_steps_that_do_not_fit_are_refused(given: dict[str, float], message: str) -> None:
    with pytest.raises(AtlasError, match=message):
        Problem(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"step": 0.3}, "step: 0.3 is no whole part of end, 10"),
        ({"step": 1.0}, "too long for Runge-Kutta steps to be stable"),
        ({"networks": 0}, "greater than or equal to 10"),
    ],
)
def test_settings_that_cannot_be_run_are_refused_before_anything_is_trained(
    given: dict[str, float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        TwoNeuronSettings(**given)  # type: ignore[arg-type]


def test_files_to_compare_are_checked(tmp_path: Path) -> None:
    with pytest.raises(AtlasError, match="an HDF5 file is expected"):
        compared(tmp_path / "none.h5", PROBLEM)
    for name, array in {"weights": np.zeros((3, 2)), "other": np.zeros((3, 2, 2)), "nan": None}.items():
        file = tmp_path / f"{name}.h5"
        with h5py.File(file, "w") as stored:
            stored["other" if name == "other" else "weights"] = np.full((1, 2, 2), np.nan) if array is None else array
        with pytest.raises(AtlasError, match=r"finite numbers \[network, 2, 2\] are expected"):
            compared(file, PROBLEM)
