"""What a newcomer asks of trained networks, in one call."""

from rnnatlas._lazy import front_door

__getattr__, __dir__ = front_door(__name__, {"analyse": "summary", "Summary": "summary"})
