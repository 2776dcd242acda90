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
from rnnatlas.provenance.code import code_digests

try:
    STUDY = load_study(config, " + ".join(map(os.path.relpath, workflow.configfiles)))
except AtlasError as error:
    raise WorkflowError(str(error)) from None

SCRIPTS = Path(workflow.basedir) / "workflow" / "scripts"
ENVIRONMENT = str(Path(workflow.basedir) / "envs" / "rnnatlas.yaml")
ANALYSIS_ENGINE = (
    "auto" if STUDY.engine == "cuda" else STUDY.engine
)  # only trainings ask for a GPU
LOADS = {task: range(len(STUDY.of(task).hard.load)) for task in STUDY.tasks}


wildcard_constraints:
    task="|".join(STUDY.tasks),
    population="|".join(STUDY.populations),
    chains="|".join(STUDY.chains) or "none",
    ensemble=r"(standard|alternatives)/[^/]+",
    round=r"\d+",
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


def ensembles():
    """All ensembles of a task, standard populations first: folder, set of chains, round."""
    standard = [
        {"name": f"standard/{name}", "chains": "", "round": 0}
        for name in STUDY.populations
    ]
    rounds = [
        {"name": f"alternatives/{name}_alt{number}", "chains": name, "round": number}
        for name in STUDY.chains
        for number in range(1, STUDY.chain[name].rounds + 1)
    ]
    return standard + rounds


def of_ensembles(file):
    """``file`` of every ensemble of the job's task."""
    return lambda wildcards: [
        path(f"{wildcards.task}/{place['name']}/{file}") for place in ensembles()
    ]


def networks_before(wildcards):
    """What a round of alternatives is trained against: the standard populations, and the chains' earlier rounds."""
    standard = [
        f"{wildcards.task}/standard/{name}/networks.h5" for name in STUDY.populations
    ]
    rounds = [
        f"{wildcards.task}/alternatives/{wildcards.chains}_alt{number}/networks.h5"
        for number in range(1, int(wildcards.round))
    ]
    return {
        "standard": [path(name) for name in standard],
        "earlier": [path(name) for name in rounds],
    }


def task_cfg(task, *sections):
    """The root seed, the task with its own settings, and the named sections of its part of the study."""
    part = STUDY.of(task).plain()
    return {
        "seed": STUDY.seed,
        "task": task,
        **{name: part[name] for name in sorted({"trial", *sections})},
    }


def chains_cfg(name):
    """A set of chains without its number of rounds, which no single round depends on."""
    settings = STUDY.chain[name].plain()
    return {key: settings[key] for key in sorted(settings) if key != "rounds"}


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


def analyses(task):
    """Every analysis of a task."""
    files = [path(f"{task}/{name}.h5") for name in ("similarity", "embedding")]
    return files + [
        path(f"{task}/{place['name']}/{name}.h5")
        for place in ensembles()
        for name in ("fixed_points", "generalisation")
    ]
