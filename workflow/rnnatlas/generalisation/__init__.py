"""How networks fare under conditions harder than those they were trained on."""

from rnnatlas._lazy import front_door

__getattr__, __dir__ = front_door(
    __name__,
    {
        "evaluate_grid": "grid",
        "HardGrid": "grid",
        "evaluate_holds": "holds",
        "HoldingTask": "holds",
        "Contrast": "contrast",
        "Experiment": "experiments",
    },
)
