"""Data of the figure of the training curves."""

from rnnatlas.artifacts.schemas import FIGURE
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.figures.training_curves import curve_data
from rnnatlas.job import job
from rnnatlas.networks.files import read_ensemble

with job(snakemake) as cfg:
    data = {}
    places = [(task, place) for task in cfg["tasks"] for place in cfg["ensembles"]]
    for (task, place), file in zip(places, snakemake.input, strict=True):
        record = read_ensemble(file).training
        name = place["name"].replace("/", " ")
        arrays = curve_data(record.loss, record.penalty, record.accepted, place["round"])
        data |= {f"{task}|{name}|{key}": array for key, array in arrays.items()}
    write_artifact(snakemake.output[0], FIGURE, data, cfg, "training_data")
