"""Array types, named once.

``Float[Array, "member trial time unit"]`` reads: a NumPy array of floats with these four axes. The names are
checked for consistency within a call when the tests install jaxtyping's import hook; a run pays nothing.
"""

from jaxtyping import Bool, Complex, Float, Int, Shaped
from numpy import ndarray as Array

__all__ = ["Array", "Bool", "Complex", "Float", "Int", "Shaped"]
