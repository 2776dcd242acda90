"""Roll-outs against a loop in float64 written from the cell's equation, on every engine and instruction set of this machine."""

import os
import platform
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rnnatlas.engine.interface import Engine, Noise, Rollout
from rnnatlas.engine.native_engine import NativeEngine
from rnnatlas.engine.native_library import best_instruction_set, instruction_sets
from rnnatlas.engine.torch_engine import TorchEngine
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.streams.philox import private_noise

NATIVE = {f"native-{name}": lambda threads=1, name=name: NativeEngine(threads, name) for name in instruction_sets()}
PORTABLE = {
    "torch-float32": lambda threads=1: TorchEngine(),
    "torch-float64": lambda threads=1: TorchEngine(np.float64),
}
ENGINES = PORTABLE | NATIVE
EVERY = pytest.mark.parametrize("name", ENGINES)
Make = Callable[..., Ensemble]

SHAPES = st.fixed_dictionaries(
    {
        "members": st.integers(1, 3),
        "trials": st.integers(1, 19),
        "times": st.integers(1, 9),
        "units": st.integers(1, 70),
        "inputs": st.integers(1, 4),
        "outputs": st.integers(1, 4),
        "alpha": st.sampled_from([0.05, 0.2, 1.0]),
        "scale": st.sampled_from([0.0, 0.1]),
        "seed": st.integers(0, 99),
    }
)
AWKWARD = [
    {"members": 1, "trials": 1, "times": 1, "units": 1, "inputs": 1, "outputs": 1, "alpha": 1.0, "scale": 0.1, "seed": 0},
    {"members": 3, "trials": 17, "times": 5, "units": 65, "inputs": 4, "outputs": 4, "alpha": 0.2, "scale": 0.1, "seed": 1},
    {"members": 2, "trials": 8, "times": 4, "units": 48, "inputs": 1, "outputs": 3, "alpha": 1.0, "scale": 0.0, "seed": 2},
    {"members": 1, "trials": 9, "times": 3, "units": 64, "inputs": 2, "outputs": 17, "alpha": 0.2, "scale": 0.1, "seed": 3},
]  # fmt: skip


def problem(make: Make, case: dict) -> tuple[Ensemble, np.ndarray, Noise]:
    rng = np.random.default_rng(case["seed"])
    names = ("members", "units", "inputs", "outputs", "alpha", "seed")
    ensemble = make(**{name: case[name] for name in names})
    shape = (case["members"], case["trials"], case["times"], case["inputs"])
    keys = rng.integers(0, 2**63, case["members"]).astype(np.uint64)
    return ensemble, rng.normal(size=shape).astype(np.float32), Noise(keys, int(rng.integers(2**32)), case["scale"])


def oracle(ensemble: Ensemble, inputs: np.ndarray, noise: Noise) -> Rollout:
    """x <- (1 - a) x + a (r J + u J_in + b) + scale xi, r = tanh x, y = r J_out + b_out."""
    a = ensemble.cell.alpha
    members, trials, times, _ = inputs.shape
    rates = np.zeros((members, trials, times, ensemble.units))
    outputs = np.zeros((members, trials, times, ensemble.outputs))
    for k in range(members):
        j, j_in, b, j_out, b_out = (np.asarray(array[k], np.float64) for array in ensemble.parameters)
        xi = private_noise(int(noise.keys[k]), noise.step, trials, times, ensemble.units)
        for i in range(trials):
            x = np.zeros(ensemble.units)
            for t in range(times):
                x = (1 - a) * x + a * (np.tanh(x) @ j * (t > 0) + inputs[k, i, t] @ j_in + b) + noise.scale * xi[i, t]
                rates[k, i, t] = np.tanh(x)
                outputs[k, i, t] = rates[k, i, t] @ j_out + b_out
    return Rollout(rates, outputs)


def relative(found: np.ndarray, expected: np.ndarray) -> float:
    return float(np.max(np.abs(found - expected)) / max(np.max(np.abs(expected)), 1e-300))


@EVERY
@settings(max_examples=12, deadline=None, derandomize=True)
@given(case=SHAPES)
@example(case=AWKWARD[0])
@example(case=AWKWARD[1])
@example(case=AWKWARD[2])
@example(case=AWKWARD[3])
def test_rates_and_outputs_follow_the_equation(make_ensemble: Make, name: str, case: dict) -> None:
    ensemble, inputs, noise = problem(make_ensemble, case)
    found = ENGINES[name]().roll_out(ensemble.parameters, ensemble.cell, inputs, noise)
    expected = oracle(ensemble, inputs, noise)
    tolerance = 1e-9 if name == "torch-float64" else 1e-4
    assert relative(found.rates, expected.rates) <= tolerance
    assert relative(found.outputs, expected.outputs) <= tolerance


@EVERY
def test_rates_of_saturated_and_of_tiny_states_keep_their_digits(make_ensemble: Make, name: str) -> None:
    """One step from zero: r = tanh(u), over twelve decades of u."""
    ensemble = make_ensemble(1, 200, 1, 1, alpha=1.0)
    drive = np.concatenate([np.geomspace(1e-9, 1e3, 100), -np.geomspace(1e-9, 1e3, 100)])
    ensemble.parameters.input[0, 0], ensemble.parameters.bias[:] = drive, 0.0
    rates = ENGINES[name]().roll_out(ensemble.parameters, ensemble.cell, np.ones((1, 1, 1, 1), np.float32), None).rates
    assert np.allclose(rates[0, 0, 0], np.tanh(np.float32(drive).astype(np.float64)), rtol=1e-6, atol=0)


@EVERY
def test_shared_inputs_need_not_be_copied_for_each_member(make_ensemble: Make, name: str) -> None:
    ensemble = make_ensemble(3, 20)
    inputs = np.random.default_rng(0).normal(size=(5, 6, 2)).astype(np.float32)
    shared = np.broadcast_to(inputs, (3, 5, 6, 2))
    one, other = (
        ENGINES[name]().roll_out(ensemble.parameters, ensemble.cell, u, None) for u in (shared, shared.copy())
    )
    assert np.array_equal(one.rates, other.rates) and np.array_equal(one.outputs, other.outputs)


@EVERY
def test_a_member_alone_has_the_bits_that_it_has_in_an_ensemble(make_ensemble: Make, name: str) -> None:
    case = {"members": 5, "trials": 13, "times": 17, "units": 37, "inputs": 3, "outputs": 2, "alpha": 0.2, "scale": 0.1}
    ensemble, inputs, noise = problem(make_ensemble, case | {"seed": 4})
    whole = ENGINES[name]().roll_out(ensemble.parameters, ensemble.cell, inputs, noise)
    for k in range(5):
        alone = ENGINES[name]().roll_out(ensemble.parameters[[k]], ensemble.cell, inputs[[k]], noise[[k]])
        assert np.array_equal(alone.rates[0], whole.rates[k]), k
        assert np.array_equal(alone.outputs[0], whole.outputs[k]), k


@pytest.mark.parametrize("name", NATIVE)
def test_the_number_of_threads_changes_no_bit(make_ensemble: Make, name: str) -> None:
    case = {"members": 3, "trials": 50, "times": 9, "units": 37, "inputs": 3, "outputs": 2, "alpha": 0.2, "scale": 0.1}
    ensemble, inputs, noise = problem(make_ensemble, case | {"seed": 5})
    one, two, five = (ENGINES[name](n).roll_out(ensemble.parameters, ensemble.cell, inputs, noise) for n in (1, 2, 5))
    for other in (two, five):
        assert np.array_equal(one.rates, other.rates) and np.array_equal(one.outputs, other.outputs)


def test_the_portable_engine_keeps_torch_to_one_thread() -> None:
    """Snakemake sets OMP_NUM_THREADS to a rule's threads; parallelism is ours, over members (design, section 3)."""
    script = (
        "import numpy as np, torch\n"
        "from rnnatlas.engine.torch_engine import TorchEngine\n"
        "from rnnatlas.networks.cell import Cell\n"
        "from rnnatlas.networks.initial_weights import initialise\n"
        "seen, tanh = set(), torch.tanh\n"
        "torch.tanh = lambda *a, **k: (seen.add(torch.get_num_threads()), tanh(*a, **k))[1]\n"
        "network = initialise([0], 4, 1, 1, 1.0, Cell(0.2), ('x',))\n"
        "TorchEngine().roll_out(network.parameters, network.cell, np.zeros((1, 1, 2, 1), np.float32), None)\n"
        "print(*seen)"
    )
    run = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"OMP_NUM_THREADS": "2"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "1"


@EVERY
@pytest.mark.parametrize("where", ["input", "weight"])
def test_nan_spreads_through_its_own_trial_and_member_and_no_further(
    make_ensemble: Make, name: str, where: str
) -> None:
    ensemble = make_ensemble(3, 21, 2, 2)
    inputs = np.random.default_rng(0).normal(size=(3, 11, 8, 2)).astype(np.float32)
    clean = ENGINES[name]().roll_out(ensemble.parameters, ensemble.cell, inputs, None)
    hit = np.zeros(clean.rates.shape[:3], dtype=bool)  # member, trial, time
    parameters = ensemble.parameters
    if where == "input":
        inputs[1, 9, 3, 0] = np.nan
        hit[1, 9, 3:] = True
    else:
        parameters = parameters.map(np.copy)
        parameters.bias[1] = np.nan
        hit[1] = True
    found = ENGINES[name]().roll_out(parameters, ensemble.cell, inputs, None)
    for dirty, whole in ((found.rates, clean.rates), (found.outputs, clean.outputs)):
        assert np.isnan(dirty[hit]).all()
        assert np.array_equal(dirty[~hit], whole[~hit])


@pytest.mark.skipif(
    platform.machine().lower() not in ("x86_64", "amd64", "aarch64", "arm64"), reason="only there the engine can flush"
)
@pytest.mark.parametrize("name", NATIVE)
def test_rates_that_fade_end_at_zero_and_not_among_denormal_numbers(make_ensemble: Make, name: str) -> None:
    """With these some processors are a hundred times slower. The time is measured in ``make bench``."""
    silent = make_ensemble(1, 64, gain=0.01)
    silent.parameters.bias[:] = 0.0
    kick = np.zeros((1, 8, 600, 2), np.float32)
    kick[:, :, 0] = 1.0
    rates = np.abs(NATIVE[name]().roll_out(silent.parameters, silent.cell, kick, None).rates)
    assert (rates[:, :, 0] > 0.0).all() and (rates[:, :, -1] == 0.0).all()
    assert not ((rates > 0.0) & (rates < np.finfo(np.float32).tiny)).any()


def test_an_engine_says_which_instruction_set_it_uses() -> None:
    engines: list[Engine] = [make() for make in ENGINES.values()]
    assert [engine.name for engine in engines] == list(ENGINES)
    assert NativeEngine().name == f"native-{best_instruction_set()}"
