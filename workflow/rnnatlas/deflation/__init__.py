"""Iterative neural similarity deflation: alternatives that earlier solutions cannot be read out of."""

from rnnatlas._lazy import front_door

__getattr__, __dir__ = front_door(
    __name__,
    {
        "deflate": "chains",
        "readout_basis": "null_space",
        "project": "null_space",
        "similarity_penalty": "penalty",
        "SimilarityPenalty": "online",
    },
)
