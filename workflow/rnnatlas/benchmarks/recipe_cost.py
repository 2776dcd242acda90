"""Core-seconds of an alternative by the first recipe and by the present one: ``python -m rnnatlas.benchmarks.recipe_cost`` (in ``make bench``).

What a step costs does not depend on the weights: a few steps of each round are timed against untrained references at each time step of the
recipe, the two recipes in turn, and the whole training is what its steps come to. Whether alternatives are competent and decoupled is the
studies' to say (claims A1 and A3).
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import yaml

from rnnatlas.arrays import Count
from rnnatlas.config.defaults import TASKS
from rnnatlas.config.load import merged
from rnnatlas.config.study import TaskStudy, task_study_model
from rnnatlas.config.training import TrainingSettings
from rnnatlas.deflation.chains import Chains, deflate
from rnnatlas.engine.native_engine import NativeEngine
from rnnatlas.tasks.registry import get_task
from rnnatlas.training.member import Member
from rnnatlas.training.run import TrainingRun
from rnnatlas.training.schedule import BLOCK
from rnnatlas.training.standard import fresh_networks

FIRST = Path("config/presets/first_recipe.yaml")
STEPS = 3 * BLOCK  # that are timed


def recipes(task: str, first: dict[str, Any]) -> dict[str, TaskStudy]:
    """The task's part of the default study, and the same under the overrides of the first recipe."""
    model = task_study_model(task)
    return {
        "first": model.model_validate(merged(TASKS[task], first["task"][task])),
        "now": model.model_validate(TASKS[task]),
    }


def shares(training: TrainingSettings) -> dict[float, float]:
    """The share of the steps that each time step is expected to have."""
    late = training.late if training.late_time_steps else 0.0
    found: dict[float, float] = {}
    for among, share in ((training.time_steps, 1.0 - late), (training.late_time_steps, late)):
        for step in among if share else ():
            found[step] = found.get(step, 0.0) + share / len(among)
    return found


def seconds_a_step(task_name: str, part: TaskStudy, round_: Count, time_step: float, repetitions: Count = 3) -> float:
    """Core-seconds of one step of alternatives of ``round_`` at one time step, the least of the repetitions; one network, one core."""
    task = get_task(task_name, **part.trial.model_dump())
    who = [Member((0, "recipe cost"), 0)]
    chains = Chains([fresh_networks(task, part.network, 1.0, [Member((0, "earlier", k), 0)]) for k in range(round_)])
    spent: list[float] = []
    for _ in range(repetitions):
        took: list[float] = []
        for steps in (BLOCK, BLOCK + STEPS):  # what is no step (the acceptance trials) is in both
            brief = {"steps": steps, "time_steps": [time_step], "late_time_steps": [], "acceptance_trials": 1}
            settings = part.deflation.model_copy(update={"training": part.deflation.training.model_copy(update=brief)})
            begun = time.process_time()
            deflate(chains, task, settings, TrainingRun(who, NativeEngine(1), 1, task_name), part.network)
            took.append(time.process_time() - begun)
        spent.append((took[1] - took[0]) / STEPS)
    return min(spent)


def core_seconds(task: str, part: TaskStudy, round_: Count) -> float:
    """Of a whole training of one alternative."""
    training = part.deflation.training
    mean = sum(share * seconds_a_step(task, part, round_, step) for step, share in shares(training).items())
    return training.steps * mean


def main(path: Path = FIRST, rounds: int = 3) -> int:
    """Print a table; the exit status is 1 where a first alternative of some task costs more than a quarter of the first recipe's."""
    first = yaml.safe_load(path.read_text(encoding="utf-8"))
    worst = float("inf")
    for task in TASKS:
        for round_ in range(1, rounds + 1):
            spent = {name: core_seconds(task, part, round_) for name, part in recipes(task, first).items()}
            ratio = spent["first"] / spent["now"]
            worst = min(worst, ratio) if round_ == 1 else worst
            print(
                f"{task} alt-{round_}: first recipe {spent['first']:.0f} s, now {spent['now']:.1f} s, {ratio:.1f} times"
            )
    return int(worst < 4.0)


if __name__ == "__main__":
    sys.exit(main())
