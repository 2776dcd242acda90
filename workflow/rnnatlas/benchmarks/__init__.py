"""Timings, kept out of the tests: ``make bench``."""

from rnnatlas._lazy import front_door

__getattr__, __dir__ = front_door(__name__, {"measure_all": "engine", "interleave": "measure"})
