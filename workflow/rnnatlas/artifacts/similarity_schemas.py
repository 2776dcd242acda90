"""The artifacts that compare networks. Matrices follow from the list of measures."""

from rnnatlas.artifacts.schema import Dataset, Schema
from rnnatlas.artifacts.table_schemas import NETWORK_TABLE
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


SIMILARITY = Schema(
    "similarity", 1, "similarity",
    {
        **NETWORK_TABLE,
        **matrices("similarity"),
        "null_share": Dataset("network", meaning="|R_null|^2 / |R|^2"),
        "performance": Dataset("network", meaning="on the test set, without private noise"),
    },
    of="task",
)  # fmt: skip

EMBEDDING = Schema(
    "embedding", 2, "embedding",
    {
        **NETWORK_TABLE,
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
