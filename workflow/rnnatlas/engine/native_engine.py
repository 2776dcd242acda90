"""The compiled engine, called through pointers (no torch, no Python headers)."""

from __future__ import annotations

import ctypes

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.engine.interface import Noise, Rollout
from rnnatlas.engine.native_library import INSTRUCTION_SETS, best_instruction_set, load
from rnnatlas.engine.native_pool import WorkerPool, pool_shape
from rnnatlas.engine.native_structs import address, floats, network_struct, training_struct
from rnnatlas.engine.steps import Batches, Curves, TrainingSetup, TrainingState
from rnnatlas.errors import AtlasError
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.parameters import Parameters

_load, _best = load, best_instruction_set


class NativeEngine:
    """Float32, with tiles of trials kept in cache through all time steps; see ``native/engine.cpp``.

    ``instruction_set`` (``baseline``, ``avx2``, ``avx512``) is the best of this machine unless given. Raises
    ``NoCompiler`` where the library cannot be built. One ``train`` at a time: an engine keeps its workers between calls.
    """

    def __init__(self, threads: int = 1, instruction_set: str | None = None) -> None:
        chosen = instruction_set or best_instruction_set()
        if chosen not in INSTRUCTION_SETS:
            raise AtlasError(
                None, "instruction_set", f"one of {', '.join(INSTRUCTION_SETS)} is expected, found {chosen!r}", "leave it out"
            )  # fmt: skip
        if threads < 1:
            raise AtlasError(None, "threads", f"a number from 1 on is expected, found {threads}", "give 1 or more")
        self.name = f"native-{chosen}"
        self.threads = threads
        self._roll_out, self._gradient, self._train = (
            getattr(load(), f"{function}_{chosen}") for function in ("roll_out", "gradient", "train")
        )
        self._pool: WorkerPool | None = None

    def roll_out(self, parameters: Parameters, cell: Cell, inputs: Array, noise: Noise | None) -> Rollout:
        units = parameters.recurrent.shape[1]
        rates = np.empty((*inputs.shape[:3], units), np.float32)
        return Rollout(rates, self._run(parameters, cell, inputs, noise, rates))

    def outputs(self, parameters: Parameters, cell: Cell, inputs: Array, noise: Noise | None) -> Array:
        return self._run(parameters, cell, inputs, noise, None)

    def _run(
        self, parameters: Parameters, cell: Cell, inputs: Array, noise: Noise | None, rates: Array | None
    ) -> Array:
        shared = inputs.strides[0] == 0 and len(inputs) > 1
        u = floats(inputs[:1] if shared else inputs)
        members, trials, times, n_inputs = inputs.shape
        y = np.empty((members, trials, times, parameters.readout.shape[2]), np.float32)
        weights = parameters.map(floats)
        network = network_struct(weights, cell, noise)
        self._roll_out(
            *(ctypes.c_int(size) for size in (members, trials, times)),
            ctypes.byref(network),
            ctypes.c_uint32(0 if noise is None else noise.step),
            address(u),
            ctypes.c_long(0 if shared else trials * times * n_inputs),
            address(rates),
            address(y),
            ctypes.c_int(self.threads),
        )
        return y

    def gradient(
        self,
        parameters: Parameters,
        cell: Cell,
        inputs: Array,
        noise: Noise | None,
        output_gradient: Array,
        rate_gradient: Array | None,
    ) -> Parameters:
        weights, u, e = parameters.map(floats), floats(inputs), floats(output_gradient)
        g = None if rate_gradient is None else floats(rate_gradient)
        gradients = weights.map(np.empty_like)
        network, result = network_struct(weights, cell, noise), network_struct(gradients, cell, None)
        self._gradient(
            *(ctypes.c_int(size) for size in u.shape[:3]),
            ctypes.byref(network),
            ctypes.c_uint32(0 if noise is None else noise.step),
            *(address(array) for array in (u, e, g)),
            ctypes.byref(result),
            ctypes.c_int(self.threads),
        )
        return gradients

    def train(self, setup: TrainingSetup, state: TrainingState, batches: Batches, rates: Array) -> Curves:
        """See ``engine.steps.Trainer``. Threads take whole members through all steps of the call."""
        members, steps = len(state.active), len(rates)
        curves = Curves(*(np.zeros((members, steps), np.float32) for _ in range(3)))
        call, keep = training_struct(setup, state, batches, rates, curves, self.threads)
        if self._pool is None or self._pool.shape != pool_shape(call):
            self._pool = WorkerPool(self.name.removeprefix("native-"), call)
        self._train(self._pool.handle, ctypes.byref(call))
        del keep
        state.step += steps
        return curves
