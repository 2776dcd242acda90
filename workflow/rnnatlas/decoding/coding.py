"""Task variables as targets of a linear decoder, and how well its predictions tell them.

| scale | target | score |
|---|---|---|
| linear | the value | R² = 1 − Σ(v − v̂)² / Σ(v − v̄)², at most 1, no lower bound |
| circular, in radians | (cos v, sin v) | mean cos(v̂ − v), v̂ the direction of the prediction, in [−1, 1] |
| class | corners of a regular simplex, two classes: ±1/√2 | (mean recall − 1/C) / (1 − 1/C), in [−1/(C − 1), 1] |

The score of a class is balanced accuracy corrected for chance, so that in all three 1 is perfect and 0 is what a guess without
knowledge of the activity earns, whatever the sizes of classes. Ratios of scores (``stability``) need that zero.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy.linalg import helmert

from rnnatlas.arrays import Array, Float
from rnnatlas.errors import AtlasError

Scale = Literal["linear", "circular", "class"]


def encode(values: Float[Array, "*sample"], scale: Scale) -> Float[Array, "*sample target"]:
    """Targets of a variable. The corners of a simplex make the decoder that of one-hot targets (ridge commutes with
    rotations of the targets) without its redundant column, which would give its subspace a direction too many."""
    if scale == "linear":
        return values[..., None]
    if scale == "circular":
        return np.stack([np.cos(values), np.sin(values)], axis=-1)
    classes, number = _classes(values), np.unique(values, return_inverse=True)[1]
    return _corners(classes.size)[number.reshape(values.shape)]


def score(
    predictions: Float[Array, "sample *batch target"], values: Float[Array, "sample *_"], scale: Scale
) -> Float[Array, "*batch"]:
    """Score over samples, for each entry of the batch; ``values`` [sample, ...] broadcasts against the batch.

    Raises ``AtlasError`` where values do not go with the predictions, or these are not as wide as the targets of ``encode``.

    The classes are those of all ``values``; one that is absent from an entry of the batch has no recall there.
    """
    width = {"linear": 1, "circular": 2}.get(scale) or len(_classes(values)) - 1
    if predictions.shape[-1] != width or not _broadcast(values.shape, predictions.shape[:-1]):
        raise AtlasError(
            None, "predictions", f"[sample, …, {width}] is expected for a {scale} variable of shape {list(values.shape)}, found "
            f"{list(predictions.shape)}", "give what a decoder of encode(values, scale) says of the same samples",
        )  # fmt: skip
    if scale == "linear":
        error = np.sum((predictions[..., 0] - values) ** 2, axis=0)
        return np.asarray(1.0 - error / np.sum((values - values.mean(axis=0)) ** 2, axis=0))
    if scale == "circular":
        told = np.arctan2(predictions[..., 1], predictions[..., 0])
        return np.asarray(np.mean(np.cos(told - values), axis=0))
    classes = _classes(values)
    told = np.argmax(predictions @ _corners(classes.size).T, axis=-1)
    right = classes[told] == values
    here = [np.broadcast_to(values == value, right.shape) for value in classes]
    with np.errstate(invalid="ignore"):  # 0 / 0: an absent class
        recall = np.nanmean([np.sum(right & one, axis=0) / np.sum(one, axis=0) for one in here], axis=0)
    return np.asarray((recall - 1.0 / classes.size) / (1.0 - 1.0 / classes.size))


def _classes(values: Float[Array, "..."]) -> Float[Array, "class"]:
    """The different values; raises ``AtlasError`` if there is one only, which nothing can tell from another."""
    classes = np.unique(values)
    if classes.size < 2:
        raise AtlasError(None, "values", f"two classes at least are expected, found {classes.size}", "give samples of each class")  # fmt: skip
    return classes


def _broadcast(values: tuple[int, ...], batch: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(values, batch) == batch
    except ValueError:
        return False


def _corners(classes: int) -> Float[Array, "class target"]:
    """The corners of a regular simplex about the origin, in one dimension less than there are classes."""
    return np.asarray(helmert(classes)).T
