"""The same configuration gives the same bytes: in another folder, on one core instead of two, with another Matplotlib of the user's."""

from __future__ import annotations

import pytest
from study_copy import StudyCopy


@pytest.mark.parametrize("kind", ["h5", "json", "md", "yaml", "svg", "png", "pdf"])
def test_two_runs_give_the_same_bytes(finished: StudyCopy, again: StudyCopy, kind: str) -> None:
    first, second = (
        {name: digest for name, digest in study.digests().items() if name.endswith(f".{kind}")}
        for study in (finished, again)
    )
    assert first
    assert first == second
