"""Parts of many states, so that the matrices that belong to each part fit in little memory."""

from __future__ import annotations

MEMORY = 2e8  # bytes, at most, of the matrices of one part


def blocks(count: int, width: int, matrices: int) -> list[slice]:
    """Consecutive parts of ``count`` states of ``width`` numbers: ``matrices`` [width, width] of float64 for each state of a part take
    at most ``MEMORY``. One state makes a part at the least, and no states make one empty part."""
    size = max(1, int(MEMORY / (8 * matrices * width**2)))
    return [slice(first, first + size) for first in range(0, max(count, 1), size)]
