"""Shapes in the library's annotations are checked at run time here, and only here: a run of the workflow pays nothing."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is imported
_LIBRARY = str(Path(__file__).parents[1] / "workflow")
os.environ["PYTHONPATH"] = os.pathsep.join([_LIBRARY, *filter(None, [os.environ.get("PYTHONPATH")])])  # for processes

import numpy as np
import pytest
from jaxtyping import install_import_hook

install_import_hook("rnnatlas", "beartype.beartype")

if TYPE_CHECKING:
    from rnnatlas.networks.ensemble import Ensemble


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data beside the checkout."""
    folder = Path(__file__).parents[2] / "shared"
    if not (folder / "reference").is_dir():
        pytest.skip(f"reference data are not at hand: there is no {folder / 'reference'}")
    return folder


@pytest.fixture(scope="session")
def make_ensemble() -> "Callable[..., Ensemble]":
    """Random networks with nonzero biases: ``make_ensemble(members, units, inputs, outputs, alpha=, noise=, gain=, seed=)``."""
    from rnnatlas.networks.cell import Cell
    from rnnatlas.networks.ensemble import Ensemble
    from rnnatlas.networks.parameters import Parameters

    def make(
        members: int = 2, units: int = 10, inputs: int = 2, outputs: int = 3,
        alpha: float = 0.2, noise: float = 0.0, gain: float = 1.2, seed: int = 0,
    ) -> Ensemble:  # fmt: skip
        rng = np.random.default_rng(seed)
        shapes = ((units, units), (inputs, units), (units,), (units, outputs), (outputs,))
        scales = (gain / np.sqrt(units), 1.0 / np.sqrt(inputs), 0.3, 1.0 / np.sqrt(units), 0.3)
        drawn = (s * rng.normal(size=(members, *shape)) for shape, s in zip(shapes, scales, strict=True))
        return Ensemble(Parameters(*(array.astype(np.float32) for array in drawn)), Cell(alpha, noise))

    return make
