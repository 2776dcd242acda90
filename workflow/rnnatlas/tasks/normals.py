"""Standard normal deviates for input noise, in single precision."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Float


def normals(rng: np.random.Generator, count: int) -> Float[Array, "count"]:
    """``count`` independent standard normal deviates in float32, in less than half the time of ``rng.standard_normal``.

    Box & Muller (1958): with u, v uniform in [0, 1), √(−2 ln(1 − u))·(cos 2πv, sin 2πv), all cosines before all sines.
    Uniform numbers are multiples of 2⁻²⁴, so |z| ≤ 5.8. The last bits are those of NumPy's float32 functions and may
    differ between instruction sets, as an engine's do.
    """
    radius, angle = rng.random((2, (count + 1) // 2), dtype=np.float32)
    np.log(np.float32(1.0) - radius, out=radius)  # in place: new memory costs more than the sum
    radius *= np.float32(-2.0)
    np.sqrt(radius, out=radius)
    angle *= np.float32(2.0 * np.pi)
    return np.concatenate([radius * np.cos(angle), radius * np.sin(angle)])[:count]
