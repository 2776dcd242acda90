"""What a job is given of the study: just the settings that it uses, as sorted plain values, for Snakemake to compare."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rnnatlas.config.study import Study
from rnnatlas.plan import ensembles as places
from rnnatlas.tasks.branching import OF_GRAPHS

Wildcards = Mapping[str, str]

_OF_TASK = ("trial", "network", "training", "deflation", "hard")


def analysis_engine(study: Study) -> str:
    """The engine of what is no training: only trainings ask for a GPU."""
    return "auto" if study.engine == "cuda" else study.engine


def settings(study: Study, wildcards: Wildcards, uses: str) -> dict[str, Any]:
    """The root seed, and what the words of ``uses`` name: ``task`` with its own settings, sections of the task's part of the study,
    sections of ``analysis``, ``engine``, ``ensembles`` (of the job's own networks or controls), ``fresh``, and what stands in
    ``_MORE``."""
    found: dict[str, Any] = {"seed": study.seed}
    for word in uses.split():
        found |= _named(study, wildcards, word)
    return dict(sorted(found.items()))


def _named(study: Study, wildcards: Wildcards, word: str) -> dict[str, Any]:
    task = wildcards.get("task", "")
    if word == "task":
        return {"task": task, "trial": _trial(study, task)}
    if word in _OF_TASK:
        return {word: getattr(study.of(task), word).plain()}
    if word in _MORE:
        return _MORE[word](study, wildcards)
    return {word: getattr(study.analysis, word).plain()}


def _trial(study: Study, task: str) -> dict[str, Any]:
    """A task's settings without those that reduced graphs alone have: no network is trained again for these."""
    plain = study.of(task).trial.plain()
    return {key: value for key, value in plain.items() if not key.startswith(OF_GRAPHS)}


def _reduced(study: Study, task: str) -> dict[str, Any]:
    """The thresholds of reduced graphs, and all settings of a job's task."""
    found: dict[str, Any] = {"reduced": study.charting.reduced.plain()}
    return found | ({"trial": study.of(task).trial.plain()} if task else {})


def _ensembles(study: Study, wildcards: Wildcards) -> dict[str, Any]:
    chosen = places.controls if wildcards.get("among") else places.own
    return {"ensembles": [place._asdict() for place in chosen(study, wildcards["task"])]}


def _population(study: Study, wildcards: Wildcards) -> dict[str, Any]:
    """A population with the settings of its own schedule."""
    population, part = study.population[wildcards["population"]], study.of(wildcards["task"])
    training = part.deflation.training if population.schedule == "alternatives" else part.training
    drawn = places.fresh(study, wildcards["task"], f"standard/{wildcards['population']}")
    plain = {key: value for key, value in population.plain().items() if key != "tasks"}
    return {"fresh": drawn, "population": plain, "training": training.plain()}


def _chains(study: Study, wildcards: Wildcards) -> dict[str, Any]:
    """A set of chains without its tasks and its number of rounds, which no single round depends on, with its number in this task; a first
    round has no alternative to start from."""
    own = study.chain[wildcards["chains"]]
    apart = {"rounds", "tasks", "chains_in"} | ({"start"} if wildcards.get("round", "1") == "1" else set())
    plain = {key: value for key, value in own.plain().items() if key not in apart}
    return {"chains": plain | {"chains": own.number(wildcards["task"])}}


def _round(study: Study, wildcards: Wildcards) -> dict[str, Any]:
    chains, number = wildcards["chains"], int(wildcards["round"])
    drawn = places.fresh(study, wildcards["task"], f"alternatives/{chains}_alt{number}")
    return {"fresh": drawn, "name": chains, "populations": places.begins(study, chains), "round": number}


def _reference(study: Study, wildcards: Wildcards) -> dict[str, Any]:
    return {"fresh": places.fresh(study, wildcards["task"], f"standard/{wildcards['chains']}_reference")}


def _trial_set(study: Study, wildcards: Wildcards) -> dict[str, Any]:
    """What tells a trial set from the others: its size, and for the hard grid its load."""
    name = wildcards["set"]
    if not name.startswith("hard_"):
        sizes = {"analysis": study.analysis.trials, "test": study.analysis.test_trials}
        return {"count": sizes[name], "load": None, "set": name}
    hard = study.of(wildcards["task"]).hard
    return {"count": hard.trials, "load": hard.load[int(name.removeprefix("hard_"))], "set": name}


_MORE: dict[str, Callable[[Study, Wildcards], dict[str, Any]]] = {
    "first_task": lambda study, _: _named(study, {"task": study.tasks[0]}, "task"),
    "charted_tasks": lambda study, _: {
        "charted_tasks": {name: study.of(name).trial.plain() for name in study.charting.tasks}
    },
    "reduced": lambda study, w: _reduced(study, w.get("task", "")),
    "two_neuron": lambda study, _: {"two_neuron": study.charting.two_neuron.plain()},
    "engine": lambda study, _: {"engine": analysis_engine(study)},
    "training_engine": lambda study, _: {"engine": study.engine},
    "ensembles": _ensembles,
    "fresh": lambda study, w: {"fresh": places.fresh(study, w["task"], w["ensemble"])},
    "ridge": lambda study, _: {"ridge": study.analysis.similarity.ridge},
    "population": _population,
    "chains": _chains,
    "round": _round,
    "reference": _reference,
    "trial_set": _trial_set,
    "recording_name": lambda _, w: {"name": w["recording"]},
}
