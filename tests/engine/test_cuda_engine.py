"""The GPU engine, on the processor and, where there is one, on a GPU, against the portable engine in float64: equal to rounding,
not to the bit. Triton's kernels run in its interpreter where there is no GPU; that they compile for one is tested apart."""

import os
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch

from rnnatlas.engine.cuda_engine import CudaEngine
from rnnatlas.engine.device_penalty import readout_span
from rnnatlas.engine.interface import Noise
from rnnatlas.engine.native_engine import NativeEngine
from rnnatlas.engine.select import select_engine
from rnnatlas.engine.torch_engine import TorchEngine
from rnnatlas.errors import AtlasError
from rnnatlas.networks.cell import BIASES, GATES, Cell
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.parameters import Parameters
from rnnatlas.streams.keys import stream_key
from rnnatlas.streams.philox import private_noise
from rnnatlas.training.member import Member

HAS_CUDA, HAS_TRITON = torch.cuda.is_available(), find_spec("triton") is not None
if not HAS_CUDA:  # before triton is imported, which is at the first use of its kernels
    os.environ["TRITON_INTERPRET"] = "1"
ON_CUDA = pytest.mark.skipif(not HAS_CUDA, reason="PyTorch sees no CUDA device")
INTERPRETED = pytest.mark.skipif(
    HAS_CUDA or not HAS_TRITON, reason="the kernels run on the GPU" if HAS_CUDA else "Triton is not installed"
)


@cache
def engine(path: str) -> CudaEngine:
    device, fused = path.removesuffix("-triton"), path.endswith("-triton")
    made = CudaEngine(device, fused=fused)
    assert made.name.endswith("-triton") == fused, "it fell back to the plain loop"
    return made


PATHS = {"cpu": (), "cuda": ON_CUDA, "cuda-triton": ON_CUDA, "cpu-triton": INTERPRETED}
PARAMETERS = [pytest.param(path, marks=on) for path, on in PATHS.items()]
EVERY = pytest.mark.parametrize("path", PARAMETERS)
FAST = pytest.mark.parametrize("path", PARAMETERS[:-1])  # the interpreter takes seconds for a training
CELLS = pytest.mark.parametrize("kind", ["rate", "gru", "lstm"])
MEMBERS = [Member((0, "test"), index) for index in range(3)]
KEYS = np.array([stream_key(*member.words("private noise")) for member in MEMBERS], dtype=np.uint64)


def network(seed: int, kind: str = "rate", units: int = 12, noise: float = 0.1) -> Ensemble:
    rng = np.random.default_rng(seed)
    wide = GATES[kind] * units
    shapes = ((units, wide), (2, wide), (BIASES[kind] * units,), (units, 2), (2,))
    scales = (1.2 / np.sqrt(units), 0.7, 0.3, 1.0 / np.sqrt(units), 0.3)
    arrays = (scale * rng.normal(size=(3, *shape)) for scale, shape in zip(scales, shapes, strict=True))
    return Ensemble(Parameters(*(array.astype(np.float32) for array in arrays)), Cell(0.2, noise, kind))


@EVERY
def test_the_noise_is_the_reference_stream(path: str) -> None:
    """Of units that stand still but for their noise, whose rates are tanh of it."""
    ensemble, noise = network(1, units=33), Noise(KEYS, 2**32 - 2, 0.3)
    silent, shape = ensemble.parameters.map(np.zeros_like), (3, 7, 5, 2)
    rates = engine(path).roll_out(silent, Cell(1.0), np.zeros(shape, np.float32), noise).rates
    for k, key in enumerate(KEYS):
        assert np.allclose(np.arctanh(rates[k]), 0.3 * private_noise(int(key), noise.step, 7, 5, 33), rtol=0, atol=5e-6)


@EVERY
@pytest.mark.parametrize(
    ("kind", "units", "trials"), [("rate", 12, 9), ("rate", 33, 20), ("rate", 130, 2), ("gru", 12, 9), ("lstm", 12, 9)]
)
@pytest.mark.parametrize("noise", [None, Noise(KEYS, 5, 0.1)], ids=["silent", "noise"])
def test_rates_outputs_and_gradients_are_those_of_the_portable_engine(
    path: str, kind: str, units: int, trials: int, noise: Noise | None
) -> None:
    ensemble, rng = network(1, kind, units), np.random.default_rng(2)
    u, e, g = (rng.normal(size=(3, trials, 11, size)).astype(np.float32) for size in (2, 2, units))
    cuda, portable = engine(path), TorchEngine(np.float64)
    given = (ensemble.parameters, ensemble.cell, u, noise)
    run, expected = cuda.roll_out(*given), portable.roll_out(*given)
    assert np.allclose(run.rates, expected.rates, rtol=0, atol=1e-5)
    assert np.allclose(run.outputs, expected.outputs, rtol=0, atol=1e-5)
    assert np.array_equal(cuda.outputs(*given), run.outputs)
    for rate_gradient in (None, g):
        pairs = zip(cuda.gradient(*given, e, rate_gradient), portable.gradient(*given, e, rate_gradient), strict=True)
        assert all(np.max(np.abs(a - b)) <= 1e-4 * np.max(np.abs(b)) for a, b in pairs)


@EVERY
def test_inputs_shared_by_all_members_need_no_copy(path: str) -> None:
    ensemble, u = network(1), np.random.default_rng(0).normal(size=(5, 6, 2)).astype(np.float32)
    shared = np.broadcast_to(u, (3, 5, 6, 2))
    one, other = (engine(path).outputs(ensemble.parameters, ensemble.cell, x, None) for x in (shared, shared.copy()))
    assert np.allclose(one, other, rtol=0, atol=1e-6)


@FAST
def test_the_basis_leaves_dependent_columns_out(path: str) -> None:
    rng = np.random.default_rng(0)
    readout = rng.normal(size=(3, 8, 4)).astype(np.float32)
    readout[1, :, 2] = 3.0 * readout[1, :, 0]
    readout[2] = 0.0
    span = readout_span(torch.from_numpy(readout).to(engine(path).device), null_space=True)
    for k in range(3):
        inverse = np.linalg.pinv(readout[k].astype(np.float64), rcond=1e-5)
        assert np.allclose((span.basis[k] @ span.basis[k].mT).cpu().numpy(), readout[k] @ inverse, atol=1e-6)
        assert np.allclose(span.dual[k].cpu().numpy(), inverse.T, atol=1e-6)


@FAST
def test_settings_of_pytorch_are_as_before(path: str) -> None:
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("high")
    try:
        ensemble = network(1)
        engine(path).outputs(ensemble.parameters, ensemble.cell, np.ones((3, 2, 4, 2), np.float32), None)
        assert torch.get_float32_matmul_precision() == "high"
    finally:
        torch.set_float32_matmul_precision(before)


@pytest.mark.filterwarnings("ignore:overflow encountered in exp")
@EVERY
def test_rates_of_saturated_and_of_tiny_states_keep_their_digits(path: str) -> None:
    """One step from zero: r = tanh(u), over twelve decades of u."""
    ensemble = network(1, units=100)
    ensemble.parameters.input[:, 0] = np.concatenate([np.geomspace(1e-9, 1e3, 50), -np.geomspace(1e-9, 1e3, 50)])
    ensemble.parameters.input[:, 1], ensemble.parameters.bias[:] = 0.0, 0.0
    rates = engine(path).roll_out(ensemble.parameters, Cell(1.0), np.ones((3, 1, 1, 2), np.float32), None).rates
    expected = np.tanh(ensemble.parameters.input[:, 0].astype(np.float64))
    assert np.allclose(rates[:, 0, 0], expected, rtol=1e-6, atol=0)


COMPILE = """
import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource
from rnnatlas.engine import triton_kernels as kernels
states, sizes = "*fp32", ["i32", "i32", "i32"]
signatures = {"_forward": [states, states, "fp32", *sizes], "_backward": [states, states, states, "fp32", *sizes],
              "_noise": [states, "*i64", "*i64", "*fp64", "i32", *sizes]}
for name, types in signatures.items():
    kernel = getattr(kernels, name)
    fixed = {"tile": kernels.TILE, "wide": kernels.WIDEST}
    if name == "_noise":
        fixed = {key: value for key, value in kernels.NOISE.items() if key not in kernels.OPTIONS}
    signature = dict(zip(kernel.arg_names, types + ["constexpr"] * len(fixed), strict=True))
    source = ASTSource(fn=kernel, signature=signature, constexprs=fixed)
    for capability in (80, 90):
        made = triton.compile(source, target=GPUTarget("cuda", capability, 32), options=dict(kernels.OPTIONS))
        print(len(made.asm["cubin"]), made.metadata.shared)
"""


@pytest.mark.skipif(not HAS_TRITON, reason="Triton is not installed")
def test_the_kernels_compile_for_gpus_and_fit_into_their_shared_memory(tmp_path: Path) -> None:
    """The interpreter accepts what the compiler refuses. Programs of these devices have at least 99 KiB."""
    environment = os.environ | {"TRITON_INTERPRET": "0", "TRITON_CACHE_DIR": str(tmp_path)}
    run = subprocess.run([sys.executable, "-c", COMPILE], env=environment, capture_output=True, text=True, check=True)
    found = np.array([[int(number) for number in line.split()] for line in run.stdout.splitlines()])
    assert len(found) == 6 and (found[:, 0] > 0).all() and (found[:, 1] <= 99 * 1024).all()


NO_CUDA = pytest.mark.skipif(HAS_CUDA, reason="there is a CUDA device")


@NO_CUDA
def test_cuda_without_a_device_is_an_error_that_names_the_way_out() -> None:
    with pytest.raises(AtlasError, match="engine: auto") as caught:
        select_engine("cuda")
    assert caught.value.key == "engine"


@NO_CUDA
@pytest.mark.parametrize("visible", ["", "0"])
def test_auto_runs_on_the_processor_and_says_so_where_the_gpu_that_it_was_given_is_not_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], visible: str
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert isinstance(select_engine("auto", gpus=1), NativeEngine)
    assert "PyTorch sees none" in capsys.readouterr().err


@ON_CUDA
def test_auto_takes_the_gpu_only_if_it_was_given_one() -> None:
    assert isinstance(select_engine("auto", gpus=1), CudaEngine)
    assert isinstance(select_engine("auto"), NativeEngine)


@pytest.mark.parametrize("gpus", [0, pytest.param(1, marks=NO_CUDA)])
def test_auto_does_not_load_pytorch_where_there_is_no_trace_of_a_gpu(gpus: int) -> None:
    script = f"""
import sys
from rnnatlas.engine.select import select_engine
print(select_engine("auto", gpus={gpus}).name, "torch" in sys.modules)
"""
    environment = {key: value for key, value in os.environ.items() if key != "CUDA_VISIBLE_DEVICES"}
    run = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    name, loaded = run.stdout.split()
    assert name.startswith("native") and loaded == "False"
