"""Find a task by the name of its file."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from rnnatlas.config.base import settings_of
from rnnatlas.errors import AtlasError, nearest
from rnnatlas.tasks.task import Task

_NOT_TASKS = {
    "__init__",
    "branching",
    "check",
    "normals",
    "per_time",
    "pulses",
    "registry",
    "stretches",
    "task",
    "trials",
}


def task_names() -> list[str]:
    """Names of all tasks: the modules of this package that define one."""
    found = {path.stem for path in Path(__file__).parent.glob("*.py")} - _NOT_TASKS
    return sorted(name for name in found if name.isidentifier())  # what editors leave behind is no module


def check_task_name(name: str, key: str, source: str | None = None) -> None:
    """Raise ``AtlasError`` if no file defines the task ``name`` that stands at ``key``."""
    if name not in task_names():
        raise AtlasError(
            source,
            key,
            f"no task is called {name!r}; there are {', '.join(task_names())}",
            nearest(name, task_names()) or "add its file under workflow/rnnatlas/tasks (docs/add_a_task.md)",
        )


def task_module(name: str) -> ModuleType:
    """The module of a task; raises ``AtlasError`` if it does not define ``TASK`` and ``Settings``."""
    module = import_module(f"rnnatlas.tasks.{name}")
    missing = [word for word in ("TASK", "Settings") if not hasattr(module, word)]
    if missing:
        raise AtlasError(
            module.__file__, missing[0], "a task's file defines it, found none",
            "end the file with TASK = <your class>, and call the settings Settings (docs/add_a_task.md)",
        )  # fmt: skip
    return module


def get_task(name: str, **settings: Any) -> Task[Any]:
    """The task called ``name`` with its settings changed by ``settings``; raises ``AtlasError`` if there is none, if its file
    does not define one, or for a setting that it does not have. ``check_task`` looks into it."""
    check_task_name(name, "task")
    module = task_module(name)
    if unwritten := sorted(getattr(module.TASK, "__abstractmethods__", ())):
        raise AtlasError(
            module.__file__, unwritten[0], "this method is expected, found none", "write it (docs/add_a_task.md)"
        )
    return module.TASK(settings_of(module.Settings, settings))
