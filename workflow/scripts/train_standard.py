"""Standard networks: one population of one task."""

from collections.abc import Sequence
from contextlib import ExitStack

import numpy as np

from rnnatlas.beacon import Beacon
from rnnatlas.config.population import PopulationSettings
from rnnatlas.config.training import NetworkSettings, TrainingSettings
from rnnatlas.engine.select import select_engine
from rnnatlas.job import identity, job
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.files import read_ensemble, write_ensemble
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.registry import get_task
from rnnatlas.training.activity import ActivityPenalty, activity_level
from rnnatlas.training.attempts import fit_until_accepted
from rnnatlas.training.checkpoint import Checkpoint
from rnnatlas.training.member import Member
from rnnatlas.training.run import TrainingRun
from rnnatlas.training.standard import fresh_networks, network_of

ACTIVITY_TRIALS = 128

with job(snakemake) as cfg:
    task = get_task(cfg["task"], **cfg["trial"])
    engine = select_engine(cfg["engine"], snakemake.threads, snakemake.resources.get("gpu", 0))
    population = PopulationSettings.model_validate(cfg["population"])
    stream = tuple(cfg["fresh"]["stream"])
    members = [Member(stream, index, order=cfg["fresh"].get("order", "")) for index in range(population.members)]
    network = network_of(population, NetworkSettings.model_validate(cfg["network"]))
    settings = TrainingSettings.model_validate(cfg["training"])
    penalty = None
    if population.activity:
        models = read_ensemble(snakemake.input[0])
        trials = task.batch(ACTIVITY_TRIALS, generator(*stream, "activity trials"))
        penalty = ActivityPenalty(float(np.median(activity_level(models, trials, cfg["seed"], engine))))
    label = f"{cfg['task']} {snakemake.wildcards.population}"
    with ExitStack() as kept:

        def fresh(who: Sequence[Member]) -> Ensemble:  # noqa: D103
            return fresh_networks(task, network, cfg["fresh"]["gain"], who)

        def run_of(who: Sequence[Member]) -> TrainingRun:  # noqa: D103
            folder, own = identity(snakemake, engine.name)
            own |= {"attempt": who[0].attempt} if who[0].attempt else {}
            checkpoint = kept.enter_context(Checkpoint(folder, own).held())
            return TrainingRun(who, engine, snakemake.threads, label, checkpoint, Beacon(snakemake.log[0]))

        trained = fit_until_accepted(fresh, task, settings, members, run_of, penalty)
        write_ensemble(snakemake.output[0], trained, cfg, "train_standard", engine.name)
