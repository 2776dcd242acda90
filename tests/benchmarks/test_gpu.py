"""The benchmark on a GPU, on the processor: that it runs, and that the loop it compares with trains the same network."""

import numpy as np
import pytest

from rnnatlas.benchmarks import gpu
from rnnatlas.benchmarks.contenders import eager_step
from rnnatlas.benchmarks.problem import draw_problem
from rnnatlas.benchmarks.steps import Size

SMALL = Size(units=6, trials=5, times=7)


def test_each_contender_is_timed_for_each_number_of_networks() -> None:
    rows = gpu.measure("cpu", SMALL, (2, 3), repetitions=1)
    assert [row["members"] for row in rows] == [2, 3]
    for row in rows:
        assert set(row["ms"]) == {"ours", "ours_one_core", "pytorch"} and set(row["ratios"]) == {
            "ours_one_core",
            "pytorch",
        }
        assert all(one["median"] > 0 for one in row["ms"].values())


def test_the_batched_loop_trains_as_one_network_alone() -> None:
    problem = draw_problem(6, 5, 7, noise=0.0)
    alone, together = eager_step(problem), gpu.batched_step(problem, 1, "cpu")
    losses = np.array([[alone(), together()] for _ in range(4)])
    assert losses[:, 0] == pytest.approx(losses[:, 1], rel=1e-5) and losses[-1, 0] < losses[0, 0]


def test_without_a_gpu_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert gpu.main("nowhere.json") == 1 and "CUDA device" in capsys.readouterr().err
