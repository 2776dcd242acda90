"""The values that every argument of every public function is given in turn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from rnnatlas.networks.cell import Cell
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.initial_weights import initialise
from rnnatlas.tasks.registry import get_task


def networks(kind: str = "rate", inputs: int = 5, outputs: int = 4) -> Ensemble:
    """Networks that fit no task here."""
    return initialise([0], 6, inputs, outputs, 1.0, Cell(1.0, 0.0, kind), (0, "bad values"))


ANYTHING: dict[str, Any] = {
    "None": None,
    "minus one": -1,
    "a half": 0.5,
    "NaN": float("nan"),
    "infinity": float("inf"),
    "True": True,
    "a word": "no such word",
    "an object": object(),
    "a class": dict,
    "a function": len,
    "an empty list": [],
    "an empty dictionary": {},
    "a list of words": ["a", "b"],
    "a list of objects": [object()],
    "a ragged list": [[1.0, 2.0], [3.0]],
    "an empty array": np.zeros(0),
    "no trials": np.zeros((0, 3, 4)),
    "words in an array": np.array(["a", "b"]),
    "objects in an array": np.array([None, object()]),
    "networks of another task": networks(),
    "gated networks": networks("gru"),
    "trajectories": networks().simulate(np.zeros((2, 3, 5), np.float32), engine="torch"),
    "trials of another task": get_task("context_integration").trials(3, 0),
    "another task": get_task("context_integration"),
}


def of_array(array: Any) -> Iterator[tuple[str, Any]]:
    """What is like a valid array, but for one thing."""
    if not isinstance(array, np.ndarray):
        return
    yield "one axis more", array[None]
    if array.ndim:
        yield "one axis fewer", array[0]
        yield "nothing along the first axis", array[:0]
        yield "nothing along the last axis", array[..., :0]
    for axis in range(array.ndim):
        yield f"one fewer along axis {axis}", np.delete(array, -1, axis)
    yield "true and false", np.ones(array.shape, bool)
    if array.dtype.kind != "U":
        yield "complex numbers", array + 1j
    if array.dtype.kind == "f":
        for name, value in {"with NaN": np.nan, "with infinity": np.inf}.items():
            spoiled = array.copy()
            spoiled.flat[-1] = value
            yield name, spoiled
    if array.dtype.kind == "i":
        yield "with fractions", array + 0.5
        yield "below zero", array - 1000


def bad_values(valid: Any) -> Iterator[tuple[str, Any]]:
    """Every value to put in the place of ``valid``; parts of a list or tuple are replaced one at a time, the first standing for all."""
    yield from ANYTHING.items()
    yield from of_array(valid)
    if isinstance(valid, (list, tuple)) and valid and not hasattr(valid, "_fields"):
        yield "one entry fewer", valid[:-1]
        for name, value in bad_values(valid[0]):
            yield f"[0] {name}", type(valid)([value, *valid[1:]])
