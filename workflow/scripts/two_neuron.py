"""The two-neuron network: trained, classified, charted."""

from rnnatlas.artifacts.charting_schemas import TWO_NEURON
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.charting.two_neuron.chart import chart
from rnnatlas.config.charting import TwoNeuronSettings
from rnnatlas.job import job

with job(snakemake) as cfg:
    settings = TwoNeuronSettings.model_validate(cfg["two_neuron"])
    table = chart(settings, cfg["seed"], snakemake.threads)
    told = {name: cfg["two_neuron"][name] for name in ("end", "step", "largest", "solved")}
    write_artifact(snakemake.output[0], TWO_NEURON, table, cfg, "two_neuron", told)
