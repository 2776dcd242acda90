"""The structures of ``native/training.h``, filled from arrays; the order of fields is that of the C++ side."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.engine.interface import Noise
from rnnatlas.engine.steps import DIVERGED, HIGHEST, SMOOTHING, Batches, Curves, Schedule, TrainingSetup, TrainingState
from rnnatlas.networks.cell import KINDS, Cell
from rnnatlas.networks.parameters import Parameters

_INT, _FLOAT, _DOUBLE, _POINTER = ctypes.c_int32, ctypes.c_float, ctypes.c_double, ctypes.c_void_p


class NetworkStruct(ctypes.Structure):
    """``Network``: the weights of all members."""

    _fields_ = [
        *((name, _INT) for name in ("kind", "units", "inputs", "outputs")),
        *((name, _FLOAT) for name in ("alpha", "scale")),
        *((name, _POINTER) for name in ("keys", "recurrent", "input", "bias", "readout", "readout_bias")),
    ]


class TrainingStruct(ctypes.Structure):
    """``Training``: one call of ``train``."""

    _fields_ = [
        *((name, _INT) for name in ("members", "steps", "trials", "times", "first_step", "threads")),
        ("network", NetworkStruct),
        ("first", _POINTER * 5),
        ("second", _POINTER * 5),
        *((name, _POINTER) for name in ("inputs", "targets", "weight", "length", "rate", "share", "tolerance")),
        *((name, _DOUBLE) for name in ("clip", "diverged", "beta2")),
        *((name, _POINTER) for name in ("active", "diverged_at", "first_loss", "loss", "penalty", "strength")),
        *((name, _INT) for name in ("muon", "earlier", "norm_form", "null_space", "stride")),
        *((name, _DOUBLE) for name in ("ridge", "order", "rise", "fall", "floor", "highest", "smoothing")),
        *((name, _POINTER) for name in ("lambda", "smoothed", "references")),
    ]


def floats(array: Array) -> Array:
    """C-contiguous float32."""
    return np.ascontiguousarray(array, dtype=np.float32)


def pointer(array: Array | None) -> int | None:
    """The address of an array's data."""
    return None if array is None else array.ctypes.data


def address(array: Array | None) -> ctypes.c_void_p:
    """``pointer`` as an argument of a call."""
    return ctypes.c_void_p(pointer(array))


def network_struct(weights: Parameters, cell: Cell, noise: Noise | None) -> NetworkStruct:
    """A ``Network`` that points into ``weights``, which must be C-contiguous float32 and outlive it."""
    keys = None if noise is None else np.ascontiguousarray(noise.keys, dtype=np.uint64)
    struct = NetworkStruct(
        KINDS.index(cell.kind),
        weights.recurrent.shape[1],
        weights.input.shape[1],
        weights.readout.shape[2],
        cell.alpha,
        0.0 if noise is None else noise.scale,
        pointer(keys),
        *(pointer(array) for array in weights),
    )
    struct.keep = keys  # as long as the structure lives
    return struct


def training_struct(
    setup: TrainingSetup, state: TrainingState, batches: Batches, schedule: Schedule, curves: Curves, threads: int
) -> tuple[TrainingStruct, list[Any]]:
    """A ``Training`` over ``state`` and ``curves``, which the call changes, and what must outlive the call."""
    steps, members, trials, times = batches.inputs.shape[:4]
    term, scale = setup.term, setup.cell.noise_scale()
    arrays = [
        *(floats(array) for array in (batches.inputs, batches.targets, batches.weight)),
        np.ascontiguousarray(batches.length, dtype=np.int32),
        *(np.ascontiguousarray(array, dtype=np.float64) for array in vars(schedule).values()),
    ]
    earlier = term.references if term else []
    weights = [reference.parameters.map(floats) for reference in earlier]
    references = [
        network_struct(
            own, reference.cell, None if reference.keys is None else Noise(reference.keys, 0, reference.scale)
        )
        for own, reference in zip(weights, earlier, strict=True)
    ]
    table = (NetworkStruct * max(len(references), 1))(*references)
    own = network_struct(state.parameters, setup.cell, Noise(setup.keys, 0, scale) if scale > 0.0 else None)
    call = TrainingStruct(
        members, steps, trials, times, state.step, threads, own,
        (_POINTER * 5)(*(pointer(array) for array in state.first)),
        (_POINTER * 5)(*(pointer(array) for array in state.second)),
        *(pointer(array) for array in arrays),
        setup.optimiser.clip, DIVERGED, setup.optimiser.beta2,
        *(pointer(array) for array in (state.active, state.diverged_at, state.first_loss)),
        *(pointer(array) for array in (curves.loss, curves.penalty, curves.strength)),
        setup.optimiser.kind == "muon",
        len(references),
        term is not None and term.form == "norm",
        term is None or term.null_space,
        term.stride if term else 1,
        *((term.ridge, term.order, term.rise, term.fall, term.floor, term.ceiling) if term else (0.0, 1.0, 1.0, 1.0, 0.0, HIGHEST)),
        SMOOTHING,
        pointer(state.strength), pointer(state.smoothed), ctypes.addressof(table),
    )  # fmt: skip
    return call, [arrays, weights, references, table, own]
