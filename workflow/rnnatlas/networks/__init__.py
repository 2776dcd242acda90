"""Ensembles of networks of one shape, their parameters stacked on a leading ``member`` axis."""

from rnnatlas._lazy import front_door

__getattr__, __dir__ = front_door(
    __name__,
    {
        "Cell": "cell",
        "Ensemble": "ensemble",
        "Parameters": "parameters",
        "Trajectories": "ensemble",
        "initialise": "initial_weights",
    },
)
