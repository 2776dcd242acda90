"""The artifacts that compare networks. Matrices follow from the list of measures."""

from rnnatlas.artifacts.schema import Dataset, Schema
from rnnatlas.measures import Measure, of_artifact


def in_words(measure: Measure) -> str:
    """What a matrix of the measure holds, between which bounds."""
    low, high = (f"{bound:.3g}" for bound in measure.range)
    bounds = f"at most {high}" if low == "-inf" else f"in [{low}, {high}]"
    return f"{measure.meaning}; {'symmetric, ' if measure.symmetric else ''}{bounds}"


def matrices(kind: str, optional: bool = False) -> dict[str, Dataset]:
    """The matrix of every measure of an artifact, and what an untrained network reaches."""
    found: dict[str, Dataset] = {}
    for measure in of_artifact(kind):
        found[measure.dataset] = Dataset("network network", meaning=in_words(measure), optional=optional)
        if measure.floor:
            meaning = "the same with an untrained network of the same size as source (median of several)"
            found[measure.floor] = Dataset("network", meaning=meaning, optional=optional)
    return found


_NETWORK_TABLE = {
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

TABLE = Schema("table", 1, "table", _NETWORK_TABLE, of="task")

SIMILARITY = Schema(
    "similarity", 1, "similarity",
    {
        **_NETWORK_TABLE,
        **matrices("similarity"),
        "null_share": Dataset("network", meaning="|R_null|^2 / |R|^2"),
        "performance": Dataset("network", meaning="on the test set, without private noise"),
    },
    of="task",
)  # fmt: skip

EMBEDDING = Schema(
    "embedding", 2, "embedding",
    {
        **_NETWORK_TABLE,
        **matrices("embedding"),
        "position": Dataset("network 2", meaning="metric MDS of `distance`"),
        "stress": Dataset("", meaning="Kruskal's stress-1 of the embedding"),
    },
    of="task",
)  # fmt: skip

MEASURES = Schema(
    "measures", 1, "measures",
    {
        "network": Dataset("network", "text", "ensemble folder and member, in the order of similarity.h5"),
        **matrices("measures", optional=True),
        "potent_share": Dataset("network", meaning="r2(X Q_X, Y) / r2(X, Y) with Y the chain's reference; NaN for standards"),
        "targets": Dataset("network", meaning="linear predictivity of the network by the task's targets"),
        "kappa": Dataset("kappa", meaning="ridges of the sweep"),
        "null_by_kappa": Dataset("network kappa", meaning="largest null-space predictivity of an earlier solution; NaN for standards"),
        "dsa/delays": Dataset("setting", "int"),
        "dsa/rank": Dataset("setting", "int"),
        "dsa/distance": Dataset("setting network network", meaning="DSA distance at each setting of the sweep"),
    },
    of="task",
)  # fmt: skip

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

METRIC = Schema(
    "metric_asymmetry", 1, "metric_asymmetry",
    {
        "variance": Dataset("level", meaning="variance of the added block relative to the reference"),
        "measure": Dataset("measure", "text"),
        "value": Dataset("measure level"),
    },
)  # fmt: skip
