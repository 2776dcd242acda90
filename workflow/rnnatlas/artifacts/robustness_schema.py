"""The artifact of disturbed connections and states."""

from rnnatlas.artifacts.schema import Dataset, Schema

ROBUSTNESS = Schema(
    "robustness", 1, "robustness",
    {
        "level": Dataset("level", meaning="eps: each recurrent weight is multiplied by 1 + eps xi, xi standard normal"),
        "weights": Dataset("member level", meaning="performance on the test set, private noise as trained, mean over draws of xi"),
        "weights_deviation": Dataset("member level", meaning="its standard deviation over the draws"),
        "kick/size": Dataset("size", meaning="kicks that are all tried, in units of `kick/spread`", optional=True),
        "kick/smallest": Dataset("member direction trial", meaning="smallest kick that changes the attractor, in units of `kick/spread`; inf: the largest does not", optional=True),
        "kick/median": Dataset("member", meaning="median of these over directions and trials; inf: beyond the largest", optional=True),
        "kick/censored": Dataset("member", meaning="share of directions and trials in which the largest kick changes nothing", optional=True),
        "kick/spread": Dataset("member", meaning="RMS distance of the states at the moment of the kick from their mean, over trials: a norm over units, in units of x", optional=True),
    },
    of="ensemble",
)  # fmt: skip
