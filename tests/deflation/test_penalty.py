"""The penalty against explicit projections and explicit maps, its gradient against autograd and finite differences."""

from typing import Literal

import numpy as np
import pytest
import torch

from rnnatlas.deflation.penalty import PenaltyResult, combine, similarity_penalty
from rnnatlas.networks import Cell, initialise
from rnnatlas.tasks.flip_flop import FlipFlop, Settings

Form = Literal["trace", "norm"]
FORMS = pytest.mark.parametrize("form", ["trace", "norm"])
NULL = pytest.mark.parametrize("null_space", [True, False], ids=["null space", "all rates"])
EARLIER = pytest.mark.parametrize("count", [0, 1, 2])
RIDGE = 1e-2


class Case:
    """A new network of 8 units with 2 outputs and earlier ones of 6 units, on 60 samples."""

    def __init__(self, count: int = 1, seed: int = 0, units: int = 8, samples: int = 60) -> None:
        rng = np.random.default_rng(seed)
        hidden = rng.normal(size=(samples, 4))

        def network(units: int) -> tuple[np.ndarray, np.ndarray]:
            rates = np.tanh(hidden @ rng.normal(size=(4, units)) + 0.3 * rng.normal(size=(samples, units)) + 0.2)
            return rates, rng.normal(size=(units, 2))

        self.rates, self.readout = network(units)
        self.earlier = [network(6) for _ in range(count)]

    def penalty(
        self, form: Form = "trace", null_space: bool = True, ridge: float = RIDGE,
        rates: np.ndarray | None = None, readout: np.ndarray | None = None, order: float = 1.0,
    ) -> PenaltyResult:  # fmt: skip
        return similarity_penalty(
            self.rates if rates is None else rates,
            self.readout if readout is None else readout,
            [r for r, _ in self.earlier],
            [w for _, w in self.earlier],
            ridge,
            form,
            null_space,
            order,
        )


def naive(case: Case, form: Form, null_space: bool, rates: torch.Tensor, readout: torch.Tensor) -> torch.Tensor:
    """The definition, sample by sample: no Gram matrix is shared, U is formed."""

    def left(r: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
        return r - r @ w @ torch.linalg.pinv(w) if null_space else r

    x = left(rates, readout)
    u = x @ torch.linalg.inv(x.T @ x + RIDGE * torch.sum(x * x) / x.shape[1] * torch.eye(x.shape[1])) @ x.T
    total = torch.zeros((), dtype=torch.float64)
    for r, w in case.earlier:
        y = left(torch.tensor(r), torch.tensor(w))
        fit = torch.trace(y.T @ u @ y) if form == "trace" else torch.sum((u @ y) ** 2)
        total = total + fit / torch.sum(y * y)
    return total


@pytest.fixture(autouse=True)
def _float64() -> object:
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@FORMS
@NULL
@EARLIER
def test_value_and_gradient_are_those_of_the_definition(form: Form, null_space: bool, count: int) -> None:
    case = Case(count)
    rates, readout = (torch.tensor(array, requires_grad=True) for array in (case.rates, case.readout))
    expected = naive(case, form, null_space, rates, readout)
    found = case.penalty(form, null_space)
    assert found.value == pytest.approx(float(expected.detach()), abs=1e-12)
    assert found.value == pytest.approx(sum(found.each)) and len(found.each) == count
    if count:
        d_rates, d_readout = torch.autograd.grad(expected, [rates, readout], allow_unused=True)
        assert np.allclose(found.rate_gradient, d_rates, atol=1e-12)
        assert np.allclose(found.readout_gradient, 0.0 if d_readout is None else d_readout, atol=1e-12)
    else:
        assert not found.rate_gradient.any() and not found.readout_gradient.any()


@FORMS
@NULL
@pytest.mark.parametrize("count", [1, 2])
def test_the_gradient_is_that_of_central_finite_differences(form: Form, null_space: bool, count: int) -> None:
    case = Case(count, seed=3)
    found = case.penalty(form, null_space)
    rng, h = np.random.default_rng(4), 1e-6
    for _ in range(3):
        move, turn = rng.normal(size=case.rates.shape), rng.normal(size=case.readout.shape)
        up, down = (case.penalty(form, null_space, rates=case.rates + s * move).value for s in (h, -h))
        assert np.sum(found.rate_gradient * move) == pytest.approx((up - down) / (2 * h), rel=1e-5, abs=1e-9)
        up, down = (case.penalty(form, null_space, readout=case.readout + s * turn).value for s in (h, -h))
        assert np.sum(found.readout_gradient * turn) == pytest.approx((up - down) / (2 * h), rel=1e-5, abs=1e-9)


@FORMS
@pytest.mark.parametrize("order", [1.5, 4.0, 64.0])
def test_a_p_norm_combines_similarities_and_its_gradient_is_that_of_finite_differences(
    form: Form, order: float
) -> None:
    case = Case(3, seed=5)
    found, rng, h = case.penalty(form, order=order), np.random.default_rng(4), 1e-6
    assert found.each == case.penalty(form).each and len(set(found.each)) == 3
    assert found.value == pytest.approx(np.sum(np.power(found.each, order)) ** (1 / order), rel=1e-12)
    for _ in range(3):
        move, turn = rng.normal(size=case.rates.shape), rng.normal(size=case.readout.shape)
        up, down = (case.penalty(form, rates=case.rates + s * move, order=order).value for s in (h, -h))
        assert np.sum(found.rate_gradient * move) == pytest.approx((up - down) / (2 * h), rel=1e-5, abs=1e-9)
        up, down = (case.penalty(form, readout=case.readout + s * turn, order=order).value for s in (h, -h))
        assert np.sum(found.readout_gradient * turn) == pytest.approx((up - down) / (2 * h), rel=1e-5, abs=1e-9)


def test_a_single_similarity_is_its_own_norm_and_lost_ones_are_not_hidden() -> None:
    for order in (1.0, 4.0):
        assert combine([0.3], order) == (0.3, [1.0]) and combine([], order) == (0.0, [])
        value, _ = combine([0.3, float("nan")], order)
        assert np.isnan(value)
    assert combine([0.0, 0.0], 4.0) == (0.0, [0.0, 0.0])
    value, weights = combine([0.5, -1e-9], 4.0)  # rounding
    assert value == 0.5 and weights == [1.0, 0.0]
    assert combine([0.2, 0.1], 4.0)[1][1] < 0.13 * combine([0.2, 0.1], 4.0)[1][0]


@FORMS
@NULL
def test_falling_silent_gains_nothing(form: Form, null_space: bool) -> None:
    """Hazard 1: the ridge scales with the rates, and the gradient is orthogonal to them."""
    case = Case(2)
    found = case.penalty(form, null_space)
    for scale in (0.1, 1e-3):
        assert case.penalty(form, null_space, rates=scale * case.rates).value == pytest.approx(found.value, rel=1e-9)
    size = np.linalg.norm(found.rate_gradient) * np.linalg.norm(case.rates)
    assert abs(np.sum(found.rate_gradient * case.rates)) < 1e-12 * size


@NULL
def test_the_two_forms_agree_without_ridge_and_the_norm_is_smaller_with_it(null_space: bool) -> None:
    """Hazard 2: |U Y|^2 is not tr(Y'U Y) for a ridge."""
    case = Case()
    trace, norm = (case.penalty(form, null_space, ridge=1e-12).value for form in ("trace", "norm"))
    assert trace == pytest.approx(norm, abs=1e-8)
    trace, norm = (case.penalty(form, null_space, ridge=0.1).value for form in ("trace", "norm"))
    assert 0 < norm < trace - 0.01 < 1


@FORMS
def test_without_ridge_the_penalty_is_the_share_that_least_squares_explain(form: Form) -> None:
    case = Case()
    (y, w) = case.earlier[0]
    x, y = (r - r @ v @ np.linalg.pinv(v) for r, v in ((case.rates, case.readout), (y, w)))
    explained = x @ np.linalg.lstsq(x, y)[0]
    assert case.penalty(form, ridge=1e-13).value == pytest.approx(np.sum(explained**2) / np.sum(y**2), abs=1e-8)


@FORMS
def test_a_shared_mean_counts_as_similarity(form: Form) -> None:
    """Hazard 3: S is uncentred, so unrelated networks with strong mean rates predict each other."""
    rng = np.random.default_rng(0)
    case = Case(samples=400)
    case.rates, case.earlier = rng.normal(size=(400, 8)), [(rng.normal(size=(400, 6)), case.earlier[0][1])]
    apart = case.penalty(form).value
    case.rates, case.earlier = case.rates + 5.0, [(case.earlier[0][0] + 5.0, case.earlier[0][1])]
    assert apart < 0.1 and case.penalty(form).value > 0.5


def test_what_the_stimulus_drives_is_predictable_even_from_an_untrained_network() -> None:
    """Hazard 4: the floor. Two random networks that share nothing but their inputs."""
    inputs = FlipFlop(Settings()).trials(8, seed=0).inputs
    networks = initialise([0, 1], 40, 3, 3, 0.9, Cell(0.2), ("floor",))
    x, y = networks.simulate(inputs).rates.astype(np.float64)
    w = networks.parameters.readout

    def predicted(y: np.ndarray) -> float:
        return similarity_penalty(x.reshape(-1, 40), w[0], [y.reshape(-1, 40)], [w[1]], 1e-3).value

    assert predicted(y) > 0.4
    assert predicted(y[::-1, ::-1]) < 0.2  # the same activity, not locked to the stimulus


@FORMS
@NULL
def test_rows_of_zeros_change_neither_value_nor_gradient(form: Form, null_space: bool) -> None:
    case, padded = Case(2), Case(2)
    padded.rates = np.insert(padded.rates, [5, 20, 20], 0.0, axis=0)
    padded.earlier = [(np.insert(r, [5, 20, 20], 0.0, axis=0), w) for r, w in padded.earlier]
    one, other = case.penalty(form, null_space), padded.penalty(form, null_space)
    assert other.value == pytest.approx(one.value, rel=1e-12)
    assert np.allclose(np.delete(other.rate_gradient, [5, 21, 22], axis=0), one.rate_gradient, atol=1e-14)
    assert not other.rate_gradient[[5, 21, 22]].any()
    assert np.allclose(other.readout_gradient, one.readout_gradient, atol=1e-12)


@FORMS
def test_the_order_of_samples_and_an_orthogonal_change_of_units_do_not_matter(form: Form) -> None:
    case = Case()
    value = case.penalty(form).value
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(8, 8)))[0]
    assert case.penalty(form, rates=case.rates @ turn, readout=turn.T @ case.readout).value == pytest.approx(
        value, rel=1e-10
    )
    order = np.random.default_rng(2).permutation(60)
    case.earlier = [(r[order], w) for r, w in case.earlier]
    assert case.penalty(form, rates=case.rates[order]).value == pytest.approx(value, rel=1e-10)


@FORMS
def test_a_network_predicts_itself_and_not_what_is_orthogonal_to_it(form: Form) -> None:
    case = Case()
    case.earlier = [(case.rates, case.readout)]
    assert case.penalty(form, ridge=1e-9).value == pytest.approx(1.0, abs=1e-6)
    other = np.random.default_rng(1).normal(size=(60, 6))
    case.earlier = [(other - case.rates @ np.linalg.lstsq(case.rates, other)[0], Case().earlier[0][1])]
    assert case.penalty(form, null_space=False).value == pytest.approx(0.0, abs=1e-12)


@FORMS
def test_float32_rates_are_precise_enough(form: Form) -> None:
    case = Case(2, units=40, samples=6400)
    exact = case.penalty(form, ridge=1e-4)
    case.earlier = [(r.astype(np.float32), w.astype(np.float32)) for r, w in case.earlier]
    found = case.penalty(form, ridge=1e-4, rates=case.rates.astype(np.float32), readout=case.readout.astype(np.float32))
    assert found.value == pytest.approx(exact.value, rel=1e-4)
    assert found.rate_gradient.dtype == np.float32
    for one, other in ((found.rate_gradient, exact.rate_gradient), (found.readout_gradient, exact.readout_gradient)):
        assert np.linalg.norm(one - other) < 2e-3 * np.linalg.norm(other)


@pytest.mark.parametrize("null_space", [True, False])
def test_a_silent_network_predicts_nothing_and_gives_finite_gradients(null_space: bool) -> None:
    """Rates of exactly zero: no input, no noise, or fewer units than outputs."""
    case = Case()
    found = case.penalty(null_space=null_space, rates=np.zeros_like(case.rates))
    assert found.value == 0.0
    assert np.isfinite(found.rate_gradient).all() and np.isfinite(found.readout_gradient).all()


@FORMS
def test_rates_that_are_not_finite_give_a_penalty_that_is_not_finite(form: Form) -> None:
    """One diverged member must be marked, not end the training of all."""
    case = Case()
    case.rates[3, 2] = np.nan
    assert not np.isfinite(case.penalty(form).value)
    case = Case()
    case.readout[:] = np.nan
    assert not np.isfinite(case.penalty(form).value)


def test_an_earlier_network_that_is_silent_in_its_null_space_counts_as_nothing() -> None:
    case = Case()
    (y, w) = case.earlier[0]
    case.earlier = [(y @ w @ np.linalg.pinv(w), w)]  # all activity lies in the readout's span
    found = case.penalty()
    assert 0 <= found.value < 1e-6 and np.max(np.abs(found.rate_gradient)) < 1e-6


def test_a_readout_of_deficient_rank_gives_finite_gradients() -> None:
    case = Case()
    case.readout[:, 1] = case.readout[:, 0]
    found = case.penalty()
    assert (
        np.isfinite(found.value)
        and np.isfinite(found.rate_gradient).all()
        and np.isfinite(found.readout_gradient).all()
    )
