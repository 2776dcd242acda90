"""The artifact of the comparison of a recording with the networks of its task."""

from rnnatlas.artifacts.schema import Dataset, Schema

RECORDING = Schema(
    "recording", 1, "recording",
    {
        "network": Dataset("network", "text", "ensemble folder and member, in the order of similarity.h5"),
        "ensemble": Dataset("network", "text", "ensemble folder"),
        "chains": Dataset("network", "text", "set of chains; `-` for a standard network"),
        "round": Dataset("network", "int", "0 for a standard network, k for alt-k, -1 for others that chains begin with"),
        "accepted": Dataset("network", "bool", "met its acceptance criterion; true for networks not trained here, which have none"),
        "predicts": Dataset("network", meaning="R2 of the recording's condition means by the network, held out over conditions, centred"),
        "predicted": Dataset("network", meaning="R2 of the network by the recording's condition means, likewise"),
        "ceiling/predicts": Dataset("split", meaning="split-half reliability of the condition means: R2 of a network that holds the recording's whole signal"),
        "ceiling/predicted": Dataset("split", meaning="share of its own signal that the recording predicts in spite of its noise"),
        "floor/predicts": Dataset("untrained", meaning="the same of untrained networks"),
        "floor/predicted": Dataset("untrained"),
        "distance": Dataset("system system", meaning="DSA distance of the networks and, last, the recording"),
        "ceiling/distance": Dataset("split", meaning="DSA distance between the halves of the recording"),
        "floor/distance": Dataset("untrained", meaning="DSA distance of untrained networks from the recording"),
        "position": Dataset("system 2", meaning="metric MDS of `distance`"),
        "stress": Dataset("", meaning="Kruskal's stress-1 of the embedding"),
    },
)  # fmt: skip
