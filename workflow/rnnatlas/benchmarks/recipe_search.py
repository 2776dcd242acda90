"""Recipes for alternatives, searched by successive halving: ``python -m rnnatlas.benchmarks.recipe_search TASK FOLDER``.

Every rung tries the recipes that are left on networks of its own seed, whose streams no study uses, keeps the better half and looks at more:
one network and one round, two rounds, two networks and three rounds, four networks. The targets are those of claims A1, A3 and A12: each
earlier solution of a chain predicted at 0.10 at most, and performance within 0.03 of the standard networks' at dt, dt/2 and dt/4. A recipe's
``miss`` is its worst number, over rounds, in units of its target, each number a median over networks: at most 1 where all targets are met.
Among recipes that meet them the cheapest comes first, among others the nearest. ``docs/recipe.md`` has what was found.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from rnnatlas.benchmarks.recipe_trial import Round, try_recipe
from rnnatlas.config.defaults import TASKS
from rnnatlas.config.load import merged
from rnnatlas.config.population import ChainSettings
from rnnatlas.config.study import task_study_model
from rnnatlas.streams.keys import generator

SIMILARITY, LOSS = 0.10, 0.03  # the targets
RUNGS = ((1, 1), (1, 2), (2, 3), (4, 3))  # networks and rounds
SEED = 7_310_000  # of the first rung; the seeds of studies are small
RECIPES = 12  # at the first rung

# What is varied, by the keys of a task's part of a study; "chain" stands for the set of chains.
SPACES: dict[str, dict[str, list[Any]]] = {
    "flip_flop": {
        "deflation.training.steps": [1200, 1600, 2000, 2600],
        "deflation.training.learning_rate": [0.016, 0.02, 0.025],
        "deflation.strength": [0.3, 0.5, 1.0],
        "deflation.stride": [1, 2],
        "chain.start": [0.0, 0.85, 0.95],
    },
    "context_integration": {
        "deflation.training.steps": [1200, 1600, 2000, 2600],
        "deflation.training.learning_rate": [0.012, 0.016, 0.02],
        "deflation.strength": [0.5, 1.0],
        "deflation.stride": [2, 3],
        "chain.start": [0.0, 0.7, 0.85],
    },
    "memory_pro": {
        "deflation.training.steps": [4000, 6000],
        "deflation.training.learning_rate": [0.01, 0.014],
        "deflation.strength": [0.1, 0.15, 0.2],
        "deflation.full": [0.15, 0.4],
        "deflation.training.late": [0.0, 0.25],
        "deflation.stride": [2, 3],
        "chain.start": [0.5, 0.85],
    },
}


@dataclass(frozen=True)
class Judged:
    """A recipe at one rung: core-seconds of a network of a round, the worst over rounds, and its ``miss`` with what it is made of."""

    recipe: dict[str, Any]
    seconds: float
    miss: float
    similarity: list[float]
    loss: list[float]

    @property
    def order(self) -> tuple[float, float]:
        """Smaller is better."""
        return (1.0, self.seconds) if self.miss <= 1.0 else (self.miss, self.seconds)


def recipes(task: str, count: int = RECIPES) -> list[dict[str, Any]]:
    """So many points of the task's space, drawn without replacement from a stream of the search's own."""
    space = SPACES[task]
    every = [dict(zip(space, values, strict=True)) for values in product(*space.values())]
    chosen = generator(SEED, "recipes", task).choice(len(every), min(count, len(every)), replace=False)
    return [every[int(k)] for k in chosen]


def judge(recipe: dict[str, Any], rounds: list[Round]) -> Judged:
    """What a trial says of its recipe."""
    standard = np.median(rounds[0].performance, axis=0)
    similarity = [float(np.median(one.similarity.max(axis=1))) for one in rounds[1:]]
    loss = [float(np.median((standard - one.performance).max(axis=1))) for one in rounds[1:]]
    miss = max(max(similarity) / SIMILARITY, max(loss) / LOSS)
    return Judged(recipe, max(one.seconds for one in rounds[1:]), miss, similarity, loss)


def tried(task: str, recipe: dict[str, Any], seed: int, members: int, rounds: int) -> Judged:
    """One recipe on ``members`` networks and as many chains of ``rounds`` rounds."""
    values: dict[str, Any] = TASKS[task]
    chain: dict[str, Any] = {"start": 0.85}
    for key, value in recipe.items():
        first, *rest = key.split(".")
        if first == "chain":
            chain[rest[0]] = value
        else:
            values = merged(values, _nested([first, *rest], value))
    part = task_study_model(task).model_validate(values)
    return judge(recipe, try_recipe(task, part, ChainSettings.model_validate(chain), seed, members, rounds))


def _nested(keys: list[str], value: Any) -> dict[str, Any]:
    return {keys[0]: _nested(keys[1:], value) if keys[1:] else value}


def search(task: str, folder: Path) -> Iterator[list[Judged]]:
    """The rungs, each sorted; every trial is kept in ``folder`` and not done twice, so that a search goes on where it was stopped."""
    left = recipes(task)
    for rung, (members, rounds) in enumerate(RUNGS):
        found = [_remembered(folder / task, task, recipe, SEED + rung, members, rounds) for recipe in left]
        found.sort(key=lambda judged: judged.order)
        yield found
        left = [judged.recipe for judged in found[: (len(found) + 1) // 2]]


def _remembered(folder: Path, task: str, recipe: dict[str, Any], seed: int, members: int, rounds: int) -> Judged:
    folder.mkdir(parents=True, exist_ok=True)
    name = "_".join(str(value) for value in recipe.values())
    file = folder / f"{seed}_{name}.json"
    if file.exists():
        return Judged(**json.loads(file.read_text(encoding="utf-8")))
    judged = tried(task, recipe, seed, members, rounds)
    file.write_text(json.dumps(vars(judged)), encoding="utf-8")
    return judged


def table(rung: int, found: list[Judged]) -> str:
    """A rung in Markdown."""
    keys = list(found[0].recipe)
    members, rounds = RUNGS[rung]
    lines = [f"Rung {rung + 1}: {members} network(s), {rounds} round(s)", ""]
    lines.append(f"| {' | '.join(key.split('.')[-1] for key in keys)} | core-s | miss | S by round | loss by round |")
    lines.append("|---" * (len(keys) + 4) + "|")
    for one in found:
        numbers = (" ".join(f"{value:.3f}" for value in values) for values in (one.similarity, one.loss))
        cells = [*(str(one.recipe[key]) for key in keys), f"{one.seconds:.0f}", f"{one.miss:.2f}", *numbers]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    for number, rung in enumerate(search(sys.argv[1], Path(sys.argv[2]))):
        print(f"{table(number, rung)}\n", flush=True)
