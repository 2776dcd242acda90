"""A recording among the networks of its task."""

from rnnatlas.artifacts.recording_schema import RECORDING
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.config.analysis import SimilaritySettings
from rnnatlas.config.recording import RecordingAnalysisSettings
from rnnatlas.engine.select import select_engine
from rnnatlas.job import job, warn
from rnnatlas.networks.gather import Gathered
from rnnatlas.similarity.recording_comparison import compare_recording
from rnnatlas.similarity.recording_inputs import input_dependence
from rnnatlas.similarity.recordings import read_recording
from rnnatlas.tasks.registry import get_task

with job(snakemake) as cfg:
    task = get_task(cfg["task"], **cfg["trial"])
    engine = select_engine(cfg["engine"], snakemake.threads)
    recording = read_recording(snakemake.input.recording, task)
    dependence = input_dependence(recording, cfg["seed"])
    print(dependence)
    if dependence.doubtful:
        warn(f"{recording.file}: {dependence}: check that `inputs` stand in the order of the trials of `rates`")
    table, view = compare_recording(
        recording,
        Gathered.read(cfg["ensembles"], snakemake.input.networks),
        task.settings.dt,
        RecordingAnalysisSettings.model_validate(cfg["recording"]),
        SimilaritySettings.model_validate(cfg["similarity"]),
        cfg["seed"],
        engine,
        snakemake.threads,
    )
    attributes = {
        "title": f"{cfg['name']}: {task.title}",
        "trials": len(recording.rates),
        "conditions": recording.conditions,
        "units": recording.rates.shape[2],
        "dropped": recording.dropped,
        "components": view.components,
        "rank": view.rank,
        "inputs_r2": dependence.r2,
        "inputs_r2_permuted": dependence.permuted,
        "inputs_p": dependence.p,
        "engine": engine.name,
    }
    write_artifact(snakemake.output[0], RECORDING, table, cfg, "recording", attributes)
