"""How a member of an ensemble is called in the random streams."""

from __future__ import annotations

from typing import NamedTuple


class Member(NamedTuple):
    """A member's name in the random streams: it does not depend on the ensemble that it is trained in."""

    stream: tuple[int | str, ...]
    number: int
    attempt: int = 0

    def words(self, purpose: str) -> tuple[int | str, ...]:
        return (*self.stream, purpose, self.number, self.attempt)
