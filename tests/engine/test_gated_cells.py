"""GRU and LSTM on every engine against ``torch.nn.GRU`` and ``torch.nn.LSTM`` in float64, gradients against autograd."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_roll_out import ENGINES, EVERY
from torch import Tensor
from torch.nn import LSTMCell
from torch_networks import MODULES, Net, close, in_torch, problem

from rnnatlas.arrays import Array
from rnnatlas.engine.interface import Noise
from rnnatlas.engine.torch_engine import TorchEngine
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.torch_layout import from_torch
from rnnatlas.simulation.noise import shared_noise
from rnnatlas.simulation.states import simulate
from rnnatlas.streams.philox import private_noise

GATED = pytest.mark.parametrize("kind", MODULES)
SHAPES = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(sorted(MODULES)),
        "members": st.integers(1, 3),
        "trials": st.integers(1, 35),
        "times": st.integers(1, 12),
        "units": st.integers(1, 50),
        "inputs": st.integers(1, 4),
        "outputs": st.integers(1, 17),
        "scale": st.sampled_from([0.0, 0.2]),
        "seed": st.integers(0, 99),
    }
)
ONE = {
    "kind": "gru",
    "members": 1,
    "trials": 1,
    "times": 1,
    "units": 1,
    "inputs": 1,
    "outputs": 1,
    "scale": 0.2,
    "seed": 0,
}
LONG = {
    "kind": "lstm",
    "members": 2,
    "trials": 17,
    "times": 25,
    "units": 33,
    "inputs": 2,
    "outputs": 9,
    "scale": 0.2,
    "seed": 1,
}


@EVERY
@settings(max_examples=12, deadline=None, derandomize=True)
@given(case=SHAPES)
@example(case=ONE)
@example(case=ONE | {"kind": "lstm"})
@example(case=LONG)
@example(case=LONG | {"kind": "gru"})
def test_roll_outs_and_gradients_are_those_of_pytorch(name: str, case: dict[str, Any]) -> None:
    nets, ensemble, inputs, noise = problem(case)
    engine, rng = ENGINES[name](), np.random.default_rng(case["seed"])
    run = engine.roll_out(ensemble.parameters, ensemble.cell, inputs, noise)
    outputs = engine.outputs(ensemble.parameters, ensemble.cell, inputs, noise)
    assert np.array_equal(outputs, run.outputs)
    e, g = (rng.normal(size=array.shape).astype(np.float32) for array in (run.outputs, run.rates))
    for rate_gradient in (g, None):
        gradient = engine.gradient(ensemble.parameters, ensemble.cell, inputs, noise, e, rate_gradient)
        for k, net in enumerate(nets):
            hidden, replies = in_torch(net, inputs, noise, k)
            assert close(run.rates[k], hidden.detach().numpy(), name)
            assert close(run.outputs[k], replies.detach().numpy(), name)
            loss = torch.sum(replies * torch.tensor(e[k]))
            if rate_gradient is not None:
                loss = loss + torch.sum(hidden * torch.tensor(rate_gradient[k]))
            expected = net.gradients(loss)
            for label, wanted in vars(expected).items():
                # A sum of numbers that cancel keeps the rounding of its terms: judge it by the whole gradient too.
                size = 1e-2 * float(expected.norm()[0])
                assert close(getattr(gradient, label)[k], wanted[0], name, size), (label, k)


@EVERY
@GATED
def test_no_noise_is_noise_of_no_size(name: str, kind: str) -> None:
    _, ensemble, inputs, noise = problem(LONG | {"kind": kind, "scale": 0.0})
    without, silent = (
        ENGINES[name]().roll_out(ensemble.parameters, ensemble.cell, inputs, how) for how in (None, noise)
    )
    assert np.array_equal(without.rates, silent.rates)


@EVERY
@GATED
def test_neither_company_nor_threads_change_a_bit(name: str, kind: str) -> None:
    _, ensemble, inputs, noise = problem(LONG | {"kind": kind, "members": 3, "trials": 70})
    e = np.random.default_rng(0).normal(size=(*inputs.shape[:3], ensemble.outputs)).astype(np.float32)

    def both(threads: int, chosen: list[int]) -> list[Array]:
        engine, weights = ENGINES[name](threads), ensemble.parameters[chosen]
        run = engine.roll_out(weights, ensemble.cell, inputs[chosen], noise[chosen])
        gradient = engine.gradient(weights, ensemble.cell, inputs[chosen], noise[chosen], e[chosen], None)
        return [run.rates, run.outputs, *gradient]

    whole = both(1, [0, 1, 2])
    for threads, chosen in ((1, [1]), (2, [0, 1, 2]), (5, [2, 0])):
        for one, other in zip(whole, both(threads, chosen), strict=True):
            assert np.array_equal(one[chosen], other)


@GATED
@pytest.mark.parametrize("engine", ["torch-float64", "native"])
def test_states_are_h_of_a_gru_and_h_and_c_of_an_lstm(kind: str, engine: str) -> None:
    nets, silent, inputs, _ = problem(LONG | {"kind": kind})
    ensemble = Ensemble(silent.parameters, Cell(1.0, 0.1, kind))
    name = engine if engine in ENGINES else list(ENGINES)[-1]
    run = simulate(ensemble, inputs, seed=5, engine=ENGINES[name]())
    noise = shared_noise(ensemble, None, 5, "simulate")
    assert noise is not None and noise.scale == pytest.approx(0.1 * np.sqrt(2))
    for k, net in enumerate(nets):
        hidden, outputs = (array.detach().numpy() for array in in_torch(net, inputs, noise, k))
        assert np.allclose(run.rates[k], hidden, atol=1e-5) and np.allclose(run.outputs[k], outputs, atol=1e-5)
        expected = hidden if kind == "gru" else np.concatenate([hidden, cell_states(net, inputs, noise, k)], axis=-1)
        assert run.states[k].shape == expected.shape and np.allclose(run.states[k], expected, atol=1e-5)
        # h alone does not tell c: they are two things
        assert kind == "gru" or not np.allclose(
            expected[..., : ensemble.units], expected[..., ensemble.units :], atol=0.1
        )


def cell_states(net: Net, inputs: Array, noise: Noise, member: int) -> Array:
    """c of ``nn.LSTMCell``, step by step."""
    units, r = net.readout.in_features, net.rnn
    trials, times = inputs.shape[1:3]
    xi = noise.scale * private_noise(int(noise.keys[member]), noise.step, trials, times, units)
    wider = LSTMCell(inputs.shape[-1] + units, units).double()
    to_candidate = torch.zeros(4 * units, units, dtype=torch.float64)
    to_candidate[2 * units : 3 * units] = torch.eye(units, dtype=torch.float64)
    with torch.no_grad():
        wider.weight_ih.copy_(torch.cat([r.weight_ih_l0, to_candidate], dim=1))
        for name in ("weight_hh", "bias_ih", "bias_hh"):
            getattr(wider, name).copy_(getattr(r, f"{name}_l0"))
        u = torch.tensor(np.concatenate([inputs[member], xi], axis=-1), dtype=torch.float64)
        state, found = (torch.zeros(trials, units, dtype=torch.float64),) * 2, []
        for t in range(times):
            state = wider(u[:, t], state)
            found.append(state[1].numpy())
    return np.stack(found, axis=1)


@GATED
def test_the_published_networks_run_as_in_pytorch(shared: Path, kind: str) -> None:
    rng = np.random.default_rng(0)
    with h5py.File(shared / "reference" / "turner2021_networks.h5") as file:
        tasks: Any = file
        groups = [group["weights"] for task in tasks.values() for group in task.get(kind, {}).values()]
        weights = [{key: torch.tensor(item[()]) for key, item in group.items()} for group in groups]
    assert len(weights) >= 8
    for state in weights:
        ensemble = from_torch(state, kind)
        net = Net(kind, ensemble.inputs, ensemble.units, ensemble.outputs, 0)
        # Not as published: the sum of two biases is rounded to float32, which 40 steps may carry far.
        net.load_state_dict(
            {key if key.startswith("readout") else f"rnn.{key}": value for key, value in ensemble.to_torch(0).items()}
        )
        u = rng.normal(size=(1, 20, 40, ensemble.inputs)).astype(np.float32)
        hidden, outputs = (array.detach().numpy() for array in in_torch(net, u, None, 0))
        for name, make in ENGINES.items():
            run = make().roll_out(ensemble.parameters, ensemble.cell, u, None)
            assert close(run.rates[0], hidden, name) and close(run.outputs[0], outputs, name), name
        published = in_torch(as_published(net, state), u, None, 0)[0].detach().numpy()
        assert np.max(np.abs(published - hidden)) <= 1e-4


def as_published(net: Net, state: dict[str, Tensor]) -> Net:
    """The same module with the weights as they stand in the file, each of its two biases by itself."""
    net.load_state_dict({key.replace("fc.", "readout."): value for key, value in state.items()})
    return net


def test_the_portable_engine_in_float64_keeps_all_digits() -> None:
    """What the tolerance above rests on: its results are not those of float32."""
    _, ensemble, inputs, noise = problem(LONG)
    run = TorchEngine(np.float64).roll_out(ensemble.parameters, ensemble.cell, inputs, noise)
    assert run.rates.dtype == np.float64 and np.any(run.rates != run.rates.astype(np.float32))
