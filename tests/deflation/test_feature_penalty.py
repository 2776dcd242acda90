"""The penalty against nonlinear readers, against least squares with the same features, finite differences and invariances."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.linalg import LinAlgError
from sklearn.kernel_ridge import KernelRidge

from rnnatlas.config.training import FeatureSettings
from rnnatlas.deflation import feature_penalty as module
from rnnatlas.deflation.feature_penalty import Features, Workspace, feature_penalty, typical_distance
from rnnatlas.deflation.null_space import project
from rnnatlas.deflation.penalty import PenaltyResult
from rnnatlas.deflation.random_features import draw_features, leading_components

RIDGE = 1e-3
NULL = pytest.mark.parametrize("null_space", [True, False], ids=["null space", "all rates"])
ORDER = pytest.mark.parametrize("order", [1.0, 4.0])
SETTINGS = FeatureSettings(number=10, widths=[0.5, 1.0, 2.0])


class Case:
    """A new network of 8 units with 2 outputs on 150 samples, and what is to be read of two earlier ones: 3 components of each."""

    def __init__(self, seed: int = 0, samples: int = 150) -> None:
        rng = np.random.default_rng(seed)
        hidden = rng.normal(size=(samples, 4))
        self.rates = np.tanh(hidden @ rng.normal(size=(4, 8)) + 0.1 * rng.normal(size=(samples, 8)) + 0.2)
        self.readout = rng.normal(size=(8, 2))
        self.targets = [np.tanh(hidden**2 @ rng.normal(size=(4, 3))) + 0.5 for _ in range(2)]
        self.features = draw_features(rng, 8, SETTINGS)

    def penalty(
        self, null_space: bool = True, order: float = 1.0, rates: np.ndarray | None = None, readout: np.ndarray | None = None
    ) -> PenaltyResult:  # fmt: skip
        rates, readout = self.rates if rates is None else rates, self.readout if readout is None else readout
        return feature_penalty(rates, readout, self.targets, self.features, RIDGE, null_space, order)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Callable[[Case, bool], None]:
    """Holds the ratio of the typical distance to the spread of X at that of a case, as the gradient does."""

    def hold(case: Case, null_space: bool) -> None:
        def spread(x: np.ndarray) -> float:
            return float(np.linalg.norm(x - x.mean(0)))

        x = project(case.rates, case.readout) if null_space else case.rates
        ratio = typical_distance(x) / spread(x)
        monkeypatch.setattr(module, "typical_distance", lambda moved: ratio * spread(moved))

    return hold


def features_of(x: np.ndarray, features: Features, distance: float) -> np.ndarray:
    """Φ by its definition, feature by feature, centred."""
    random = [
        features.amplitude * np.cos(x @ frequency / distance + phase)
        for frequency, phase in zip(features.frequency.T.astype(float), features.phase.astype(float), strict=True)
    ]
    phi = np.concatenate([np.array(random).T, np.sqrt(2.0) * x / distance], axis=1)
    return phi - phi.mean(0)


@NULL
@ORDER
def test_the_value_is_that_of_kernel_ridge_regression_with_the_features(null_space: bool, order: float) -> None:
    case = Case()
    x = project(case.rates, case.readout) if null_space else case.rates
    phi = features_of(x, case.features, typical_distance(x))
    rho = RIDGE * np.sum(phi**2) / phi.shape[1]
    each: list[float] = []
    for target in case.targets:
        z = target - target.mean(0)
        fitted = KernelRidge(alpha=rho, kernel="linear").fit(phi, z).predict(phi)
        each.append(float(np.sum(z * fitted) / np.sum(z * z)))
        stacked = np.concatenate([phi, np.sqrt(rho) * np.eye(phi.shape[1])])
        least = np.linalg.lstsq(stacked, np.concatenate([z, np.zeros((phi.shape[1], 3))]), rcond=None)[0]
        assert each[-1] == pytest.approx(np.sum(z * (phi @ least)) / np.sum(z * z), rel=1e-8)
    found = case.penalty(null_space, order)
    assert found.each == pytest.approx(each, rel=1e-8) and min(each) > 0.3 and max(each) < 1.0
    assert found.value == pytest.approx(np.sum(np.array(each) ** order) ** (1.0 / order), rel=1e-8)


@NULL
@ORDER
def test_the_gradient_is_that_of_central_finite_differences(
    null_space: bool, order: float, held: Callable[[Case, bool], None]
) -> None:
    case = Case(seed=3)
    held(case, null_space)
    found = case.penalty(null_space, order)
    assert np.abs(found.rate_gradient).max() > 1e-4
    assert (np.abs(found.readout_gradient).max() > 1e-4) == null_space
    rng, h = np.random.default_rng(4), 1e-6
    for _ in range(3):
        move, turn = rng.normal(size=case.rates.shape), rng.normal(size=case.readout.shape)
        up, down = (case.penalty(null_space, order, rates=case.rates + s * move).value for s in (h, -h))
        assert np.sum(found.rate_gradient * move) == pytest.approx((up - down) / (2 * h), rel=1e-5, abs=1e-9)
        up, down = (case.penalty(null_space, order, readout=case.readout + s * turn).value for s in (h, -h))
        assert np.sum(found.readout_gradient * turn) == pytest.approx((up - down) / (2 * h), rel=1e-5, abs=1e-9)


@NULL
def test_scale_changes_nothing_and_the_gradient_is_orthogonal_to_the_rates(null_space: bool) -> None:
    case = Case(seed=5)
    found = case.penalty(null_space)
    scaled = case.penalty(null_space, rates=3.0 * case.rates, readout=0.5 * case.readout)
    assert scaled.value == pytest.approx(found.value, rel=1e-10)
    assert np.allclose(scaled.rate_gradient, found.rate_gradient / 3.0, atol=1e-12)
    x = project(case.rates, case.readout) if null_space else case.rates
    size = np.linalg.norm(found.rate_gradient) * np.linalg.norm(x)
    assert size > 1e-3 and abs(np.sum(found.rate_gradient * x)) < 1e-12 * size


def test_rotations_and_offsets_of_what_is_read_change_nothing() -> None:
    case = Case(seed=6)
    found = case.penalty(order=4.0)
    turn = np.linalg.qr(np.random.default_rng(7).normal(size=(3, 3)))[0]
    case.targets = [target @ turn * scale + 5.0 for target, scale in zip(case.targets, (1.0, 0.1), strict=True)]
    turned = case.penalty(order=4.0)
    assert turned.each == pytest.approx(found.each, rel=1e-9)
    assert np.allclose(turned.rate_gradient, found.rate_gradient, atol=1e-11)
    assert np.allclose(found.rate_gradient @ case.readout, 0.0, atol=1e-12)  # it lies in the null space


def test_a_workspace_changes_no_bit_whatever_it_was_used_for() -> None:
    kept = Workspace()
    for samples in (150, 400, 90):
        case = Case(samples=samples)
        again = [
            feature_penalty(case.rates, case.readout, case.targets, case.features, RIDGE, workspace=kept)
            for _ in range(2)
        ]
        for found in again:
            assert found.each == case.penalty().each
            assert np.array_equal(found.rate_gradient, case.penalty().rate_gradient)


def test_what_linear_readers_miss_is_found() -> None:
    rng = np.random.default_rng(8)
    angle = rng.uniform(0.0, 2.0 * np.pi, 400)
    rates = np.stack([np.cos(angle), np.sin(angle), np.zeros(400)], axis=1)
    hidden = np.cos(3.0 * angle)[:, None]
    readout = np.array([[0.0], [0.0], [1.0]])
    features = draw_features(rng, 3, FeatureSettings(number=40))
    assert feature_penalty(rates, readout, [hidden], features, RIDGE).value > 0.9
    alone = Features(features.frequency[:, :1], features.phase[:1], 1e-9)  # what is left of the features is linear
    assert feature_penalty(rates, readout, [hidden], alone, RIDGE).value < 0.05


def test_the_typical_distance_is_the_median_of_evenly_spaced_samples() -> None:
    x = np.random.default_rng(9).normal(size=(100, 6)) + 4.0
    distances = [np.linalg.norm(x[i] - x[j]) for i in range(100) for j in range(i)]
    assert typical_distance(x) == pytest.approx(np.median(distances))
    many = np.random.default_rng(9).normal(size=(5000, 6))
    assert typical_distance(many) == pytest.approx(np.sqrt(2 * 6), rel=0.1)
    resting = np.zeros((100, 6))
    resting[::10] = x[::10]
    spread = np.sqrt(2.0 * np.sum((resting - resting.mean(0)) ** 2) / 100)
    assert typical_distance(resting) == pytest.approx(1e-3 * spread)
    assert typical_distance(np.ones((1, 6))) == 0.0


def test_single_precision_is_enough_and_a_system_that_it_cannot_factor_is_formed_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = Case(seed=10, samples=1000)
    exact = case.penalty()
    case.targets = [target.astype(np.float32) for target in case.targets]
    given = {"rates": case.rates.astype(np.float32), "readout": case.readout.astype(np.float32)}
    single = case.penalty(**given)
    assert single.rate_gradient.dtype == np.float32
    assert single.value == pytest.approx(exact.value, abs=1e-4)
    error = np.linalg.norm(single.rate_gradient - exact.rate_gradient) / np.linalg.norm(exact.rate_gradient)
    assert error < 1e-3
    factor = module._factor

    def fails(phi: np.ndarray, each: float, workspace: Workspace) -> np.ndarray:
        if phi.dtype == np.float32:
            raise LinAlgError("not positive definite")
        return factor(phi, each, workspace)

    monkeypatch.setattr(module, "_factor", fails)
    assert case.penalty(**given).value == pytest.approx(single.value, abs=1e-5)


def test_silent_and_diverged_networks_leave_no_stray_gradient() -> None:
    case = Case()
    alone = case.rates[:, :1] * case.readout[:, 0]  # all activity lies in the readout's span
    for rates in (alone, np.zeros_like(case.rates), np.ones_like(case.rates), alone.astype(np.float32)):
        found = case.penalty(rates=rates)
        assert found.each == [0.0, 0.0] and found.value == 0.0
        assert not found.rate_gradient.any() and not found.readout_gradient.any()
    empty = feature_penalty(case.rates[:0], case.readout, [t[:0] for t in case.targets], case.features, RIDGE)
    assert empty.each == [0.0, 0.0] and empty.rate_gradient.shape == (0, 8)
    assert feature_penalty(case.rates, case.readout, [], case.features, RIDGE).value == 0.0
    still = feature_penalty(case.rates, case.readout, [np.full((150, 3), 0.3)], case.features, RIDGE)
    assert still.value < 1e-9
    assert np.isfinite(still.rate_gradient).all()
    lost = case.rates.copy()
    lost[0, 0] = np.inf
    for found in (case.penalty(rates=lost), case.penalty(readout=np.full((8, 2), np.nan))):
        assert np.isnan(found.value) and np.isnan(found.each).all()
        assert np.isnan(found.rate_gradient).all() and np.isnan(found.readout_gradient).all()
    case.targets[1][3, 1] = np.nan  # an earlier network that is not finite
    assert np.isnan(case.penalty().value)


def test_features_estimate_gaussian_kernels_of_their_widths() -> None:
    rng = np.random.default_rng(11)
    x = rng.normal(size=(20, 5))
    settings = FeatureSettings(number=10_000, widths=[0.7, 2.0])
    features = draw_features(rng, 5, settings)
    phi = features.amplitude * np.cos(x @ features.frequency + features.phase)
    squares = np.sum((x[:, None] - x) ** 2, axis=-1)
    for k, width in enumerate(settings.widths):
        part = phi[:, k * 10_000 : (k + 1) * 10_000]
        assert np.abs(part @ part.T - np.exp(-squares / (2 * width**2))).max() < 0.06


def test_leading_components_are_those_of_the_null_space() -> None:
    rng = np.random.default_rng(12)
    rates, readout = rng.normal(size=(500, 6)) * np.arange(1.0, 7.0) + 3.0, rng.normal(size=(6, 2))
    found = leading_components(rates, readout, 3)
    assert np.allclose(found.T @ found, np.eye(3)) and np.abs(readout.T @ found).max() < 1e-12
    x = project(rates, readout) - project(rates, readout).mean(0)
    expected = np.linalg.svd(x, full_matrices=False)[2][:3]
    assert np.allclose(np.abs(np.sum(expected.T * found, axis=0)), 1.0)
    assert leading_components(rates, readout, 12).shape == (6, 4)  # all that the readout leaves
    assert leading_components(rates, readout, 12, null_space=False).shape == (6, 6)
    assert not leading_components(np.ones((9, 6)), readout, 12).any()
    assert not leading_components(rates[:, :1] * readout[:, 0], readout, 3).any()
    assert np.isnan(leading_components(rates * np.nan, readout, 3)).all()
