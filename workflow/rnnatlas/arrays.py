"""Types of what functions take, named once.

``Float[Array, "member trial time unit"]`` reads: a NumPy array of floats with these four axes. The names are
checked for consistency within a call when the tests install jaxtyping's import hook, and at the front doors (``checks/``); what
the library calls within itself pays nothing. There, numbers are finite unless ``MayBeNan`` says otherwise.
"""

from typing import Annotated, Any, NamedTuple

from jaxtyping import Bool, Complex, Float, Int, Integer, Shaped
from numpy import ndarray as Array


class Range(NamedTuple):
    """The numbers from ``low`` (itself excluded if ``beyond``) to ``high``."""

    low: float
    high: float = float("inf")
    beyond: bool = False

    def holds(self, number: Any) -> bool:
        return bool((self.low < number if self.beyond else self.low <= number) and number <= self.high)

    def __str__(self) -> str:
        low = f"greater than {self.low:g}" if self.beyond else f"at least {self.low:g}"
        return low if self.high == float("inf") else f"{low} and at most {self.high:g}"


Count = Annotated[int, Range(1)]  # 1, 2, …
Index = Annotated[int, Range(0)]  # 0, 1, …
NotNegative = Annotated[float, Range(0.0)]
Positive = Annotated[float, Range(0.0, beyond=True)]
MayBeNan = "may be NaN"  # Annotated[Float[...], MayBeNan]: a function that knows what to do with them

__all__ = [
    "Array", "Bool", "Complex", "Count", "Float", "Index", "Int", "Integer", "MayBeNan", "NotNegative", "Positive", "Range", "Shaped",
]  # fmt: skip
