"""What can be read from activity, and when: linear decoders over time, the readout's share, a nonlinear reader of context."""

from rnnatlas._lazy import front_door

__getattr__, __dir__ = front_door(
    __name__,
    {
        "decode_networks": "analysis",
        "fit_decoders": "ridge",
        "cross_predictions": "ridge",
        "fixed_predictions": "ridge",
        "encode": "coding",
        "score": "coding",
        "stability_ratio": "stability",
        "largest_angles": "stability",
        "potent_share": "potent",
        "compare_classifiers": "classifiers",
        "sessions": "protocol",
    },
)
