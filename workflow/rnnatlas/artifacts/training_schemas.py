"""The artifacts of trials and trained networks."""

from rnnatlas.artifacts.schema import Dataset, Schema

TRIALS = Schema(
    "trials", 1, "trials",
    {
        "inputs": Dataset("trial time input", meaning="what the network is shown"),
        "targets": Dataset("trial time output", meaning="what it should answer"),
        "weight": Dataset("trial time output", meaning="weight of the squared error in the loss"),
        "judged": Dataset("trial time output", "bool", "what counts in the measure of performance"),
        "length": Dataset("trial", "int", "steps; what follows is padding"),
        "epochs/*": Dataset("trial 2", "int", "[start, stop) of the epoch, in steps"),
        "conditions/*": Dataset("trial", meaning="value of the task variable"),
    },
)  # fmt: skip

NETWORKS = Schema(
    "networks", 2, "train_standard or train_alternatives",
    {
        "weights/recurrent": Dataset("member unit column", meaning="J, from row unit to column unit"),
        "weights/input": Dataset("member input column", meaning="J_in"),
        "weights/bias": Dataset("member bias", meaning="b; of a GRU (b_r, b_z, b_in, b_hn)"),
        "weights/readout": Dataset("member unit output", meaning="J_out"),
        "weights/readout_bias": Dataset("member output", meaning="b_out"),
        "training/loss": Dataset("member step", meaning="weighted mean squared error on the step's batch", optional=True),
        "training/penalty": Dataset("member step term", meaning="similarity to each earlier solution", optional=True),
        "training/strength": Dataset("member step", meaning="lambda, the penalty's weight", optional=True),
        "training/performance": Dataset("member", meaning="on the acceptance trials", optional=True),
        "training/accepted": Dataset("member", "bool", optional=True),
        "training/attempts": Dataset("member", "int", optional=True),
        "training/final_loss": Dataset("member attempt", meaning="mean loss of the last epoch, or the loss at the last step; NaN: no such attempt", optional=True),
        "training/diverged_at": Dataset("member", "int", "step at which the loss was not finite; -1: never", optional=True),
        "chain/reference_population": Dataset("member", "text", optional=True),
        "chain/reference_member": Dataset("member", "int", optional=True),
    },
    of="ensemble",
    own="write it with Ensemble.to_file (docs/recordings.md)",
)  # fmt: skip

CHECKPOINT = Schema(
    "checkpoint", 2, "train_standard or train_alternatives",
    {
        "step": Dataset("one", "int", "steps done"),
        "weights/*": Dataset("...", meaning="the parameters so far"),
        "first/*": Dataset("...", meaning="Adam's first moments"),
        "second/*": Dataset("...", meaning="Adam's second moments"),
        "curves/*": Dataset("...", meaning="what was recorded so far"),
        "member/*": Dataset("member", "any", "active, diverged_at, first_loss, strength, smoothed"),
    },
)  # fmt: skip
