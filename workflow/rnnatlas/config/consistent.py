"""What no single key can tell: names that serve as folders, lists against definitions, times against the step.

Every message names the key, what was found and what to do. What needs a task's trials or a file's content is checked by
``plan/conditions.py``, before any job starts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rnnatlas.config.base import Section
from rnnatlas.config.study import NAME, Study
from rnnatlas.errors import AtlasError, nearest

MOST_STEPS = 100_000  # of a trial: beyond, a training holds gigabytes for each network
RESERVED = ("claims", "figures", "logs")  # folders beside those of tasks


def check_consistent(source: str, study: Study) -> None:
    """Raise ``AtlasError`` for the first condition between keys that does not hold."""
    _check_names(source, study)
    _check_lists(source, study)
    for name, settings in study.recording.items():
        if settings.task not in study.tasks:
            found = f"one of the study's tasks is expected ({', '.join(study.tasks)}), found {settings.task!r}"
            raise AtlasError(source, f"recording.{name}.task", found, "add it to 'tasks', or leave the recording out")
        _check_path(source, f"recording.{name}.file", settings.file)
    for name in dict.fromkeys([*study.chains, *study.controls.chains]):
        _check_chains(source, study, name)
    _check_activity(source, study)
    _check_charting(source, study)
    _check_repeats(source, study)
    for task in study.all_tasks:
        _check_times(source, study, task)


def named(study: Study) -> dict[str, tuple[list[str], str, Mapping[str, Any]]]:
    """The lists that name definitions, by key: the names, what they are called, and the definitions."""
    populations, chains = (("population", study.population), ("chain", study.chain))
    return {
        "populations": (study.populations, *populations),
        "architectures": (study.architectures, *populations),
        "controls.populations": (study.controls.populations, *populations),
        "charting.populations": (study.charting.populations, *populations),
        "chains": (study.chains, *chains),
        "controls.chains": (study.controls.chains, *chains),
    }


def _check_names(source: str, study: Study) -> None:
    """Names that become folders, once each."""
    listed = {"tasks": study.tasks, "charting.tasks": study.charting.tasks, "recording": list(study.recording)}
    listed |= {key: names for key, (names, *_) in named(study).items()}
    for key, names in listed.items():
        if len(set(names)) < len(names):
            raise AtlasError(source, key, f"different names are expected, found {names}", "name each once")
        for name in names:
            _check_folder(source, key, name)
    _check_folder(source, "run", study.run)
    for task in study.all_tasks:
        if task in RESERVED:
            raise AtlasError(source, "tasks", f"another name than {', '.join(RESERVED)} is expected, which are folders of the results, found {task!r}", "rename the task's file")  # fmt: skip
    for name in study.population:
        chains, begun, rest = name.rpartition("_reference")
        if begun and not rest and chains in study.chain:
            raise AtlasError(source, f"population.{name}", f"another name is expected: what the chains {chains!r} begin with is called so", "choose another name")  # fmt: skip


def _check_folder(source: str, key: str, name: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", name):
        allowed = "letters, digits, '_', '.' and '-' are expected, since the name becomes a folder"
    elif not re.search(r"[A-Za-z0-9]", name) or name.startswith(("-", ".")):
        allowed = "a name that begins with a letter, digit or '_' and is more than dots is expected, since it becomes a folder"
    elif len(name) > NAME:
        allowed = f"{NAME} characters at most are expected"
    else:
        return
    raise AtlasError(source, key, f"{allowed}, found {name!r}", "choose another name")


def _check_lists(source: str, study: Study) -> None:
    """Each listed name is defined, and in one list alone: what is named twice would be compared with itself."""
    lists = named(study)
    for key, (names, section, defined) in lists.items():
        for name in names:
            if name not in defined:
                raise AtlasError(source, key, f"{name!r} is not defined; there are {', '.join(defined)}", f"{nearest(name, defined)} define it under {section!r}".strip())  # fmt: skip
    for first, second in (("charting.populations", "populations"), ("charting.populations", "architectures"), ("charting.populations", "controls.populations"), ("populations", "architectures"), ("populations", "controls.populations"), ("architectures", "controls.populations"), ("chains", "controls.chains")):  # fmt: skip
        if both := [name for name in lists[first][0] if name in lists[second][0]]:
            raise AtlasError(source, second, f"other names than those of {first!r} are expected, found {both[0]!r} in both", "take it out of one of the two lists")  # fmt: skip


def _check_path(source: str, key: str, path: str) -> None:
    if any(sign in path for sign in "{}\n\0"):
        raise AtlasError(source, key, f"a path without braces and line ends is expected (Snakemake reads them as wildcards), found {path!r}", "rename or link the file")  # fmt: skip


def _check_chains(source: str, study: Study, name: str) -> None:
    chains = study.chain[name]
    if name in study.chains and chains.tasks and not set(chains.tasks) & set(study.tasks):
        raise AtlasError(source, f"chain.{name}.tasks", f"one of the study's tasks ({', '.join(study.tasks)}) is expected, found {chains.tasks}: no alternative would be trained", f"add one, or take {name!r} out of 'chains'")  # fmt: skip
    _check_path(source, f"chain.{name}.reference", chains.reference)
    for task in chains.chains_in:
        if task not in study.tasks:
            raise AtlasError(source, f"chain.{name}.chains_in.{task}", f"one of the study's tasks ({', '.join(study.tasks)}) is expected", nearest(task, study.tasks) or "leave it out")  # fmt: skip


def _check_activity(source: str, study: Study) -> None:
    """``activity`` names an ensemble that is trained, and not with these networks themselves."""
    counts = [*study.populations, *study.architectures, *(study.controls.populations if study.controls.run else ())]
    trained = dict.fromkeys([*study.populations, *study.architectures, *study.controls.populations])
    made = {f"standard/{name}": study.population[name].activity for name in trained}
    chains = dict.fromkeys([*study.chains, *study.controls.chains])
    for name in chains:
        made |= {f"alternatives/{name}_alt{number}": "" for number in range(1, study.chain[name].rounds + 1)}
    for name in counts:
        key, wanted = f"population.{name}.activity", study.population[name].activity
        if not wanted:
            continue
        if wanted not in made:
            raise AtlasError(source, key, f"an ensemble of this study is expected ({', '.join(made)}), found {wanted!r}", f"{nearest(wanted, made)} name one, list its population or set of chains, or take {name!r} out of the populations".strip())  # fmt: skip
        seen, queue = set(), [wanted]
        while queue:
            ensemble = queue.pop()
            if ensemble not in seen:
                seen.add(ensemble)
                queue += _trained_after(study, ensemble, made)
        if f"standard/{name}" in seen:
            raise AtlasError(source, key, f"an ensemble that can be trained before these networks is expected, but {wanted!r} waits for them", "name another one, or list this population as a control alone")  # fmt: skip


def _trained_after(study: Study, ensemble: str, made: Mapping[str, str]) -> list[str]:
    """What an ensemble waits for."""
    kind, _, name = ensemble.partition("/")
    if kind == "standard":
        return [made[ensemble]] if made.get(ensemble) else []
    standard = study.chain[name.rpartition("_alt")[0]].reference == "standard"
    return [f"standard/{population}" for population in study.populations] if standard else []


def _check_charting(source: str, study: Study) -> None:
    """What is charted are tasks, each with a population."""
    own = study.charting
    if own.run and not own.tasks:
        raise AtlasError(source, "charting.tasks", "one task at least is expected where charting.run is true", "name one, or leave charting.run out")  # fmt: skip
    for task in own.tasks if own.run else ():
        if not any(task in (study.population[name].tasks or own.tasks) for name in own.populations):
            raise AtlasError(source, "charting.populations", f"a population that has the task {task!r} is expected, found {own.populations}", "add one, or take the task out of charting.tasks")  # fmt: skip


def _check_repeats(source: str, study: Study) -> None:
    """What repeats a population is like it, is charted, and is trained on sets of trials, which alone have an order."""
    others = [*study.populations, *study.architectures, *study.controls.populations]
    for name in dict.fromkeys([*study.charting.populations, *others]):
        own = study.population[name]
        if not own.repeats:
            continue
        key, other = f"population.{name}.repeats", study.population.get(own.repeats)
        if other is None or own.repeats == name:
            raise AtlasError(source, key, f"another population is expected, found {own.repeats!r}", nearest(own.repeats, study.population) or "name one")  # fmt: skip
        differ = [
            one
            for one in ("cell", "units", "weights", "gain", "members", "schedule", "activity")
            if getattr(own, one) != getattr(other, one)
        ]
        if differ or other.repeats:
            raise AtlasError(source, key, f"a population of the same cell, units, weights, gain, members, schedule and activity is expected, which repeats none itself; {own.repeats!r} differs in {', '.join(differ or ['repeats'])}", "make them alike")  # fmt: skip
        if own.schedule != "standard":
            raise AtlasError(source, f"population.{name}.schedule", "the schedule 'standard' is expected of a population that repeats another: that of alternatives has no sets of trials", "leave it out")  # fmt: skip
        missing = set(own.tasks or study.charting.tasks) - set(other.tasks or study.charting.tasks)
        if own.repeats not in study.charting.populations or missing & set(study.charting.tasks):
            raise AtlasError(source, key, f"a population that is charted on the same tasks is expected, found {own.repeats!r}", "add it to charting.populations, or to its tasks")  # fmt: skip
        if name in others:
            raise AtlasError(source, key, "a population of charting.populations alone is expected: the others are trained on fresh trials, which have no order", "list it there, or leave repeats empty")  # fmt: skip
        for task in study.charting.tasks:
            if task in (own.tasks or study.charting.tasks) and study.of(task).training.trials == "fresh":
                raise AtlasError(source, f"task.{task}.training.trials", f"a set of trials is expected, since the population {name!r} repeats another in another order", "give 'complete' or a number, or take that population out")  # fmt: skip


def _check_times(source: str, study: Study, task: str) -> None:
    """The leak is 1 at most, and a trial of some length but not without end, at every load."""
    part, where = study.of(task), f"task.{task}"
    dt = part.trial.dt
    if part.network.tau < dt:
        found = f"at least dt = {dt:g} ms is expected, found {part.network.tau:g}"
        raise AtlasError(source, f"{where}.network.tau", found, "shorten trial.dt or lengthen tau")
    loads, longest = part.hard.load, 0.0
    for key, value in sorted(_durations(part.trial), key=lambda item: -item[1]):
        if value / dt > MOST_STEPS:
            raise AtlasError(source, f"{where}.trial.{key}", f"{MOST_STEPS} steps at most are expected: {value:g} ms are {value / dt:.3g} steps of dt = {dt:g} ms", "shorten it, or lengthen trial.dt")  # fmt: skip
        longest = max(longest, value)
    for number, load in enumerate(loads):
        if longest * load / dt > MOST_STEPS:
            raise AtlasError(source, f"{where}.hard.load.{number}", f"{MOST_STEPS} steps at most are expected: {load:g} times {longest:g} ms are {longest * load / dt:.3g} steps", "lower it")  # fmt: skip


def _durations(trial: Section) -> Iterator[tuple[str, float]]:
    """The settings of a task that are in ms, and the upper ends of those that are ranges."""
    for key, field in type(trial).model_fields.items():
        extra = field.json_schema_extra
        if isinstance(extra, dict) and extra.get("unit") == "ms" and key != "dt":
            value = getattr(trial, key)
            for number in value if isinstance(value, (list, tuple)) else (value,):
                if isinstance(number, (int, float)):
                    yield key, float(number)
