"""Typed HDF5 artifacts: atomic, deterministic to the byte, checked before they are read."""

from rnnatlas._lazy import front_door

__getattr__, __dir__ = front_door(
    __name__, {"read_artifact": "store", "write_artifact": "store", "Schema": "schema", "schema_of": "schemas"}
)
