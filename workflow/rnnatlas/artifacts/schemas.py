"""The artifacts of a study, all in one place: what stands in ``results/<run>/``. docs/artifacts.md is made from this."""

from rnnatlas.artifacts.behaviour_schemas import DECODING, GENERALISATION
from rnnatlas.artifacts.dynamics_schemas import ATTRACTORS, FINER_STEPS, FIXED_POINTS, LIMIT_SETS
from rnnatlas.artifacts.figure_schema import FIGURE
from rnnatlas.artifacts.map_schema import MAP
from rnnatlas.artifacts.recording_schema import RECORDING
from rnnatlas.artifacts.similarity_schemas import EMBEDDING, HIDDEN, MEASURES, METRIC, SIMILARITY, TABLE
from rnnatlas.artifacts.training_schemas import NETWORKS, TRIALS

SCHEMAS = {
    schema.name: schema
    for schema in (
        TRIALS, NETWORKS, TABLE, FIXED_POINTS, LIMIT_SETS, ATTRACTORS, DECODING, SIMILARITY, MEASURES, HIDDEN, EMBEDDING,
        GENERALISATION, FINER_STEPS, METRIC, MAP, RECORDING, FIGURE,
    )
}  # fmt: skip
