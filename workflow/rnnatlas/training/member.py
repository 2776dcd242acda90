"""How a member of an ensemble is called in the random streams."""

from __future__ import annotations

from typing import NamedTuple


class Member(NamedTuple):
    """A member's name in the random streams: it does not depend on the ensemble that it is trained in.

    ``order`` tells one that is trained again in another order of batches from the one that it repeats; all else that is random in it is the same."""

    stream: tuple[int | str, ...]
    number: int
    attempt: int = 0
    order: str = ""

    def words(self, purpose: str) -> tuple[int | str, ...]:
        return (*self.stream, purpose, self.number, self.attempt)
