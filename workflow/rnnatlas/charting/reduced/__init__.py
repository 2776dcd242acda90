"""Reduced dynamics: a network as a small graph of regions, with time and inputs as edges (Turner, Dabholkar & Barak 2021, section 4.2)."""

from rnnatlas._lazy import front_door

__getattr__, __dir__ = front_door(
    __name__,
    {
        "reduced_graph": "reduce",
        "canonical_key": "keys",
        "coarse": "keys",
        "key_stability": "stability",
    },
)
