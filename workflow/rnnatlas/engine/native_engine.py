"""The compiled engine, called through pointers (no torch, no Python headers)."""

from __future__ import annotations

import ctypes

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.engine.interface import Noise, Rollout
from rnnatlas.engine.native_library import call, chosen_instruction_set
from rnnatlas.engine.native_pool import WorkerPool
from rnnatlas.engine.native_shapes import expect_call, expect_training
from rnnatlas.engine.native_structs import address, floats, network_struct, training_struct
from rnnatlas.engine.steps import Batches, Curves, Schedule, TrainingSetup, TrainingState
from rnnatlas.errors import AtlasError
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.parameters import Parameters


class NativeEngine:
    """Float32, with tiles of trials kept in cache through all time steps; see ``native/engine.cpp``.

    ``instruction_set`` (``baseline``, ``avx2``, ``avx512``; ``neon`` on ARM) is the best of this machine unless given. Raises
    ``NoCompiler`` where the library cannot be built, ``AtlasError`` for arrays that do not belong together, ``OutOfMemory``.
    One ``train`` at a time: an engine keeps its workers between calls. Threads last as long as a call.
    """

    def __init__(self, threads: int = 1, instruction_set: str | None = None) -> None:
        self._set = chosen_instruction_set(instruction_set)
        if threads < 1:
            raise AtlasError(None, "threads", f"a number from 1 on is expected, found {threads}", "give 1 or more")
        self.name = f"native-{self._set}"
        self.threads = threads
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
        expect_call(parameters, cell, inputs, noise)
        shared = inputs.strides[0] == 0 and len(inputs) > 1
        u = floats(inputs[:1] if shared else inputs)
        members, trials, times, n_inputs = inputs.shape
        y = np.empty((members, trials, times, parameters.readout.shape[2]), np.float32)
        weights = parameters.map(floats)
        network = network_struct(weights, cell, noise)
        call(
            f"roll_out_{self._set}",
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
        expect_call(parameters, cell, inputs, noise, output_gradient, rate_gradient)
        weights, u, e = parameters.map(floats), floats(inputs), floats(output_gradient)
        g = None if rate_gradient is None else floats(rate_gradient)
        gradients = weights.map(np.empty_like)
        network, result = network_struct(weights, cell, noise), network_struct(gradients, cell, None)
        call(
            f"gradient_{self._set}",
            *(ctypes.c_int(size) for size in u.shape[:3]),
            ctypes.byref(network),
            ctypes.c_uint32(0 if noise is None else noise.step),
            *(address(array) for array in (u, e, g)),
            ctypes.byref(result),
            ctypes.c_int(self.threads),
        )
        return gradients

    def train(self, setup: TrainingSetup, state: TrainingState, batches: Batches, schedule: Schedule) -> Curves:
        """See ``engine.steps.Trainer``. Threads take whole members through all steps of the call. ``state`` is not to be used
        after ``OutOfMemory``."""
        expect_training(setup, state, batches, schedule)
        members, steps = len(state.active), len(schedule)
        curves = Curves.begin(members, steps, len(setup.term.references) if setup.term else 0)
        task, keep = training_struct(setup, state, batches, schedule, curves, self.threads)
        pool, self._pool = self._pool, None
        if pool is None or not pool.serves(task):
            pool = WorkerPool(self._set, task)
        call(f"train_{self._set}", pool.handle, ctypes.byref(task))
        self._pool = pool  # one that failed is not used again
        del keep
        state.step += steps
        return curves
