"""The artifacts of the table of networks, of readers of earlier solutions, and of the construction of claim M1."""

from rnnatlas.artifacts.schema import Dataset, Schema

NETWORK_TABLE = {
    "network": Dataset("network", "text", "ensemble folder and member, as `ensemble#member`"),
    "ensemble": Dataset("network", "text", "ensemble folder"),
    "member": Dataset("network", "int"),
    "chains": Dataset("network", "text", "set of chains; `-` for a standard network"),
    "round": Dataset("network", "int", "0 for a standard network, k for alt-k, -1 for others that chains begin with"),
    "reference": Dataset("network", "int", "row of the chain's reference; -1 for a standard network"),
    "accepted": Dataset(
        "network", "bool", "met its acceptance criterion; true for networks not trained here, which have none"
    ),
}

TABLE = Schema("table", 1, "table", NETWORK_TABLE, of="task")

HIDDEN = Schema(
    "hidden", 1, "hidden",
    {
        "source": Dataset("pair", "int", "row of similarity.h5; -1: an untrained network; the target itself: the ceiling"),
        "target": Dataset("pair", "int", "row of the earlier solution"),
        "samples": Dataset("size", "int", "samples that readers are fitted on"),
        "linear": Dataset("pair size", meaning="held-out R2 of the linear reader, null-space rates"),
        "kernel": Dataset("pair size", meaning="held-out R2 of the RBF kernel reader"),
        "width": Dataset("pair size", meaning="chosen width, in units of the median distance"),
        "ridge": Dataset("pair size", meaning="chosen ridge"),
        "slow_overlap": Dataset("pair", meaning="overlap of the slow directions of the Jacobians at matched states, after the linear map"),
        "slow_floor": Dataset("pair", meaning="the same with states matched at random"),
        "slow_chance": Dataset("pair", meaning="the same for random directions in place of the source's"),
    },
    of="task",
)  # fmt: skip

METRIC_ASYMMETRY = Schema(
    "metric_asymmetry", 1, "metric_asymmetry",
    {
        "variance": Dataset("level", meaning="variance of the added block relative to the reference"),
        "measure": Dataset("measure", "text"),
        "value": Dataset("measure level"),
    },
)  # fmt: skip
