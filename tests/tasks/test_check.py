"""A task is checked before anything is trained on it: those of the project pass, one with a mistake is told which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from rnnatlas.config.study import study_model
from rnnatlas.errors import AtlasError
from rnnatlas.tasks import memory_pro
from rnnatlas.tasks.check import check_task
from rnnatlas.tasks.context_integration import ContextIntegration
from rnnatlas.tasks.memory_pro import MemoryPro, Settings
from rnnatlas.tasks.registry import get_task, task_names
from rnnatlas.tasks.task import Task, Variable


@pytest.mark.parametrize("name", task_names())
def test_the_projects_tasks_pass(name: str) -> None:
    check_task(get_task(name))


def test_other_settings_pass() -> None:
    check_task(get_task("flip_flop", bits=2))
    check_task(get_task("context_integration", target="choice"))


def spoiled(**changes: Any) -> MemoryPro:
    """MemoryPro with methods replaced."""
    return type("Spoiled", (MemoryPro,), {"__module__": MemoryPro.__module__, **changes})(Settings())


def drawing(change: Callable[[Any], Any]) -> MemoryPro:
    """MemoryPro whose trials are changed after they are drawn."""
    return spoiled(draw=lambda self, count, rng, load=None: change(MemoryPro.draw(self, count, rng, load)))


def set_to(name: str, where: Any, value: Any) -> Callable[[Any], Any]:
    def change(trials: Any) -> Any:
        array = getattr(trials, name).copy()
        array[where] = value
        return replace(trials, **{name: array})

    return change


MISTAKES = {
    "one output too many": (spoiled(output_names=("a", "b", "c", "d")), r"targets: shape \[24, \d+, 4\]"),
    "no rng": (
        spoiled(draw=lambda self, count, rng, load=None: MemoryPro.draw(self, count, np.random.default_rng(), load)),
        "draw: the same",
    ),
    "a raw error": (spoiled(draw=lambda self, count, rng, load=None: 1 / 0), "draw: failed with ZeroDivisionError"),
    "not trials": (spoiled(draw=lambda self, count, rng, load=None: None), "draw: Trials are expected"),
    "steps by chance": (
        drawing(lambda trials: trials.map(lambda a: a[:, : trials.length.max()] if a.ndim == 3 else a)),
        "as many steps",
    ),
    "NaN targets": (drawing(set_to("targets", (0, 0), np.nan)), "targets: finite"),
    "weight in the padding": (drawing(set_to("weight", slice(None), 1.0)), "weight: 0 is expected in the padding"),
    "nothing judged": (drawing(set_to("judged", slice(None), False)), "judged: something"),
    "no length": (drawing(set_to("length", 0, 0)), "length: 1 to"),
    "judged short": (drawing(lambda trials: replace(trials, judged=trials.judged[:, :-1])), "judged"),
    "epoch outside": (
        drawing(lambda trials: replace(trials, epochs={"delay": trials.epochs["delay"] + 1000})),
        r"epochs\['delay'\]: \[start, stop\)",
    ),
    "score above 1": (
        spoiled(score=lambda self, outputs, trials: {"performance": np.full(outputs.shape[:2], 1.2)}),
        r"performance in \[0, 1\] is expected, found 1.2",
    ),
    "score of all trials": (spoiled(score=lambda self, outputs, trials: {"performance": 0.5}), "score: performance"),
    "score without performance": (spoiled(score=lambda self, outputs, trials: {}), "score: failed with KeyError"),
    "constant input of another length": (
        spoiled(constant_inputs=lambda self: {"silence": np.zeros(1)}),
        r"constant_inputs\['silence'\]: \d finite numbers",
    ),
    "no constant input": (spoiled(constant_inputs=lambda self: {}), "constant_inputs: at least one"),
    "no such condition": (
        spoiled(variables=lambda self: [Variable("colour", "linear")], colour_variable=lambda self: "angle"),
        "variables: a name among the conditions .* found 'colour'",
    ),
    "a continuous class": (
        spoiled(variables=lambda self: [Variable("angle", "class")]),
        "variables: classes that recur",
    ),
}


@pytest.mark.parametrize(("task", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named(task: MemoryPro, message: str) -> None:
    with pytest.raises(AtlasError, match=message) as caught:
        check_task(task)
    assert "memory_pro.py" in str(caught.value) or "test_check.py" in str(caught.value)


@pytest.mark.parametrize("name", ["TASK", "Settings"])
def test_a_file_without_its_task_or_settings_is_told_so(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(memory_pro, name)
    with pytest.raises(AtlasError, match=rf"memory_pro.py › {name}: a task's file defines it"):
        get_task("memory_pro")
    if name == "Settings":
        with pytest.raises(AtlasError, match="Settings"):
            study_model(["memory_pro"])


def test_a_method_that_is_not_written_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    unfinished = type("Unfinished", (Task,), {"draw": MemoryPro.draw, "variables": MemoryPro.variables})
    monkeypatch.setattr(memory_pro, "TASK", unfinished)
    with pytest.raises(AtlasError, match="constant_inputs: this method is expected"):
        get_task("memory_pro")


def test_padding_may_hold_anything_but_weight() -> None:
    def change(trials: Any) -> Any:
        inputs = np.where(trials.valid()[:, :, None], trials.inputs, 7.0).astype(np.float32)
        return replace(trials, inputs=inputs)

    check_task(drawing(change))


def test_noise_of_the_task_is_no_mistake() -> None:
    check_task(ContextIntegration(get_task("context_integration").settings))
