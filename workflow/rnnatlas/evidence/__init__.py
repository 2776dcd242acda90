"""What claims and figures are made from: the artifacts of a study, by name and by declaration."""

from rnnatlas._lazy import front_door

__getattr__, __dir__ = front_door(__name__, {"Evidence": "evidence", "Case": "case", "Needs": "needs"})
