"""Figure data of several tasks in one artifact: the arrays of each task under its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rnnatlas.arrays import Array


def joined(
    tasks: Sequence[str], folders: Sequence[str], arrays: Callable[[str, str], Mapping[str, Array]]
) -> dict[str, Array]:
    """``arrays(task, folder)`` of every task, each name with ``<task>/`` before it."""
    pairs = zip(tasks, folders, strict=True)
    return {f"{task}/{key}": array for task, folder in pairs for key, array in arrays(task, folder).items()}


def by_task(data: Mapping[str, Array]) -> list[dict[str, Array]]:
    """What was joined: the arrays of each task by their own names, tasks in the order in which they stand in ``data``."""
    parts: dict[str, dict[str, Array]] = {}
    for key, array in data.items():
        task, name = key.split("/", 1)
        parts.setdefault(task, {})[name] = array
    return list(parts.values())
