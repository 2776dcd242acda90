"""Which implementation minimises the speed of the flow."""

from __future__ import annotations

from rnnatlas.arrays import Array, Float
from rnnatlas.dynamics.field import RateField
from rnnatlas.dynamics.newton import Descent, minimise_speed
from rnnatlas.engine.build import NoCompiler
from rnnatlas.engine.native_search import minimise_speed_native


def descend(
    field: RateField,
    starts: Float[Array, "start unit"],
    tolerance: float = 1e-20,
    slow_speed: float = 0.0,
    iterations: int = 200,
    threads: int = 1,
) -> Descent:
    """``minimise_speed`` by the compiled library, or in NumPy where that cannot be built.

    The two agree up to rounding. ``threads`` never changes a bit; NumPy makes no use of them. Raises ``AtlasError`` for
    starts of another width than the field.
    """
    try:
        found = minimise_speed_native(field.recurrent, field.drive, starts, tolerance, slow_speed, iterations, threads)
    except NoCompiler:
        return minimise_speed(field, starts, tolerance, slow_speed, iterations)
    return Descent(*found)
