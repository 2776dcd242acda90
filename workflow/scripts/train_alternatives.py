"""One round of alternatives of one set of chains."""

from rnnatlas.beacon import Beacon
from rnnatlas.config.population import ChainSettings
from rnnatlas.config.training import DeflationSettings, NetworkSettings
from rnnatlas.deflation.chains import Chains, begin_chains, deflate
from rnnatlas.deflation.references import choose_references
from rnnatlas.engine.select import select_engine
from rnnatlas.job import identity, job
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.files import write_ensemble
from rnnatlas.tasks.registry import get_task
from rnnatlas.training.checkpoint import Checkpoint
from rnnatlas.training.member import Member
from rnnatlas.training.run import TrainingRun

with job(snakemake) as cfg:
    task = get_task(cfg["task"], **cfg["trial"])
    engine = select_engine(cfg["engine"], snakemake.threads, snakemake.resources.get("gpu", 0))
    standard = {
        name: Ensemble.from_file(file) for name, file in zip(cfg["populations"], snakemake.input.standard, strict=True)
    }
    chains = ChainSettings.model_validate(cfg["chains"])
    start = begin_chains(standard, choose_references(standard, chains.chains))
    settings = chains.deflation(DeflationSettings.model_validate(cfg["deflation"]))
    earlier = [Ensemble.from_file(file) for file in snakemake.input.get("earlier", [])]
    members = [Member(tuple(cfg["fresh"]["stream"]), index) for index in range(chains.chains)]
    label = f"{cfg['task']} {cfg['name']} alt-{cfg['round']}"
    with Checkpoint(*identity(snakemake, engine.name)).held() as checkpoint:
        trained = deflate(
            Chains([*start.solutions, *earlier], start.record),
            task,
            settings,
            TrainingRun(members, engine, snakemake.threads, label, checkpoint, Beacon(snakemake.log[0])),
            NetworkSettings.model_validate(cfg["network"]),
            cfg["fresh"]["gain"],
            chains.measure,
            chains.start,
        )
        write_ensemble(snakemake.output[0], trained, cfg, "train_alternatives", engine.name)
