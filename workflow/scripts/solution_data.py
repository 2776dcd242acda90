"""Data of the figure of one task's solutions."""

from rnnatlas.artifacts.trials_file import read_trials
from rnnatlas.claims.evidence import Evidence
from rnnatlas.engine.select import select_engine
from rnnatlas.figures.solution_data import solution_data, write_solution_data
from rnnatlas.job import job
from rnnatlas.networks.files import read_ensemble
from rnnatlas.tasks.registry import get_task

with job(snakemake) as cfg:
    task = get_task(cfg["task"], **cfg["trial"])
    names = [place["name"] for place in cfg["ensembles"]]
    networks = {name: read_ensemble(file) for name, file in zip(names, snakemake.input.networks, strict=True)}
    data = solution_data(
        Evidence.read(cfg["task"], snakemake.params.folder),
        networks,
        task,
        read_trials(snakemake.input.trials),
        select_engine(cfg["engine"], snakemake.threads),
    )
    alpha = networks[names[0]].cell.alpha
    write_solution_data(snakemake.output[0], data, task, alpha, cfg)
