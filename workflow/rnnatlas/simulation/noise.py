"""The private noise of roll-outs outside training."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import NotNegative
from rnnatlas.engine.interface import Noise
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.streams.keys import stream_key

# The counter's step word for roll-outs outside training, so that no evaluation repeats a training step's noise.
EVALUATION_STEP = 0xFFFFFFFF


def shared_noise(ensemble: Ensemble, noise: NotNegative | None, *stream: int | str) -> Noise | None:
    """Private noise drawn from one stream for all members (σ as trained where ``noise`` is None)."""
    scale = ensemble.cell.noise_scale(noise)
    if scale == 0.0:
        return None
    key = stream_key(*stream, "private noise")
    return Noise(np.full(ensemble.members, key, dtype=np.uint64), EVALUATION_STEP, scale)
