import numpy as np
import pytest

from rnnatlas.figures.by_task import by_task, joined
from rnnatlas.figures.style import too_few


def test_the_arrays_of_each_task_come_back_under_their_own_names() -> None:
    def arrays(task: str, folder: str) -> dict[str, np.ndarray]:
        return {"where": np.array(folder), "deep/name": np.arange(len(task))}

    data = joined(["b", "aa"], ["x", "y"], arrays)
    assert sorted(data) == ["aa/deep/name", "aa/where", "b/deep/name", "b/where"]
    first, second = by_task(data)
    assert str(first["where"]) == "x" and str(second["where"]) == "y"
    assert [len(part["deep/name"]) for part in (first, second)] == [1, 2]
    with pytest.raises(ValueError, match="longer"):
        joined(["b"], ["x", "y"], arrays)


def test_too_few_chains_for_a_verdict_are_named_and_none_are_not() -> None:
    assert [too_few(chains) for chains in (0, 1, 3, 4, 8)] == ["", "1 chain: too few", "3 chains: too few", "", ""]
    assert too_few(2, " for a verdict").endswith("few for a verdict")
