"""Groups of entries in the data of a figure, as ``map/…`` or ``type 2/…``."""

from __future__ import annotations

from collections.abc import Mapping

from rnnatlas.arrays import Array


def part_of(data: Mapping[str, Array], begins: str) -> dict[str, Array]:
    """The entries whose names begin so, without that."""
    return {key.removeprefix(begins): each for key, each in data.items() if key.startswith(begins)}
