"""The compiled engine, called through pointers (no torch, no Python headers)."""

from __future__ import annotations

import ctypes
from functools import lru_cache

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.engine.build import NoCompiler, library
from rnnatlas.engine.interface import Noise, Rollout
from rnnatlas.errors import AtlasError
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.parameters import Parameters

INSTRUCTION_SETS = ("baseline", "avx2", "avx512")


@lru_cache(maxsize=1)
def _load() -> ctypes.CDLL:
    path = library()
    try:
        return ctypes.CDLL(str(path))
    except OSError as error:
        raise NoCompiler(
            f"{path} does not load ({error}): delete it, or set RNNATLAS_CACHE to another folder"
        ) from error


def _best() -> str:
    loaded = _load()
    return INSTRUCTION_SETS[loaded.instruction_set()] if hasattr(loaded, "instruction_set") else "baseline"


def _floats(array: Array) -> Array:
    return np.ascontiguousarray(array, dtype=np.float32)


def _pointer(array: Array | None) -> ctypes.c_void_p:
    return ctypes.c_void_p(None if array is None else array.ctypes.data)


class NativeEngine:
    """Float32, with tiles of trials kept in cache through all time steps; see ``native/rate_cell.cpp``.

    ``instruction_set`` (``baseline``, ``avx2``, ``avx512``) is the best of this machine unless given. Raises
    ``NoCompiler`` where the library cannot be built.
    """

    def __init__(self, threads: int = 1, instruction_set: str | None = None) -> None:
        chosen = instruction_set or _best()
        if chosen not in INSTRUCTION_SETS:
            raise AtlasError(
                None, "instruction_set", f"one of {', '.join(INSTRUCTION_SETS)} is expected, found {chosen!r}", "leave it out"
            )  # fmt: skip
        self.name = f"native-{chosen}"
        self.threads = threads
        self._roll_out = getattr(_load(), f"roll_out_{chosen}")
        self._gradient = getattr(_load(), f"gradient_{chosen}")

    def roll_out(self, parameters: Parameters, cell: Cell, inputs: Array, noise: Noise | None) -> Rollout:
        weights = [_floats(array) for array in parameters]
        u = _floats(inputs)
        members, trials, times, n_inputs = u.shape
        units, outputs = weights[3].shape[1:]
        rates = np.empty((members, trials, times, units), np.float32)
        y = np.empty((members, trials, times, outputs), np.float32)
        keys = None if noise is None else np.ascontiguousarray(noise.keys, dtype=np.uint64)
        self._roll_out(
            *(ctypes.c_int(size) for size in (members, trials, times, units, n_inputs, outputs)),
            ctypes.c_float(cell.alpha),
            ctypes.c_float(0.0 if noise is None else noise.scale),
            _pointer(keys),
            ctypes.c_uint32(0 if noise is None else noise.step),
            *(_pointer(array) for array in (*weights, u, rates, y)),
            ctypes.c_int(self.threads),
        )
        return Rollout(rates, y)

    def gradient(
        self,
        parameters: Parameters,
        cell: Cell,
        inputs: Array,
        rollout: Rollout,
        output_gradient: Array,
        rate_gradient: Array | None,
    ) -> Parameters:
        recurrent, readout = _floats(parameters.recurrent), _floats(parameters.readout)
        u, rates, e = _floats(inputs), _floats(rollout.rates), _floats(output_gradient)
        g = None if rate_gradient is None else _floats(rate_gradient)
        members, trials, times, n_inputs = u.shape
        units, outputs = readout.shape[1:]
        gradients = parameters.map(lambda array: np.empty(array.shape, np.float32))
        self._gradient(
            *(ctypes.c_int(size) for size in (members, trials, times, units, n_inputs, outputs)),
            ctypes.c_float(cell.alpha),
            *(_pointer(array) for array in (recurrent, readout, u, rates, e, g, *gradients)),
            ctypes.c_int(self.threads),
        )
        return gradients
