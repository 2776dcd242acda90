"""What an artifact must hold: its datasets with named axes and kinds of number."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

import numpy as np

from rnnatlas.errors import AtlasError

_KINDS = {"float": "f", "int": "iu", "bool": "b", "text": "SO", "complex": "c", "any": "fiubSOc"}


@dataclass(frozen=True)
class Dataset:
    """One dataset: ``axes`` as words, ``kind`` of number. A digit is a fixed size; a name must mean one size in a file;
    ``...`` stands for any axes."""

    axes: str
    kind: str = "float"
    meaning: str = ""
    optional: bool = False


@dataclass(frozen=True)
class Schema:
    """A kind of artifact. ``rule`` is the workflow's rule that makes it, ``own`` how a user does; a key of ``datasets`` may hold
    ``*``. ``of`` says what a file is about: one ensemble, all networks of a task, or anything else."""

    name: str
    version: int
    rule: str
    datasets: dict[str, Dataset]
    own: str = ""
    of: Literal["ensemble", "task", "other"] = "other"

    @property
    def label(self) -> str:
        return f"{self.name}/{self.version}"

    @property
    def remedy(self) -> str:
        return (
            f"rebuild it, if the workflow made it: delete the file and run the same command again ({self.rule} makes it); "
            f"if it is your own, {self.own or 'give another one'}"
        )

    def check(self, path: str | Path, data: dict[str, np.ndarray]) -> None:
        """Raise ``AtlasError`` naming the first dataset that is missing, unknown, or of another shape or kind."""
        remedy = self.remedy
        sizes: dict[str, int] = {}
        for key, wanted in self.datasets.items():
            if "*" not in key and key not in data and not wanted.optional:
                raise AtlasError(path, key, "this dataset is missing", remedy)
        # In the schema's order, so that the first datasets, the weights themselves, set the sizes.
        order = {key: number for number, key in enumerate(self.datasets)}
        for key, array in sorted(data.items(), key=lambda item: order.get(item[0], -1)):
            wanted = self._find(key)
            if wanted is None:
                raise AtlasError(path, key, f"a {self.name} artifact has no such dataset", remedy)
            if array.dtype.kind not in _KINDS[wanted.kind]:
                raise AtlasError(path, key, f"numbers of kind {wanted.kind} are expected, found {array.dtype}", remedy)
            if wanted.axes == "...":
                continue
            axes = wanted.axes.split()
            if len(axes) != array.ndim:
                raise AtlasError(
                    path, key, f"axes [{', '.join(axes)}] are expected, found shape {list(array.shape)}", remedy
                )
            for axis, size in zip(axes, array.shape, strict=True):
                expected = int(axis) if axis.isdigit() else sizes.setdefault(axis, size)
                if expected != size:
                    raise AtlasError(
                        path, key, f"axis {axis!r} has {size} entries where {expected} are expected (axes: {wanted.axes})", remedy
                    )  # fmt: skip

    def _find(self, key: str) -> Dataset | None:
        if key in self.datasets:
            return self.datasets[key]
        return next((d for pattern, d in self.datasets.items() if "*" in pattern and fnmatchcase(key, pattern)), None)
