"""The other penalties against their definitions sample by sample, autograd, finite differences and invariances."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from rnnatlas.config.training import DeflationSettings, NetworkSettings, TrainingSettings
from rnnatlas.deflation.null_space import project
from rnnatlas.deflation.online import SimilarityPenalty
from rnnatlas.deflation.other_penalties import cka_penalty, reverse_penalty
from rnnatlas.deflation.penalty import PenaltyResult, similarity_penalty
from rnnatlas.engine.interface import Noise
from rnnatlas.engine.native_engine import NativeEngine
from rnnatlas.engine.steps import TrainingState
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.similarity.measures.cka import linear_cka
from rnnatlas.similarity.regression import linear_predictivity
from rnnatlas.tasks.flip_flop import FlipFlop, Settings
from rnnatlas.tasks.registry import get_task
from rnnatlas.training.loop import fit
from rnnatlas.training.member import Member
from rnnatlas.training.run import TrainingRun
from rnnatlas.training.standard import fresh_networks
from rnnatlas.training.stepwise import Step

RIDGE = 1e-2
KINDS = pytest.mark.parametrize("kind", ["trace", "norm", "cka"])
NULL = pytest.mark.parametrize("null_space", [True, False], ids=["null space", "all rates"])


class Case:
    """A new network of 8 units with 2 outputs and earlier ones of 6 units, on 60 samples."""

    def __init__(self, count: int = 2, seed: int = 0, samples: int = 60) -> None:
        rng = np.random.default_rng(seed)
        hidden = rng.normal(size=(samples, 4))

        def network(units: int) -> tuple[np.ndarray, np.ndarray]:
            rates = np.tanh(hidden @ rng.normal(size=(4, units)) + 0.3 * rng.normal(size=(samples, units)) + 0.2)
            return rates, rng.normal(size=(units, 2))

        self.rates, self.readout = network(8)
        self.earlier = [network(6) for _ in range(count)]

    def penalty(
        self, kind: str, null_space: bool, rates: np.ndarray | None = None, readout: np.ndarray | None = None
    ) -> PenaltyResult:
        rates, readout = self.rates if rates is None else rates, self.readout if readout is None else readout
        others, readouts = [r for r, _ in self.earlier], [w for _, w in self.earlier]
        if kind == "cka":
            return cka_penalty(rates, readout, others, readouts, null_space)
        form = "norm" if kind == "norm" else "trace"
        return reverse_penalty(rates, readout, others, readouts, RIDGE, form, null_space)


def naive(case: Case, kind: str, null_space: bool, rates: torch.Tensor, readout: torch.Tensor) -> torch.Tensor:
    """The definitions, sample by sample: matrices of samples × samples, no Gram matrix of units in CKA."""

    def left(r: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
        return r - r @ w @ torch.linalg.pinv(w) if null_space else r

    x = left(rates, readout)
    total = torch.zeros((), dtype=torch.float64)
    for r, w in case.earlier:
        y = left(torch.tensor(r), torch.tensor(w))
        if kind == "cka":
            centre = torch.eye(len(y), dtype=torch.float64) - 1.0 / len(y)
            k, m = (centre @ (z @ z.T) @ centre for z in (x, y))
            total = total + torch.sum(k * m) / torch.sqrt(torch.sum(k * k) * torch.sum(m * m))
            continue
        ridge = RIDGE * torch.sum(y * y) / y.shape[1] * torch.eye(y.shape[1], dtype=torch.float64)
        u = y @ torch.linalg.inv(y.T @ y + ridge) @ y.T
        fit = torch.trace(x.T @ u @ x) if kind == "trace" else torch.sum((u @ x) ** 2)
        total = total + fit / torch.sum(x * x)
    return total


@KINDS
@NULL
@pytest.mark.parametrize("count", [0, 1, 2])
def test_value_and_gradient_are_those_of_the_definition(kind: str, null_space: bool, count: int) -> None:
    case = Case(count)
    rates, readout = (torch.tensor(array, requires_grad=True) for array in (case.rates, case.readout))
    expected = naive(case, kind, null_space, rates, readout)
    found = case.penalty(kind, null_space)
    assert found.value == pytest.approx(float(expected.detach()), abs=1e-12)
    assert found.value == pytest.approx(sum(found.each)) and len(found.each) == count
    if count:
        d_rates, d_readout = torch.autograd.grad(expected, [rates, readout], allow_unused=True)
        assert np.abs(found.rate_gradient).max() > 1e-4
        assert np.allclose(found.rate_gradient, d_rates, atol=1e-12)
        assert np.allclose(found.readout_gradient, 0.0 if d_readout is None else d_readout, atol=1e-12)
    else:
        assert not found.rate_gradient.any() and not found.readout_gradient.any()


@KINDS
@NULL
def test_the_gradient_is_that_of_central_finite_differences(kind: str, null_space: bool) -> None:
    case = Case(seed=3)
    found = case.penalty(kind, null_space)
    rng, h = np.random.default_rng(4), 1e-6
    for _ in range(3):
        move, turn = rng.normal(size=case.rates.shape), rng.normal(size=case.readout.shape)
        up, down = (case.penalty(kind, null_space, rates=case.rates + s * move).value for s in (h, -h))
        assert np.sum(found.rate_gradient * move) == pytest.approx((up - down) / (2 * h), rel=1e-5, abs=1e-9)
        up, down = (case.penalty(kind, null_space, readout=case.readout + s * turn).value for s in (h, -h))
        assert np.sum(found.readout_gradient * turn) == pytest.approx((up - down) / (2 * h), rel=1e-5, abs=1e-9)


@KINDS
@NULL
def test_scale_and_rotation_change_nothing_and_the_gradient_is_orthogonal_to_the_rates(
    kind: str, null_space: bool
) -> None:
    case = Case(seed=5)
    found = case.penalty(kind, null_space)
    turn = np.linalg.qr(np.random.default_rng(6).normal(size=(8, 8)))[0]
    turned = case.penalty(kind, null_space, rates=3.0 * case.rates @ turn, readout=turn.T @ case.readout)
    assert turned.value == pytest.approx(found.value, rel=1e-10)
    assert np.allclose(turned.rate_gradient, found.rate_gradient @ turn / 3.0, atol=1e-12)
    size = np.linalg.norm(found.rate_gradient) * np.linalg.norm(case.rates)
    assert size > 1e-3 and abs(np.sum(found.rate_gradient * case.rates)) < 1e-12 * size


def test_values_are_those_of_the_measures_that_networks_are_compared_with() -> None:
    case = Case(1)
    (other, other_readout), x = case.earlier[0], project(case.rates, case.readout)
    y = project(other, other_readout)
    assert case.penalty("cka", True).value == pytest.approx(linear_cka(x, y))
    nearly = reverse_penalty(case.rates, case.readout, [other], [other_readout], 1e-13)
    assert nearly.value == pytest.approx(linear_predictivity(y, x, 0.0), abs=1e-9)
    assert case.penalty("norm", True).value < case.penalty("trace", True).value < nearly.value


def test_a_copy_among_irrelevant_units_lowers_these_measures_and_not_that_of_insd() -> None:
    rng = np.random.default_rng(7)
    earlier = rng.normal(size=(500, 6))
    readouts = np.zeros((12, 1)), np.zeros((6, 1))
    new = np.concatenate([earlier, 10.0 * rng.normal(size=(500, 6))], axis=1)
    given = (new, readouts[0], [earlier], [readouts[1]])
    assert reverse_penalty(*given, 1e-6).value < 0.05 and cka_penalty(*given).value < 0.05
    assert similarity_penalty(*given, 1e-6).value > 0.99


@KINDS
def test_cka_leaves_means_out_and_single_precision_is_enough(kind: str) -> None:
    case = Case(seed=8)
    exact = case.penalty(kind, True)
    if kind == "cka":
        moved = case.penalty(kind, True, rates=case.rates + 2.0)
        assert moved.value == pytest.approx(exact.value) and np.allclose(moved.rate_gradient, exact.rate_gradient)
    case.earlier = [(r.astype(np.float32), w.astype(np.float32)) for r, w in case.earlier]
    single = case.penalty(kind, True, case.rates.astype(np.float32), case.readout.astype(np.float32))
    assert single.rate_gradient.dtype == np.float32
    assert single.value == pytest.approx(exact.value, abs=1e-5)
    error = np.linalg.norm(single.rate_gradient - exact.rate_gradient) / np.linalg.norm(exact.rate_gradient)
    assert error < 1e-4


@KINDS
def test_silent_and_diverged_networks_leave_no_stray_gradient(kind: str) -> None:
    case = Case()
    alone = case.rates[:, :1] * case.readout[:, 0]  # all activity lies in the readout's span
    for rates in (alone, np.zeros_like(case.rates)):
        found = case.penalty(kind, True, rates=rates)
        assert found.each == [0.0, 0.0] and not found.rate_gradient.any() and not found.readout_gradient.any()
    lost = case.rates.copy()
    lost[0, 0] = np.inf
    found = case.penalty(kind, True, rates=lost)
    assert np.isnan(found.value) and np.isnan(found.rate_gradient).all() and np.isnan(found.readout_gradient).all()


# In training

TASK = FlipFlop(Settings(bits=1, duration=600.0))
NETWORK = NetworkSettings(units=24)
TRAINING = TrainingSettings(warm_up=0, steps=150, batch=16, learning_rate=1e-2, acceptance=0.8, acceptance_trials=64)
MEMBERS = [Member((0, "other penalties"), k) for k in range(2)]


@pytest.fixture(scope="module")
def standard() -> Ensemble:
    return fit(fresh_networks(TASK, NETWORK, 1.0, MEMBERS), TASK, TRAINING, TrainingRun(MEMBERS, NativeEngine()))


@pytest.mark.parametrize("measure", ["reverse", "cka"])
def test_a_step_compares_sampled_steps_of_trials_with_earlier_networks_without_noise(
    make_ensemble: Callable[..., Ensemble], measure: Any
) -> None:
    task, engine = get_task("memory_pro"), NativeEngine()
    new, first, second = (make_ensemble(2, 24, 3, 3, noise=0.1, seed=seed) for seed in (1, 2, 3))
    batches = [task.trials(12, seed=k) for k in range(2)]
    times = min(batch.times for batch in batches)
    inputs = np.stack([batch.inputs[:, :times] for batch in batches])
    valid = np.stack([batch.valid()[:, :times] for batch in batches])
    noise = Noise(np.arange(1, 3).astype(np.uint64), 5, new.cell.noise_scale())
    rollout = engine.roll_out(new.parameters, new.cell, inputs, noise)
    settings = DeflationSettings(strength=0.7, ridge=1e-2, stride=2, combine="sum")
    penalty = SimilarityPenalty([first, second], settings, TrainingRun(MEMBERS, engine), measure)
    state = TrainingState.begin(new.parameters, penalty.start)
    found = penalty(Step(5, inputs, valid, noise, rollout, np.ones(2), state, lambda job: [job(k) for k in range(2)]))
    assert not valid.all()
    for k in range(2):
        rows = valid[k] & (np.arange(times) % 2 == 1)
        others = [
            engine.roll_out(earlier.parameters, earlier.cell, inputs, None).rates[k][rows]
            for earlier in (first, second)
        ]
        given = (rollout.rates[k][rows], new.parameters.readout[k], others, [first.parameters.readout[k], second.parameters.readout[k]])  # fmt: skip
        expected = cka_penalty(*given) if measure == "cka" else reverse_penalty(*given, 1e-2)
        assert found.value[k] == expected.value and 0.0 < expected.value < 2.0
        assert np.allclose(found.rate_gradient[k][rows], 0.7 * expected.rate_gradient, rtol=1e-6)
        assert np.allclose(found.readout_gradient[k], 0.7 * expected.readout_gradient, rtol=1e-5)
        assert not found.rate_gradient[k][~rows].any()


def explained(x: np.ndarray, y: np.ndarray) -> float:
    """Trace form of the predictivity of x by y."""
    ridge = 1e-2 * np.sum(y * y) / y.shape[1] * np.eye(y.shape[1])
    return float(np.trace(x.T @ y @ np.linalg.inv(y.T @ y + ridge) @ y.T @ x) / np.sum(x * x))


@pytest.mark.parametrize(
    ("measure", "measured"),
    [("reverse", explained), ("cka", linear_cka)],
)
def test_training_lowers_its_own_measure_and_learns_the_task(
    standard: Ensemble, measure: Any, measured: Callable[[np.ndarray, np.ndarray], float]
) -> None:
    settings = DeflationSettings(strength=1.0, ridge=1e-2, training=TRAINING)
    members = [Member((0, "alternatives", measure), k) for k in range(2)]
    run = TrainingRun(members, NativeEngine())
    penalty = SimilarityPenalty([standard], settings, run, measure)
    assert penalty.term is None
    start = fresh_networks(TASK, NETWORK, 1.0, members)
    new = fit(start, TASK, TRAINING, run, penalty)
    assert new.training is not None and (new.training.performance > 0.8).all()
    assert np.all(new.training.strength == 1.0)
    inputs = TASK.trials(64, seed=99).inputs
    plain = fit(start, TASK, TRAINING, run)

    def value(ensemble: Ensemble, k: int) -> float:
        x, y = (
            project(e.simulate(inputs, noise).rates[k].reshape(-1, 24).astype(np.float64), e.parameters.readout[k])
            for e, noise in ((ensemble, None), (standard, 0.0))
        )
        return measured(x, y)

    for k in range(2):
        assert value(new, k) < 0.6 * value(plain, k)
        assert new.training.penalty[k, -20:].mean() < 0.3
