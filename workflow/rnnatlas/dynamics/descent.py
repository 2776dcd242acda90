"""Which implementation minimises the speed of the flow."""

from __future__ import annotations

from typing import Annotated

from rnnatlas.arrays import Array, Count, Float, MayBeNan, NotNegative
from rnnatlas.dynamics.field import RateField
from rnnatlas.dynamics.motion import Field
from rnnatlas.dynamics.newton import Descent, minimise_speed
from rnnatlas.engine.compiler import NoCompiler
from rnnatlas.engine.native_search import minimise_speed_native


def descend(
    field: Field,
    starts: Annotated[Float[Array, "start state"], MayBeNan],
    tolerance: NotNegative = 1e-20,
    slow_speed: NotNegative = 0.0,
    iterations: Count = 200,
    threads: Count = 1,
) -> Descent:
    """``minimise_speed`` by the compiled library; in NumPy for gated cells, and where the library cannot be built.

    The two agree up to rounding. ``threads`` never changes a bit; NumPy makes no use of them. Raises ``AtlasError`` for
    starts of another width than the field.
    """
    if not isinstance(field, RateField):
        return minimise_speed(field, starts, tolerance, slow_speed, iterations)
    try:
        found = minimise_speed_native(field.recurrent, field.drive, starts, tolerance, slow_speed, iterations, threads)
    except NoCompiler:
        return minimise_speed(field, starts, tolerance, slow_speed, iterations)
    return Descent(*found)
