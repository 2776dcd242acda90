"""The measures of similarity between networks, a row each: what schemas, figures, floors, configuration and documentation read.

A measure is a file, ``similarity/measures/<name>.py``, and a row here. The file has ``describe(system)``, what is kept of one network,
made once a network, and ``compare(a, b)``, one number from two descriptions; it may have ``matrix(described, targets)``, where all
pairs at once are cheaper than one by one. What a system is, the row's ``artifact`` tells: see ``similarity/systems.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Measure:
    """``title`` is for readers, ``artifact`` the kind that holds the matrix of all networks, [source, target], as ``dataset`` (by
    default, the measure's name); ``floor`` is the dataset there with what an untrained network reaches as source, if any. ``unit`` is that
    of a distance, ``shown`` says that the figure of similarity has a column for it."""

    name: str
    title: str
    kind: Literal["similarity", "distance"]
    symmetric: bool
    range: tuple[float, float]
    invariant_to: str
    meaning: str
    artifact: str
    floor: str = ""
    own_dataset: str = ""
    unit: str = ""
    shown: bool = True

    @property
    def dataset(self) -> str:
        return self.own_dataset or self.name


INF = float("inf")
_LINEAR = "scaling and rotation of either side; to rounding, any invertible map of the source"
_TURNED = "rotation, scaling and offset of either side"
_MOVED = "invertible linear maps of either side's state, offset and scale"

MEASURES = (
    Measure(
        "null", "predictivity,\nnull space", "similarity", False, (-INF, 1.0), _LINEAR,
        "held-out linear predictivity of column by row, between readout null spaces", "similarity", "untrained/null",
    ),
    Measure(
        "raw", "predictivity,\nraw rates", "similarity", False, (-INF, 1.0), _LINEAR,
        "held-out linear predictivity of column by row, rates", "similarity", "untrained/raw",
    ),
    Measure(
        "null_centred", "predictivity,\nnull space, centred", "similarity", False, (-INF, 1.0), _LINEAR + "; offset",
        "as `null`, training means taken away", "similarity", "untrained/null_centred", shown=False,
    ),
    Measure(
        "raw_centred", "predictivity,\nraw rates, centred", "similarity", False, (-INF, 1.0), _LINEAR + "; offset",
        "as `raw`, training means taken away", "similarity", "untrained/raw_centred", shown=False,
    ),
    Measure(
        "cka", "linear CKA", "similarity", True, (0.0, 1.0), _TURNED, "linear CKA", "measures", "floor/cka",
    ),
    Measure(
        "rsa", "RSA", "similarity", True, (-1.0, 1.0), _TURNED, "Spearman correlation of dissimilarities over trial x time", "measures",
        "floor/rsa",
    ),
    Measure(
        "cca", "CCA", "similarity", True, (0.0, 1.0), "invertible linear maps and offset of either side", "mean canonical correlation",
        "measures", "floor/cca",
    ),
    Measure(
        "procrustes", "Procrustes", "similarity", True, (0.0, 1.0), _TURNED, "cosine of the best rotation", "measures",
        "floor/procrustes",
    ),
    Measure(
        "dsa", "DSA", "distance", True, (0.0, 2.0), _MOVED, "DSA: root of the Wasserstein cost between spectra", "embedding",
        own_dataset="distance",
    ),
    Measure(
        "alignment", "DSA,\nalignment", "distance", True, (0.0, 3.141592653589793), "rotation, offset and scale of either side's state",
        "DSA's second score: angle between operators, in radians, over all orthogonal changes of coordinates", "embedding", unit="rad",
    ),
)  # fmt: skip


def of_artifact(kind: str) -> tuple[Measure, ...]:
    """The measures whose matrices stand in a kind of artifact."""
    return tuple(measure for measure in MEASURES if measure.artifact == kind)
