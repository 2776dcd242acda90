"""Training: the objective, the optimiser's step, acceptance, and the loop over steps."""

from rnnatlas._lazy import front_door

__getattr__, __dir__ = front_door(
    __name__,
    {
        "train": "standard",
        "fit": "loop",
        "Member": "member",
        "TrainingRun": "run",
        "Penalty": "stepwise",
        "Checkpoint": "checkpoint",
        "weighted_loss": "objective",
    },
)
