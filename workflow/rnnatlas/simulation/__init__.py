"""Ensembles run as they are: what an engine makes of networks and inputs, with the states that it does not keep."""

from rnnatlas._lazy import front_door

__getattr__, __dir__ = front_door(
    __name__,
    {
        "simulate": "states",
        "roll_out": "rates",
        "broadcast_inputs": "inputs",
        "shared_noise": "noise",
    },
)
