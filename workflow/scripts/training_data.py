"""Data of the figure of the training curves."""

from rnnatlas.artifacts.schemas import FIGURE
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.figures.training_curves import curve_data
from rnnatlas.job import job
from rnnatlas.networks.files import read_ensemble

with job(snakemake) as cfg:
    data = {}
    pairs = [(task, place) for task, places in cfg["ensembles"].items() for place in places]
    for (task, place), file in zip(pairs, snakemake.input, strict=True):
        record = read_ensemble(file).training
        if record is None:  # networks that chains begin with were not trained here
            continue
        name = place["name"].replace("/", " ")
        arrays = curve_data(record.loss, record.penalty, record.accepted, place["round"])
        data |= {f"{task}|{name}|{key}": array for key, array in arrays.items()}
    write_artifact(snakemake.output[0], FIGURE, data, cfg, "training_data")
