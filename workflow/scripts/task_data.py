"""Data of the figure of the tasks: example trials and a standard network's answers."""

from rnnatlas.artifacts.schemas import FIGURE
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.artifacts.trials_file import read_trials
from rnnatlas.engine.select import select_engine
from rnnatlas.figures.task_data import task_data
from rnnatlas.job import job
from rnnatlas.networks.files import read_ensemble
from rnnatlas.tasks.registry import get_task

with job(snakemake) as cfg:
    engine = select_engine(cfg["engine"])
    data = {}
    for part, networks, trials in zip(cfg["tasks"], snakemake.input.networks, snakemake.input.trials, strict=True):
        task = get_task(part["task"], **part["trial"])
        arrays = task_data(task, read_trials(trials), read_ensemble(networks), engine)
        data |= {f"{part['task']}/{key}": array for key, array in arrays.items()}
    write_artifact(snakemake.output[0], FIGURE, data, cfg, "task_data")
