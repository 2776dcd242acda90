"""Whether a study can be done: what takes its tasks' trials or its files' content to tell, asked before any job starts.

``config/consistent.py`` checks the keys against each other. Here trials are drawn as the jobs will draw them, a few at most, and the
user's own files are read as their jobs will read them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnatlas.config.study import Study
from rnnatlas.config.training import TrainingSettings
from rnnatlas.decoding.protocol import sessions
from rnnatlas.deflation.references import own_references
from rnnatlas.errors import AtlasError
from rnnatlas.plan import ensembles
from rnnatlas.similarity.dynamical import check_embedding
from rnnatlas.similarity.hidden import Samples
from rnnatlas.similarity.recording_dynamics import check_lengths
from rnnatlas.similarity.recordings import read_recording
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.check import check_task
from rnnatlas.tasks.registry import get_task
from rnnatlas.tasks.task import Task
from rnnatlas.tasks.trials import Trials
from rnnatlas.training.lessons import lessons_of

_MOST = 512  # trials drawn for a check


def check_study(study: Study, source: str) -> None:
    """Raise ``AtlasError`` for the first condition that does not hold, naming the key in ``source`` or the file."""
    for name in study.tasks:
        task = get_task(name, **study.of(name).trial.plain())
        _check_task(source, name, task)
        drawn = _analysis_trials(study, name, task)
        units = _units(study, source, name, task)
        _check_embedding(study, source, name, drawn, units)
        _check_folds(study, source, name, drawn)
        _check_lessons(source, f"task.{name}", task, study.of(name).training)
        _check_lessons(source, f"task.{name}.deflation", task, study.of(name).deflation.training)
        _check_training(study, source, name, drawn)
        _check_loads(study, source, name, task)
        _check_decoding(study, source, name, task)
    for name in study.charting.tasks if study.charting.run or study.charting.compare else ():
        task = get_task(name, **study.of(name).trial.plain())
        _check_task(source, name, task)
        _check_charted(source, name, task)
        _check_lessons(source, f"task.{name}", task, study.of(name).training)
    for own in study.recording.values():
        recording = read_recording(own.file, get_task(own.task, **study.of(own.task).trial.plain()))
        check_lengths(recording, study.analysis.similarity.delays)


def _check_task(source: str, name: str, task: Task[Any]) -> None:
    """The task keeps what it promises. Where it does with its own settings, the study's are to blame, else its file."""
    try:
        check_task(task)
    except AtlasError as error:
        own = type(task.settings)()
        changed = [key for key, value in task.settings.plain().items() if value != own.plain()[key]]
        if not changed:
            raise
        check_task(type(task)(own))
        raise AtlasError(
            source, f"task.{name}.trial", f"with these settings, {error.key}: {error.expected}",
            f"change what differs from the task's own settings: {', '.join(changed)}",
        ) from error  # fmt: skip


def _analysis_trials(study: Study, name: str, task: Task[Any]) -> Trials:
    """The analysis trials, without their noise; the first draw of the job is this one."""
    return task.draw(min(study.analysis.trials, _MOST), generator(study.seed, name, "trials", "analysis"))


def _counted(study: Study) -> tuple[list[str], list[str]]:
    """Populations and sets of chains that are compared: the study's own, and the controls that are asked for."""
    run = study.controls.run
    populations = study.populations + (study.controls.populations if run else [])
    return populations, study.chains + (study.controls.chains if run else [])


def _units(study: Study, source: str, name: str, task: Task[Any]) -> dict[str, int]:
    """The number of units of each ensemble that is compared, more than outputs: else the readout leaves no null space to compare."""
    part, outputs = study.of(name), len(task.output_names)
    populations, chains = _counted(study)
    found = {f"task.{name}.network.units": part.network.units}
    found |= {f"population.{p}.units": study.population[p].units for p in populations if study.population[p].units}
    for place in ensembles.compared(study, name, (), chains):
        begun = place.name.removeprefix("standard/").removesuffix("_reference")
        for file in ensembles.reference_file(study, begun) if place.round == -1 else ():
            found[f"chain.{begun}.reference"] = own_references(file, task, study.chain[begun].number(name)).units
    for key, units in found.items():
        if units <= outputs:
            raise AtlasError(source, key, f"more units than the {outputs} outputs of {name} are expected, found {units}: the readout would leave no null space, in which networks are compared", "take more units")  # fmt: skip
    return found


def _check_embedding(study: Study, source: str, name: str, drawn: Trials, units: dict[str, int]) -> None:
    """The trials that DSA is fitted on have windows enough for its delays, and coordinates enough for its rank."""
    own = study.analysis.similarity
    lengths = drawn.length[: own.dsa_trials]
    for key, count in units.items():
        try:
            check_embedding(np.maximum(lengths - own.delays + 1, 0), own.delays * count, own.delays, own.rank)
        except AtlasError as error:
            wrong = "delays" if error.key == "n_delays" else str(error.key)
            raise AtlasError(source, f"analysis.similarity.{wrong}", f"{error.expected}; {name} has trials of {lengths.min()} to {lengths.max()} steps, and {key} is {count}", error.remedy) from error  # fmt: skip


def _check_folds(study: Study, source: str, name: str, drawn: Trials) -> None:
    """Readers of hidden solutions are fitted on as many trials as folds."""
    own = study.analysis.hidden
    if not ensembles.compared(study, name, (), study.chains) or drawn.count < study.analysis.trials:
        return
    fitted = Samples.draw(drawn, max(own.samples), generator(study.seed, "hidden samples"))
    trials = len(np.unique(fitted.trial[: min(own.samples)]))
    if trials < own.folds:
        raise AtlasError(source, "analysis.hidden.folds", f"at most {trials} are expected, found {own.folds}: the smallest of analysis.hidden.samples, {min(own.samples)}, come from {trials} of {drawn.count} analysis trials of {name}", "lower it, or raise analysis.trials or the samples")  # fmt: skip


def _check_training(study: Study, source: str, name: str, drawn: Trials) -> None:
    """Every training step of alternatives compares a time step of each trial at least."""
    stride, shortest = study.of(name).deflation.stride, int(drawn.length.min())
    if stride > shortest and ensembles.compared(study, name, (), _counted(study)[1]):
        raise AtlasError(source, f"task.{name}.deflation.stride", f"at most the {shortest} steps of the shortest trial are expected, found {stride}", "lower it")  # fmt: skip


def _check_charted(source: str, name: str, task: Task[Any]) -> None:
    """The task says what all its trials are, and which lie beyond (some of these as trained); by which inputs it branches; and where its activity is looked at."""
    trials = task.extrapolated()
    try:
        given = task.complete(), trials, task.branching(), task.stretches()
    except AtlasError as error:
        raise AtlasError(source, f"task.{name}.{error.key}", error.expected, error.remedy) from error
    if any(each is None for each in given) or trials is None:
        raise AtlasError(source, "charting.tasks", f"tasks with complete(), extrapolated(), branching() and stretches() are expected, {name!r} lacks one", "let its file define them (docs/add_a_task.md), or take it out")  # fmt: skip
    inside = task.trained(trials)
    if not inside.any() or inside.all():
        raise AtlasError(source, f"task.{name}.trial", f"trials within and beyond the trained range are expected on the chart of extrapolation, found {int(inside.sum())} of {len(inside)} within", "widen its range (beyond)")  # fmt: skip


def _check_lessons(source: str, where: str, task: Task[Any], settings: TrainingSettings) -> None:
    """The task has the set of trials that it is trained on."""
    try:
        lessons_of(task, settings)
    except AtlasError as error:
        raise AtlasError(source, f"{where}.{error.key}", error.expected, error.remedy) from error


def _check_loads(study: Study, source: str, name: str, task: Task[Any]) -> None:
    """At each load of the hard grid something is judged."""
    hard = study.of(name).hard
    for number, load in enumerate(hard.load):
        rng = generator(study.seed, name, "trials", f"hard_{number}")
        if not task.draw(min(hard.trials, _MOST), rng, load).judged.any():
            raise AtlasError(source, f"task.{name}.hard.load.{number}", f"a load at which something is judged is expected, found {load:g}: its trials end before", "raise it, or lower trial.settle")  # fmt: skip


def _check_decoding(study: Study, source: str, name: str, task: Task[Any]) -> None:
    """Bins fit into the epoch that is decoded, and its variables vary."""
    try:
        sessions(task, study.analysis.decoding, study.seed)
    except AtlasError as error:
        raise AtlasError(source, error.key, f"{error.expected} (task {name})", error.remedy) from error
