"""The kinds of artifacts of a study, all in one place: what stands in ``results/<run>/``. docs/artifacts.md is made from this.

A schema is found by the name of its kind, so that a job depends on the schemas of what it reads and on no others.
"""

from __future__ import annotations

from importlib import import_module
from typing import cast

from rnnatlas.artifacts.schema import Schema
from rnnatlas.errors import AtlasError, nearest

# From a kind to the module that has its schema, under the kind's name in capitals.
HOMES = {
    "trials": "training_schemas",
    "networks": "training_schemas",
    "table": "table_schemas",
    "fixed_points": "dynamics_schemas",
    "limit_sets": "dynamics_schemas",
    "attractors": "dynamics_schemas",
    "decoding": "behaviour_schemas",
    "similarity": "similarity_schemas",
    "measures": "similarity_schemas",
    "hidden": "table_schemas",
    "embedding": "similarity_schemas",
    "generalisation": "behaviour_schemas",
    "finer_steps": "dynamics_schemas",
    "robustness": "robustness_schema",
    "metric_asymmetry": "table_schemas",
    "two_neuron": "charting_schemas",
    "extrapolation": "charting_schemas",
    "compared_networks": "charting_schemas",
    "compared_features": "charting_schemas",
    "features": "charting_schemas",
    "reduced": "charting_schemas",
    "map": "map_schema",
    "recording": "recording_schema",
    "figure": "figure_schema",
}


def schema_of(kind: str) -> Schema:
    """The schema of a kind of artifact; raises ``AtlasError`` if there is no such kind."""
    if kind not in HOMES:
        raise AtlasError(None, "kind", f"one of {', '.join(HOMES)} is expected, found {kind!r}", nearest(kind, HOMES) or "choose one of these")  # fmt: skip
    return cast("Schema", getattr(import_module(f"rnnatlas.artifacts.{HOMES[kind]}"), kind.upper()))


def all_schemas() -> dict[str, Schema]:
    """Every kind with its schema."""
    return {kind: schema_of(kind) for kind in HOMES}
