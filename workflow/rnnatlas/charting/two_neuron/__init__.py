"""The two-neuron network (Turner, Dabholkar & Barak 2021, section 3): ``dx/dt = −x + W tanh(x)`` from (1, 0) to (0, 1) at t = 10."""

from rnnatlas._lazy import front_door

__getattr__, __dir__ = front_door(
    __name__,
    {
        "loss": "doors",
        "trajectories": "doors",
        "train": "doors",
        "classify": "doors",
        "winding": "doors",
    },
)
