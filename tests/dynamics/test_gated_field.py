import numpy as np
import pytest
import torch

from rnnatlas.dynamics.gated_field import GatedField
from rnnatlas.dynamics.motion import Motion, RateMotion, motion_of, readout
from rnnatlas.errors import AtlasError
from rnnatlas.networks.cell import BIASES, GATES, Cell
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.parameters import Parameters

KINDS = ("rate", "gru", "lstm")


def network(kind: str, units: int = 5, members: int = 2, gain: float = 1.2) -> Ensemble:
    rng = np.random.default_rng(KINDS.index(kind))
    shapes = ((units, GATES[kind] * units), (2, GATES[kind] * units), (BIASES[kind] * units,), (units, 3), (3,))
    arrays = (rng.normal(size=(members, *shape)) * gain / np.sqrt(shape[0]) for shape in shapes)
    return Ensemble(
        Parameters(*(a.astype(np.float32) for a in arrays)), Cell(0.2 if kind == "rate" else 1.0, 0.0, kind)
    )


@pytest.mark.parametrize("kind", ["gru", "lstm"])
def test_a_step_is_that_of_pytorchs_cell(kind: str) -> None:
    e, u = network(kind), np.array([0.7, -0.4])
    p = e.parameters[[1]]
    units = e.units
    w, v, b = (torch.tensor(a[0].astype(np.float64)) for a in (p.recurrent, p.input, p.bias))
    cell = (torch.nn.GRUCell if kind == "gru" else torch.nn.LSTMCell)(2, units, dtype=torch.float64)
    with torch.no_grad():
        cell.weight_hh.copy_(w.T)
        cell.weight_ih.copy_(v.T)
        cell.bias_ih.copy_(b[: w.shape[1]])
        cell.bias_hh.zero_()
        if kind == "gru":
            cell.bias_hh[2 * units :] = b[3 * units :]
        field = GatedField.of(e, 1, u)
        x = np.random.default_rng(5).normal(size=(7, field.width))
        h = torch.tensor(x[:, :units])
        given = torch.tensor(np.tile(u, (7, 1)))
        if kind == "gru":
            expected = cell(given, h).numpy()
        else:
            expected = torch.cat(cell(given, (h, torch.tensor(x[:, units:]))), 1).numpy()
    assert np.allclose(field.step(x), expected, rtol=0, atol=1e-13)
    assert np.allclose(field.flow(x), expected - x, rtol=0, atol=1e-13)


@pytest.mark.parametrize("kind", KINDS)
def test_the_jacobian_and_the_motion_of_perturbations_are_derivatives_of_the_step(kind: str) -> None:
    motion = motion_of(network(kind), 0, np.array([0.3, 0.9]))
    assert isinstance(motion, Motion)
    rng = np.random.default_rng(1)
    width = 10 if kind == "lstm" else 5
    x, v, tiny = rng.normal(size=(4, width)), rng.normal(size=(4, 3, width)), 1e-6
    slope = np.stack(
        [(motion.step(x + tiny * v[:, k]) - motion.step(x - tiny * v[:, k])) / (2 * tiny) for k in range(3)], 1
    )
    stepped, moved = motion.push(x, v)
    assert np.allclose(stepped, motion.step(x), rtol=0, atol=1e-14)
    assert np.allclose(moved, slope, atol=1e-8)
    assert np.allclose(v + motion.alpha * v @ motion.jacobian(x), slope, atol=1e-8)
    assert np.allclose(x + motion.alpha * motion.flow(x), stepped, rtol=0, atol=1e-14)


@pytest.mark.parametrize("kind", KINDS)
def test_motion_and_readout_follow_the_engines_simulation(kind: str) -> None:
    e, u = network(kind), np.array([0.5, -0.2])
    run = e.simulate(np.tile(u, (1, 12, 1)).astype(np.float32), noise=0.0)
    motion = motion_of(e, 1, u)
    states = run.states[1, 0].astype(np.float64)
    assert np.allclose(motion.step(states[:-1]), states[1:], atol=2e-6)
    assert np.allclose(readout(e, 1, states), run.outputs[1, 0], atol=5e-6)


def test_a_rate_cell_has_no_gated_field() -> None:
    with pytest.raises(AtlasError, match="gated cell"):
        GatedField.of(network("rate"), 0, np.zeros(2))
    assert isinstance(motion_of(network("rate"), 0, np.zeros(2)), RateMotion)
