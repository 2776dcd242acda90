import numpy as np
import pytest
import torch

from rnnatlas.deflation.null_space import basis_gradient, project, projector, readout_basis


def draw(seed: int = 0, units: int = 9, outputs: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(4, 7, units)), rng.normal(size=(units, outputs))


def test_projected_rates_are_invisible_to_the_readout_and_the_rest_is_kept() -> None:
    rates, readout = draw()
    null = project(rates, readout)
    assert np.max(np.abs(null @ readout)) < 1e-12
    assert np.allclose(project(null, readout), null, atol=1e-12)
    taken = (rates - null).reshape(-1, 9)
    inside = taken @ np.linalg.pinv(readout.T) @ readout.T  # what is taken away lies in the readout's span
    assert np.allclose(inside, taken, atol=1e-12) and np.allclose(np.sum(null * (rates - null)), 0, atol=1e-9)


def test_the_projector_is_symmetric_idempotent_and_of_full_rank_but_for_the_readout() -> None:
    _, readout = draw()
    p = projector(readout)
    assert np.allclose(p, p.T, atol=1e-14) and np.allclose(p @ p, p, atol=1e-13)
    assert np.trace(p) == pytest.approx(9 - 3)


def test_only_the_span_of_the_readout_matters() -> None:
    rates, readout = draw()
    mixed = readout @ np.random.default_rng(5).normal(size=(3, 3))
    assert np.allclose(project(rates, readout), project(rates, mixed), atol=1e-11)
    assert np.allclose(readout_basis(readout).T @ readout_basis(readout), np.eye(3), atol=1e-13)


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_the_scale_of_the_readout_does_not_matter(scale: float) -> None:
    rates, readout = draw()
    assert np.allclose(project(rates, readout), project(rates, scale * readout), atol=1e-12)


def test_float32_rates_stay_float32_and_keep_their_digits() -> None:
    rates, readout = draw(units=40)
    found = project(rates.astype(np.float32), readout.astype(np.float32))
    assert found.dtype == np.float32 and np.allclose(found, project(rates, readout), atol=1e-5)


@pytest.mark.parametrize("case", ["copied column", "zero column"])
def test_a_readout_of_deficient_rank_takes_away_only_its_span(case: str) -> None:
    _, readout = draw()
    readout[:, 2] = readout[:, 0] if case == "copied column" else 0.0
    p = projector(readout)
    assert np.max(np.abs(p @ readout)) < 1e-12
    assert np.trace(p) == pytest.approx(9 - 2)


def test_the_gradient_through_the_projection_is_that_of_autograd() -> None:
    rates, readout = draw(1)
    rates = rates.reshape(-1, 9)
    target = np.random.default_rng(2).normal(size=rates.shape)
    w = torch.tensor(readout, requires_grad=True)
    r, y = torch.tensor(rates), torch.tensor(target)
    null = r - r @ w @ torch.linalg.inv(w.T @ w) @ w.T
    loss = torch.sum(torch.sin(null) * y)
    expected, outer = torch.autograd.grad(loss, [w, null])
    assert np.allclose(basis_gradient(rates.T @ outer.numpy(), readout), expected.numpy(), atol=1e-11)
