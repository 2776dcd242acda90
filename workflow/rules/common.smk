"""The study that runs, and where its artifacts lie. All helpers of the rules are here."""

import os
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError

# Jobs inherit PYTHONPATH, so that scripts find the library of this checkout in any environment.
LIBRARY = str(Path(workflow.basedir) / "workflow")
sys.path.insert(0, LIBRARY)
os.environ.update(PYTHONPATH=LIBRARY)

from rnnatlas.config.load import load_study
from rnnatlas.errors import AtlasError
from rnnatlas.networks.files import stored_cell
from rnnatlas.provenance.code import code_digests
from rnnatlas.tasks.check import check_task
from rnnatlas.tasks.registry import get_task

try:
    STUDY = load_study(config, " + ".join(map(os.path.relpath, workflow.configfiles)))
    # A mistake in a task of one's own is found before training.
    for task in STUDY.tasks:
        check_task(get_task(task, **STUDY.of(task).trial.plain()))
except AtlasError as error:
    raise WorkflowError(str(error)) from None

SCRIPTS = Path(workflow.basedir) / "workflow" / "scripts"
ENVIRONMENT = str(Path(workflow.basedir) / "envs" / "rnnatlas.yaml")
ANALYSIS_ENGINE = (
    "auto" if STUDY.engine == "cuda" else STUDY.engine
)  # only trainings ask for a GPU
LOADS = {task: range(len(STUDY.of(task).hard.load)) for task in STUDY.tasks}


STANDARD = [*STUDY.populations, *STUDY.architectures, *STUDY.controls.populations]
CHAINS = [*STUDY.chains, *STUDY.controls.chains]


wildcard_constraints:
    task="|".join(STUDY.tasks),
    population="|".join(STANDARD),
    chains="|".join(CHAINS) or "none",
    ensemble=r"(standard|alternatives)/[^/]+",
    round=r"\d+",
    recording="|".join(STUDY.recording) or "none",
    set=r"analysis|test|hard_\d+",


def path(name):
    """A file of this study."""
    return f"results/{STUDY.run}/{name}"


def log_path(name):
    """Where a rule's log goes."""
    return f"results/{STUDY.run}/logs/{name}.log"


def code(script, tasks=()):
    """The digests of the code that a rule's script depends on, for the task of the job, or for ``tasks``."""
    return lambda wildcards: code_digests(
        SCRIPTS / script, *tasks, wildcards.get("task")
    )


def ensembles(task, populations=STUDY.populations, chains=STUDY.chains):
    """The ensembles of a task that are compared, standard populations first: folder, set of chains, round.

    What a set of chains begins with, where this is no standard population, has round -1.
    """
    chosen = {name: STUDY.chain[name] for name in chains}
    mine = {n: c for n, c in chosen.items() if task in (c.tasks or STUDY.tasks)}
    places = [(f"standard/{name}", "", 0) for name in populations]
    places += [
        (f"standard/{name}_reference", "", -1)
        for name, settings in mine.items()
        if settings.reference != "standard"
    ]
    places += [
        (f"alternatives/{name}_alt{number}", name, number)
        for name, settings in mine.items()
        for number in range(1, settings.rounds + 1)
    ]
    return [dict(zip(("name", "chains", "round"), place)) for place in places]


def controls(task):
    """The ensembles of a task's controls, with the standard networks that they are compared with."""
    populations = [*STUDY.populations, *STUDY.controls.populations]
    return ensembles(task, populations, STUDY.controls.chains)


def controlled(task):
    """Whether the controls of a task are asked for, or at hand."""
    at_hand = Path(path(f"{task}/controls/similarity.h5")).exists()
    return STUDY.controls.run or at_hand


def compared(task):
    """The ensembles of a task, with those of its controls if they are asked for or at hand."""
    own = ensembles(task)
    more = controls(task) if controlled(task) else []
    return own + [place for place in more if place not in own]


def of_ensembles(file, places=ensembles):
    """``file`` of every ensemble of the job's task."""
    return lambda wildcards: [
        path(f"{wildcards.task}/{place['name']}/{file}")
        for place in places(wildcards.task)
    ]


def begins(chains):
    """The populations that a set of chains begins with."""
    if STUDY.chain[chains].reference == "standard":
        return STUDY.populations
    return [f"{chains}_reference"]


def networks_before(wildcards):
    """What a round of alternatives is trained against: networks to begin with, and the chains' earlier rounds."""
    standard = [
        f"{wildcards.task}/standard/{name}/networks.h5"
        for name in begins(wildcards.chains)
    ]
    rounds = [
        f"{wildcards.task}/alternatives/{wildcards.chains}_alt{number}/networks.h5"
        for number in range(1, int(wildcards.round))
    ]
    return {
        "standard": [path(name) for name in standard],
        "earlier": [path(name) for name in rounds],
    }


def fresh(task, ensemble):
    """How the networks of an ensemble are drawn before training: their gain, and the stream of all that is random in it."""
    kind, name = ensemble.split("/")
    if kind == "alternatives":
        chains, _, number = name.rpartition("_alt")
        words, gain = ["alternatives", chains, int(number)], STUDY.chain[chains].gain
    elif name in STUDY.population:
        words, gain = ["standard", name], STUDY.population[name].gain
    else:
        chains = name.removesuffix("_reference")
        words, gain = ["references", chains], STUDY.chain[chains].gain
    return {"fresh": {"gain": gain, "stream": [STUDY.seed, task, *words]}}


def population_cfg(wildcards):
    """What a population is trained with: the settings of its own schedule, its cell and number of units."""
    settings = STUDY.population[wildcards.population]
    cfg = task_cfg(wildcards.task, "network", "training")
    part = STUDY.of(wildcards.task)
    if settings.schedule == "alternatives":
        cfg["training"] = part.deflation.training.plain()
    drawn = fresh(wildcards.task, f"standard/{wildcards.population}")
    return cfg | drawn | {"engine": STUDY.engine, "population": settings.plain()}


def activity_of(wildcards):
    """The ensemble whose activity a population is to have, if any."""
    name = STUDY.population[wildcards.population].activity
    return [path(f"{wildcards.task}/{name}/networks.h5")] if name else []


def cell_of(task, ensemble):
    """The cell of an ensemble: its population's, that of the file a set of chains begins with, or the task's networks'."""
    name = ensemble.removeprefix("standard/")
    own = STUDY.population[name].cell if name in STUDY.population else "task"
    chains, begun, _ = name.rpartition("_reference")
    if begun and chains in CHAINS:
        own = next(map(stored_cell, reference_file(chains)), own)
    return STUDY.of(task).network.cell if own == "task" else own


def fixed_points_of(wildcards):
    """The fixed points of a job's ensemble, where they can be sought."""
    rate = cell_of(wildcards.task, wildcards.ensemble) == "rate"
    return (
        [path(f"{wildcards.task}/{wildcards.ensemble}/fixed_points.h5")] if rate else []
    )


def rate_networks(wildcards):
    """The networks of a job's ensemble, whose fixed points are sought; stops the study where they cannot be."""
    cell = cell_of(wildcards.task, wildcards.ensemble)
    if cell != "rate":
        place = f"{wildcards.task}/{wildcards.ensemble}"
        raise WorkflowError(
            f"{place}: fixed points are sought for rate units only, found the cell {cell!r}\n"
            "  → ask for targets without them, such as "
            + path(f"{place}/limit_sets.h5")
            + ", decoding.h5 and generalisation.h5 beside it, or "
            + path(f"{wildcards.task}/similarity.h5")
            + "; or give gated networks as a population with a cell of its own (architectures), beside rate networks"
        )
    return path(f"{wildcards.task}/{wildcards.ensemble}/networks.h5")


def task_cfg(task, *sections):
    """The root seed, the task with its own settings, and the named sections of its part of the study."""
    part = STUDY.of(task).plain()
    return {
        "seed": STUDY.seed,
        "task": task,
        **{name: part[name] for name in sorted({"trial", *sections})},
    }


def chains_cfg(name):
    """A set of chains without its tasks and its number of rounds, which no single round depends on."""
    settings = STUDY.chain[name].plain()
    return {
        key: settings[key] for key in sorted(settings) if key not in ("rounds", "tasks")
    }


def reference_file(name):
    """The user's own networks that a set of chains begins with, if any."""
    reference = STUDY.chain[name].reference
    return [] if reference in ("standard", "untrained") else [reference]


def trial_set(task, name):
    """What tells a trial set from the others: its size, and for the hard grid its load."""
    if not name.startswith("hard_"):
        sizes = {"analysis": STUDY.analysis.trials, "test": STUDY.analysis.test_trials}
        return {"count": sizes[name], "load": None, "set": name}
    hard = STUDY.of(task).hard
    return {
        "count": hard.trials,
        "load": hard.load[int(name.removeprefix("hard_"))],
        "set": name,
    }


def drawn(name, caption, category, shows):
    """The files of a figure; the PNG stands in the report, under the name of what it shows."""
    labels = {"figure": name.removeprefix("figure_"), "shows": shows.replace("_", " ")}
    png = path(f"figures/{name}.png")
    shown = report(png, caption=caption, category=category, labels=labels)
    return [path(f"figures/{name}.pdf"), path(f"figures/{name}.svg"), shown]


EACH = (
    "fixed_points",
    "limit_sets",
    "attractors",
    "decoding",
    "generalisation",
    "finer_steps",
)


NEED_RATE = ("fixed_points", "attractors", "finer_steps")


def of_ensemble(task, place):
    """The analyses of one ensemble; of a user's own gated networks, to begin chains with, those that gated cells have."""
    gated = place["round"] == -1 and cell_of(task, place["name"]) != "rate"
    kinds = [kind for kind in EACH if not (gated and kind in NEED_RATE)]
    return [path(f"{task}/{place['name']}/{kind}.h5") for kind in kinds]


def analyses(task):
    """Every analysis of a task."""
    whole = ("similarity", "embedding", "measures", "hidden")
    return (
        [path(f"{task}/{name}.h5") for name in whole]
        + [file for place in ensembles(task) for file in of_ensemble(task, place)]
        + [path(f"{task}/standard/{n}/limit_sets.h5") for n in STUDY.architectures]
    )


def control_analyses(task):
    """Every analysis of a task's controls, if they are asked for or at hand."""
    if not controlled(task):
        return []
    own = [place for place in compared(task) if place not in ensembles(task)]
    whole = ("similarity", "embedding")
    return [path(f"{task}/controls/{name}.h5") for name in whole] + [
        file for place in own for file in of_ensemble(task, place)
    ]
