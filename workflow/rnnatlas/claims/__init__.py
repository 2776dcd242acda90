"""The papers' claims as functions that return a number, an interval and a verdict."""

from rnnatlas._lazy import front_door

__getattr__, __dir__ = front_door(
    __name__,
    {"Claim": "claim", "Result": "claim", "Record": "record", "GROUPS": "catalogue", "wilson_interval": "intervals"},
)
