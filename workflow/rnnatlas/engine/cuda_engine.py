"""The GPU engine: the whole ensemble as one batch on a CUDA device, or, to test it, on the processor."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib.util import find_spec

import numpy as np

from rnnatlas.errors import NoTorch

try:
    import torch
    from torch import Tensor
except ModuleNotFoundError as error:
    raise NoTorch("the engine for a GPU") from error

from rnnatlas.arrays import Array
from rnnatlas.engine.device_cells import Pullback, RollOut, roll_out, samples
from rnnatlas.engine.device_references import private
from rnnatlas.engine.device_training import DeviceTraining
from rnnatlas.engine.interface import Noise, Rollout
from rnnatlas.engine.steps import Batches, Curves, Schedule, TrainingSetup, TrainingState
from rnnatlas.engine.torch_engine import one_thread
from rnnatlas.errors import AtlasError
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.parameters import Parameters

# A CUDA graph holds for one length of the trials: lengths are rounded up to a multiple of this, and so many graphs kept.
TIMES, GRAPHS = 8, 4


class CudaEngine:
    """Products over members on ``device``, in float32 without TensorFloat-32 (or in ``dtype``).

    It agrees with the other engines to rounding. On one device the same call gives the same bits, but a member's bits may depend
    on how many run with it, as the library picks its batched products by their number. Raises ``AtlasError`` where there
    is no such device, or its memory does not hold the ensemble. ``fused`` False leaves Triton's kernels out where they could run.
    """

    def __init__(self, device: str = "cuda", dtype: torch.dtype = torch.float32, fused: bool = True) -> None:
        self.device, self.dtype = torch.device(device), dtype
        if self.device.type == "cuda" and not torch.cuda.is_available():
            raise AtlasError(
                None, "engine", f"a CUDA device is expected, PyTorch {torch.__version__} sees none",
                "run where there is a GPU and a CUDA build of PyTorch, or set 'engine: auto'",
            )  # fmt: skip
        self._cuda = self.device.type == "cuda"
        with self._on_device():
            self._roll_out, kernels = (
                _choose_roll_out(self.device) if fused and dtype == torch.float32 else (roll_out, "")
            )
        kind = "sm{}{}".format(*torch.cuda.get_device_capability(self.device)) if self._cuda else "cpu"
        self.name = f"cuda-{kind}{kernels}"
        self._trainings: list[tuple[tuple[int, ...], DeviceTraining]] = []  # the last used one first

    @contextmanager
    def _on_device(self) -> Iterator[None]:
        """Full float32 products, and no gradients recorded, within the block; PyTorch's settings are then as before."""
        before = torch.get_float32_matmul_precision()
        torch.set_float32_matmul_precision("highest")
        try:
            with one_thread(), torch.no_grad(), torch.cuda.device(self.device) if self._cuda else nullcontext():
                yield
        except torch.OutOfMemoryError as error:
            raise AtlasError(
                None, "engine", f"the ensemble does not fit on {self.device}: {str(error).splitlines()[0]}",
                "give fewer members or trials at a time, or set 'engine: native'",
            ) from error  # fmt: skip
        finally:
            torch.set_float32_matmul_precision(before)

    def _tensor(self, array: Array) -> Tensor:
        return torch.from_numpy(np.require(array, requirements=["C", "W"])).to(self.device, self.dtype)

    def _run(
        self, parameters: Parameters, cell: Cell, inputs: Array, noise: Noise | None
    ) -> tuple[list[Tensor], Tensor, Pullback]:
        """Weights and rates on the device, and the way back."""
        weights = [self._tensor(array) for array in parameters]
        own = None
        if noise is not None:
            step = torch.tensor(noise.step, device=self.device)
            own = private(noise.keys, np.full(len(noise.keys), noise.scale), step, self.device)
        shared = inputs.strides[0] == 0
        u = self._tensor(inputs[:1] if shared else inputs).expand(inputs.shape).transpose(1, 2)
        return weights, *self._roll_out(weights, cell, u, own)

    def roll_out(self, parameters: Parameters, cell: Cell, inputs: Array, noise: Noise | None) -> Rollout:
        with self._on_device():
            weights, rates, _ = self._run(parameters, cell, inputs, noise)
            return Rollout(_array(rates), _array(_outputs(weights, rates)))

    def outputs(self, parameters: Parameters, cell: Cell, inputs: Array, noise: Noise | None) -> Array:
        with self._on_device():
            weights, rates, _ = self._run(parameters, cell, inputs, noise)
            return _array(_outputs(weights, rates))

    def gradient(
        self,
        parameters: Parameters,
        cell: Cell,
        inputs: Array,
        noise: Noise | None,
        output_gradient: Array,
        rate_gradient: Array | None,
    ) -> Parameters:
        with self._on_device():
            with torch.enable_grad():
                weights, rates, pullback = self._run(parameters, cell, inputs, noise)
            e = samples(self._tensor(output_gradient).transpose(1, 2))
            direct = torch.bmm(e, weights[3].mT).view_as(rates)
            if rate_gradient is not None:
                direct += self._tensor(rate_gradient).transpose(1, 2)
            gradient = [*pullback(direct), torch.bmm(samples(rates).mT, e), e.sum(1)]
            return Parameters(*(part.cpu().numpy() for part in gradient))

    def train(self, setup: TrainingSetup, state: TrainingState, batches: Batches, schedule: Schedule) -> Curves:
        """See ``engine.steps.Trainer``. Weights stay on the device through the steps of the call, the last recorded graphs until
        others take their place."""
        _, members, trials, times, inputs = batches.inputs.shape
        outputs = batches.targets.shape[4]
        times = -(-times // TIMES) * TIMES
        sizes = (trials, times, inputs, outputs)
        with self._on_device():
            for number, (known, training) in enumerate(self._trainings):
                if known == (members, *sizes) and training.serves(setup, state):
                    self._trainings.insert(0, self._trainings.pop(number))
                    return training.run(state, batches, schedule)
            del self._trainings[GRAPHS - 1 :]  # the one that was not used for longest
            training = DeviceTraining(setup, state, sizes, self._roll_out, self.device, self.dtype)
            self._trainings.insert(0, ((members, *sizes), training))
            return training.run(state, batches, schedule)


def _choose_roll_out(device: torch.device) -> tuple[RollOut, str]:
    """The loop over time, and what it adds to the engine's name: Triton's kernels where they are to be had, and give here what the
    plain loop gives, or else that."""
    interpreted = os.environ.get("TRITON_INTERPRET") == "1"
    if find_spec("triton") is None or (device.type != "cuda" and not interpreted):
        return roll_out, ""
    try:
        from rnnatlas.engine.triton_kernels import agrees, fused_roll_out

        if agrees(device):
            return fused_roll_out, "-triton"
        problem = "their results differ from the plain loop's"
    except Exception as error:  # whatever a compiler, a driver or a version of Triton may raise
        problem = f"{type(error).__name__}: {error}".splitlines()[0]
    print(f"no fused kernels, time steps are launched one by one (slower): {problem}", file=sys.stderr)
    return roll_out, ""


def _outputs(weights: list[Tensor], rates: Tensor) -> Tensor:
    return torch.baddbmm(weights[4][:, None], samples(rates), weights[3]).unflatten(1, rates.shape[1:3])


def _array(states: Tensor) -> Array:
    """``[member, trial, time, …]`` on the host."""
    return states.transpose(1, 2).contiguous().cpu().numpy()
