"""Standard networks: one population of one task."""

from rnnatlas.config.training import NetworkSettings, TrainingSettings
from rnnatlas.engine.select import select_engine
from rnnatlas.job import identity, job
from rnnatlas.networks.files import write_ensemble
from rnnatlas.tasks.registry import get_task
from rnnatlas.training.batches import Member
from rnnatlas.training.checkpoint import Checkpoint
from rnnatlas.training.loop import fit
from rnnatlas.training.standard import fresh_networks

with job(snakemake) as cfg:
    task = get_task(cfg["task"], **cfg["trial"])
    engine = select_engine(cfg["engine"], snakemake.threads, snakemake.resources.get("gpu", 0))
    stream = (cfg["seed"], cfg["task"], "standard", cfg["name"])
    members = [Member(stream, index) for index in range(cfg["population"]["members"])]
    network = NetworkSettings.model_validate(cfg["network"])
    settings = TrainingSettings.model_validate(cfg["training"])
    fresh = fresh_networks(task, network, cfg["population"]["gain"], members)
    what = f"{cfg['task']} {cfg['name']}"
    with Checkpoint(*identity(snakemake, engine.name)).held() as checkpoint:
        trained = fit(fresh, task, settings, members, engine, None, what, snakemake.threads, checkpoint)
        write_ensemble(snakemake.output[0], trained, cfg, "train_standard", engine.name)
