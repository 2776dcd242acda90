"""What a person sees of a run: the jobs at work, how much of the whole is done in time, and what is next."""

from rnnatlas._lazy import front_door

__getattr__, __dir__ = front_door(__name__, {"Run": "run", "State": "state"})
