"""The study that runs, where its artifacts lie, and what rules ask of it."""

import os
import shlex
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger

# Found from this file, so that the workflow also serves as a module of another. Jobs inherit PYTHONPATH: scripts find the library of
# this checkout in any environment. They draw without a screen: the backend of a notebook that Snakemake was started from is not
# installed where jobs run.
CHECKOUT = Path(workflow.current_basedir.get_path_or_uri(secret_free=True)).parents[1]
LIBRARY = str(CHECKOUT / "workflow")
sys.path.insert(0, LIBRARY)
os.environ.update(PYTHONPATH=LIBRARY, MPLBACKEND="agg")

# Snakemake writes the interpreter's path into the shell commands of its jobs as it is: where it has spaces, it is to stand quoted.
if Path(sys.executable).exists():
    sys.executable = shlex.quote(sys.executable)

from rnnatlas.claims.catalogue import GROUPS
from rnnatlas.config.document import refuse_edited
from rnnatlas.config.load import load_study
from rnnatlas.display.begin import begin
from rnnatlas.errors import AtlasError
from rnnatlas.figures.caption import Caption, ScorecardCaption
from rnnatlas.measures import of_artifact
from rnnatlas.plan import ensembles
from rnnatlas.plan.plan import Plan
from rnnatlas.plan.settings import settings
from rnnatlas.plan.taken import TRAINING_USES
from rnnatlas.provenance.code import code_digests

try:
    refuse_edited(CHECKOUT / "config" / "config.yaml")
    GIVEN = " + ".join(map(os.path.relpath, workflow.configfiles)) or "configuration"
    STUDY = load_study(config, GIVEN)
    # What cannot be done is found before anything is trained; jobs need not ask again.
    if workflow.is_main_process:
        from rnnatlas.plan.conditions import check_study

        check_study(STUDY, GIVEN)
except AtlasError as error:
    raise WorkflowError(str(error)) from None

SCRIPTS = CHECKOUT / "workflow" / "scripts"


pathvars:
    results=f"results/{STUDY.run}",
    logs="<results>/logs",


PLAN = Plan(STUDY, "<results>", Path(workflow.pathvars.apply("<results>")))
if workflow.is_main_process:
    try:
        PLAN.check_taken()
    except AtlasError as error:
        raise WorkflowError(str(error)) from None

STANDARD = [*STUDY.populations, *STUDY.architectures, *STUDY.controls.populations]
STANDARD += STUDY.charting.populations if STUDY.charted else []
CHAINS = [*STUDY.chains, *STUDY.controls.chains]


# Where the run's record lies, for the display (`--logger rnnatlas`) and `make status`.
onstart:
    logger.info("", extra=begin(workflow, STUDY, log))


wildcard_constraints:
    task="|".join(STUDY.all_tasks),
    population="|".join(STANDARD),
    chains="|".join(CHAINS) or "none",
    ensemble=r"(standard|alternatives)/[^/]+",
    among=r"(controls/)?",
    round=r"\d+",
    recording="|".join(STUDY.recording) or "none",
    set=r"analysis|test|hard_\d+",
    group="|".join(GROUPS),


def job(script, uses="", cfg=None, modules=lambda w: ()):
    """Parameters of a rule: its script, what it is given (``cfg``, else the settings that ``uses`` names), and the digests of the code
    that it runs, with that of the ``modules`` that it loads by name."""
    return dict(
        script=script,
        cfg=(lambda w: settings(STUDY, w, uses)) if cfg is None else cfg,
        code=lambda w: code_digests(
            SCRIPTS / f"{script}.py", w.get("task"), modules=modules(w)
        ),
    )


def training(script):
    """Parameters of a training; of networks that another study has, those of taking them from there instead."""

    def chosen(w):
        file = taken(w)
        own = job(script, uses=TRAINING_USES[script])
        own |= job("take_networks", cfg={"networks_from": file}) if file else {}
        return {
            key: value(w) if callable(value) else value for key, value in own.items()
        }

    return {key: lambda w, key=key: chosen(w)[key] for key in ("script", "cfg", "code")}


def taken(w):
    """The file of another study that a job's networks are taken from, if any; stops the study where they are others."""
    try:
        return PLAN.taken(w)
    except AtlasError as error:
        raise WorkflowError(str(error)) from None


def measures_of(kind):
    """The modules of the measures whose matrices stand in a kind of artifact."""
    return lambda w: [f"similarity.measures.{one.name}" for one in of_artifact(kind)]


def of_ensembles(kind):
    """The file of one kind of every ensemble that the job compares."""
    return lambda w: PLAN.of_ensembles(kind, w.task, w.get("among", ""))


def networks_before(w):
    """What a round of alternatives is trained against: networks to begin with, and the chains' earlier rounds. Of networks that are
    taken, their file."""
    if file := taken(w):
        return {"networks": file}
    earlier = [f"alternatives/{w.chains}_alt{k}" for k in range(1, int(w.round))]
    standard = [f"standard/{name}" for name in ensembles.begins(STUDY, w.chains)]
    return {
        "standard": [PLAN.path(f"{w.task}/{name}/networks.h5") for name in standard],
        "earlier": [PLAN.path(f"{w.task}/{name}/networks.h5") for name in earlier],
    }


def activity_of(w):
    """The ensemble whose activity a population is to have, if any. Of networks that are taken, their file."""
    if file := taken(w):
        return [file]
    name = STUDY.population[w.population].activity
    return [PLAN.path(f"{w.task}/{name}/networks.h5")] if name else []


def rate_networks(w):
    """The networks of a job's ensemble, for an analysis of rate units; stops the study where they are others."""
    try:
        ensembles.refuse_gated(STUDY, w.task, w.ensemble, str(PLAN.at_hand))
    except AtlasError as error:
        raise WorkflowError(str(error)) from None
    return PLAN.path(f"{w.task}/{w.ensemble}/networks.h5")


def refuse_uncharted(w):
    raise WorkflowError(
        "this figure is of charted populations, which this study does not train: ask for them with --config 'charting={\"run\":true}', "
        "or charting.run in the study's file"
    )
