"""The artifacts of decoding and of conditions harder than training."""

from rnnatlas.artifacts.schema import Dataset, Schema

DECODING = Schema(
    "decoding", 1, "decoding",
    {
        "time": Dataset("bin", meaning="centre of a time bin, ms from the start of the decoded epoch"),
        "diagonal/*": Dataset("member bin", meaning="held-out score of a linear decoder of the variable, trained and tested in the same bin"),
        "cross/*": Dataset("member bin bin2", meaning="trained in the row's bin, tested in the column's"),
        "angle/*": Dataset("member bin bin2", meaning="largest principal angle between the decoders' subspaces, degrees"),
        "fixed/*": Dataset("member", meaning="held-out score of one linear decoder for all bins of the epoch"),
        "stability/*": Dataset("member", meaning="mean score over pairs of bins at least `gap` apart, over the mean diagonal"),
        "context/*": Dataset("member fold", meaning="accuracy of a classifier of context in the second half of the stimulus", optional=True),
        "potent/*": Dataset("member", meaning="share of the angle's variance in the readout space, in the epoch", optional=True),
    },
    of="ensemble",
)  # fmt: skip

GENERALISATION = Schema(
    "generalisation", 2, "generalisation",
    {
        "load": Dataset("load", meaning="in units of the longest trained"),
        "private_noise": Dataset("private", meaning="in units of the trained"),
        "input_noise": Dataset("input_level", meaning="in units of the trained"),
        "performance": Dataset("member load private input_level"),
        "error": Dataset("member load private input_level", meaning="standard error over trials"),
        "score/*": Dataset("member private input_level trial", meaning="score of each trial at the load of this number"),
        "hold/duration": Dataset("hold", meaning="silence after the last pulse, in mean intervals between pulses", optional=True),
        "hold/retained": Dataset("member hold", meaning="share of bits that the output still tells after the silence", optional=True),
        "hold/half_life": Dataset("member", meaning="silence at which retention, less chance, falls to half; inf: not within the longest", optional=True),
    },
    of="ensemble",
)  # fmt: skip
