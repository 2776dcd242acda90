"""Typed models of the configuration: one per section, each field with description, unit, bounds and source."""

from rnnatlas._lazy import front_door

__getattr__, __dir__ = front_door(
    __name__, {"Study": "study", "Section": "base", "setting": "base", "load_study": "load"}
)
