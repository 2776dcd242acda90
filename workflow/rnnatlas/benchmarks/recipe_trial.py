"""One recipe for alternatives, tried: what it costs, how competent its networks are, and how far from all earlier ones.

``python -m rnnatlas.benchmarks.recipe_trial results/<run> TASK`` judges the chains that a study has trained so far in the same way.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.config.population import ChainSettings
from rnnatlas.config.study import TaskStudy
from rnnatlas.deflation.chains import Chains, begin_chains, deflate
from rnnatlas.engine.native_engine import NativeEngine
from rnnatlas.errors import AtlasError
from rnnatlas.generalisation.finer_steps import performance_by_step
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.gather import Gathered, Place
from rnnatlas.similarity.networks import compare_networks
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.registry import get_task
from rnnatlas.training.loop import fit
from rnnatlas.training.member import Member
from rnnatlas.training.run import TrainingRun
from rnnatlas.training.standard import fresh_networks

TRIALS, TEST_TRIALS, RIDGE = 128, 128, 1e-8  # of the held-out predictivity, as in a study


@dataclass(frozen=True)
class Round:
    """One round of a trial; round 0 holds the standard networks, which have no earlier solution.

    ``seconds`` of one core a network by the process clock; ``performance`` under private noise as trained, at dt, dt/2, dt/4;
    ``similarity`` is the held-out null-space predictivity of each earlier solution of the chain, the reference first.
    """

    number: int
    seconds: float
    performance: Float[Array, "member factor"]
    similarity: Float[Array, "member earlier"]


def try_recipe(
    task_name: str, part: TaskStudy, chain: ChainSettings, seed: int, members: int, rounds: int
) -> list[Round]:
    """Train ``members`` standard networks and as many chains of ``rounds`` alternatives on them by ``part`` and ``chain``, on one core and
    on streams that no study uses (named by ``seed``), and judge them on trials of their own."""
    task, engine = get_task(task_name, **part.trial.model_dump()), NativeEngine(1)
    solutions, found = Chains([]).solutions, []
    for number in range(rounds + 1):
        who = [Member((seed, "recipe", "standard" if number == 0 else f"alt{number}"), k) for k in range(members)]
        run = TrainingRun(who, engine, 1, f"{task_name} round {number}")
        begun = time.process_time()
        if number == 0:
            trained = fit(fresh_networks(task, part.network, chain.gain, who), task, part.training, run)
        else:
            given = (chain.deflation(part.deflation), run, part.network, chain.gain, chain.measure, chain.start)
            trained = deflate(Chains(solutions), task, *given)
        seconds = (time.process_time() - begun) / members
        solutions = [*solutions, Ensemble(trained.parameters, trained.cell)]
        found.append(Round(number, seconds, *judged(solutions, task, seed, engine)))
    return found


def judged(solutions: list[Ensemble], task: Any, seed: int, engine: NativeEngine) -> tuple[Array, Array]:
    """Of the last round: performance by step, and the predictivity of each earlier solution of the same chain."""
    fit_set, test_set = (
        task.batch(count, generator(seed, "recipe", name)) for name, count in (("fit", TRIALS), ("test", TEST_TRIALS))
    )
    performance = performance_by_step(solutions[-1], task, test_set, seed, engine)["noisy"]
    members, earlier = solutions[-1].members, len(solutions) - 1
    if earlier == 0:
        return performance, np.zeros((members, 0))
    places = [Place(f"round{i}") for i in range(earlier + 1)]
    table = compare_networks(Gathered(places, solutions), task, fit_set, test_set, RIDGE, seed, engine)["null"]
    mine = earlier * members + np.arange(members)
    return performance, np.stack([table[mine, i * members + np.arange(members)] for i in range(earlier)], 1)


def judge_study(results: Path, task_name: str, chains: str = "insd", seed: int = 12345) -> list[str]:
    """A line for each round that a study under ``results`` has: accepted chains, median performance at dt, dt/2, dt/4, the largest S of an
    earlier solution (median and range over chains), and the loss from dt to dt/4. For chains that begin with standard networks."""
    task, engine, folder = get_task(task_name), NativeEngine(1), results / task_name
    count = len(list(folder.glob(f"alternatives/{chains}_alt*/networks.h5")))
    rounds = [Ensemble.from_file(folder / f"alternatives/{chains}_alt{k}/networks.h5") for k in range(1, count + 1)]
    begun = rounds[0].chain if rounds else None
    if begun is None:
        raise AtlasError(folder, f"alternatives/{chains}_alt1", "chains that begin with standard networks are expected, found none", "train them, or name others")  # fmt: skip
    references = list(zip(map(str, begun.reference_population), map(int, begun.reference_member), strict=True))
    standard = {name: Ensemble.from_file(folder / f"standard/{name}/networks.h5") for name, _ in references}
    solutions, lines = begin_chains(standard, references).solutions, list[str]()
    for number in range(len(rounds) + 1):
        if number:
            solutions = [*solutions, Ensemble(rounds[number - 1].parameters, rounds[number - 1].cell)]
        performance, similarity = judged(solutions, task, seed, engine)
        text = f"round {number}: performance {np.round(np.median(performance, 0), 3).tolist()}"
        if number:
            record, worst = rounds[number - 1].training, similarity.max(1)
            accepted = 0 if record is None else int(record.accepted.sum())
            text += f", {accepted} of {len(worst)} accepted, S {np.median(worst):.3f} ({worst.min():.3f} to {worst.max():.3f})"
            text += f", loss from dt to dt/4 {np.median(performance[:, 0] - performance[:, -1]):.3f}"
        lines.append(text)
    return lines


if __name__ == "__main__":
    print("\n".join(judge_study(Path(sys.argv[1]), sys.argv[2])))
