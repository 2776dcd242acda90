"""The artifacts of charting."""

from rnnatlas.artifacts.schema import Dataset, Schema

TWO_NEURON = Schema(
    "two_neuron", 1, "two_neuron",
    {
        "initial": Dataset("network 2 2", meaning="W at the beginning"),
        "weights": Dataset("network 2 2", meaning="W at the end"),
        "loss": Dataset("network", meaning="|x(T) - target|^2 / 2, by an adaptive solver"),
        "solved": Dataset("network", "bool"),
        "class": Dataset("network", "int", "by simulation: 0 fixed point, 1 limit cycle, 2 decay; -99: no solution"),
        "class_by_eigenvalues": Dataset("network", "int", "the same by the eigenvalues at the origin"),
        "basin": Dataset("network", "int", "full turns of x(t) beyond pi/2; -99: no solution"),
        "predicted_class": Dataset("network", "int", "class by a random forest on the initial W of networks of other folds"),
        "predicted_basin": Dataset("network", "int", "basin likewise"),
        "representatives": Dataset("3", "int", "networks of a fixed point, a limit cycle, a transient"),
        "runs": Dataset("3 time 2", meaning="their states from the start on, at every step of settings.two_neuron.step"),
        "run_times": Dataset("time", meaning="in tau"),
        "plane/origin": Dataset("2 2", meaning="of the plane through them"),
        "plane/axes": Dataset("2 2 2", meaning="its orthonormal axes"),
        "plane/share": Dataset("triple", meaning="share of the solutions' variance in it; then in planes through random triples, one of each class"),
        "principal_share": Dataset("4", meaning="share of the solutions' variance of each principal component"),
        "landscape/x": Dataset("column"),
        "landscape/y": Dataset("row"),
        "landscape/loss": Dataset("row column", meaning="loss on the plane"),
        "starts/at": Dataset("start", meaning="coordinates, along each axis, of the W that networks begin with"),
        "starts/class": Dataset("start start", "int", "class of what each becomes, [y, x]"),
        "starts/basin": Dataset("start start", "int", "its basin"),
        "pairs/networks": Dataset("pair 2", "int", "solutions that continuation was to connect"),
        "pairs/same": Dataset("pair", "bool", "whether they are of the same basin"),
        "pairs/connected": Dataset("pair", "bool", "whether a path of loss below that of a solution was found"),
        "linear/weights": Dataset("linear 2 2", meaning="W without the tanh"),
        "linear/loss": Dataset("linear"),
        "compared/weights": Dataset("compared 2 2", meaning="solutions of settings.two_neuron.compare", optional=True),
        "compared/loss": Dataset("compared", meaning="their loss under this project's solver", optional=True),
    },
)  # fmt: skip

EXTRAPOLATION = Schema(
    "extrapolation", 1, "extrapolation",
    {
        "conditions/*": Dataset("trial", meaning="parameters of each trial"),
        "target": Dataset("trial", meaning="mean target of the response"),
        "trained": Dataset("trial", "bool", "parameters within the trained range"),
        "answer": Dataset("member trial", meaning="mean output of the response"),
        "right": Dataset("member trial", "bool", "as the task's measure of performance judges"),
        "complete": Dataset("member", meaning="mean squared error on all trials as trained"),
        "performance": Dataset("member", meaning="performance on them"),
        "habits/*": Dataset("member", meaning="what the task counts beside"),
        "outputs": Dataset("member trial time", meaning="of tasks with one parameter: the first output", optional=True),
        "epochs/*": Dataset("trial 2", "int", "[start, stop) of the epoch, in steps; with outputs", optional=True),
    },
    of="ensemble",
)  # fmt: skip

# Reduced graphs, one after another.
GRAPHS = {
    "node/member": Dataset("node", "int", "whose graph it is of; nodes of a graph are numbered from 0 in this order"),
    "node/root": Dataset("node", "bool", "where a trial begins"),
    "node/output": Dataset("node output", "int", "-1, 0 or 1"),
    "edge/member": Dataset("edge", "int"),
    "edge/source": Dataset("edge", "int"),
    "edge/target": Dataset("edge", "int"),
    "edge/kind": Dataset("edge", "int", "0: time going by; else an input, by its place in the attribute `kinds`"),
    "network/reason": Dataset("member", "text", "what stands against the graph; empty: nothing"),
    "network/exact": Dataset("member", "text", "key of the graph's type, by which it is isomorphic to others with all labels; empty: no graph"),
    "network/coarse": Dataset("member", "text", "the same for the graph up to the response"),
    "network/authors": Dataset("member", "text", "the same by the equivalence of the released code"),
}  # fmt: skip

FEATURES = Schema(
    "features", 1, "features",
    {"feature/*": Dataset("member", meaning="of activity on trials as trained; rnnatlas/charting/features.py says what each is")},
    of="ensemble",
)  # fmt: skip

REDUCED = Schema(
    "reduced", 1, "reduced",
    GRAPHS | {"network/stability": Dataset("member", meaning="share of changed thresholds and scan orders that leave the exact key as it is; NaN: not asked")},
    of="ensemble",
)  # fmt: skip

COMPARED_NETWORKS = Schema(
    "compared_networks", 2, "compared_networks",
    {
        "network": Dataset("network", "text", "task/cell/name"),
        "error": Dataset("network", meaning="mean squared error over all steps of all trials as trained"),
        "right": Dataset("network", meaning="share of these trials that are right"),
        "onset_error": Dataset("network", meaning="largest error of the output's onset, in ms; NaN where it never begins"),
        "graph/network": Dataset("graph", "int", "networks whose file has a reduced graph of theirs"),
        "graph/same": Dataset("graph", "bool", "whether ours is isomorphic to it, labels included"),
        "graph/ours": Dataset("graph", "text", "nodes and edges"),
        "graph/theirs": Dataset("graph", "text", "nodes and edges"),
    },
)  # fmt: skip

COMPARED_FEATURES = Schema(
    "compared_features", 1, "compared_features",
    {
        "set": Dataset("set", "text", "name of a set of networks"),
        "networks": Dataset("set", "int", "networks of types that ten or more have"),
        "kappa": Dataset("set split", meaning="Cohen's kappa of types of networks that were left out, told from their features"),
        "majority": Dataset("set", meaning="share of the most frequent type"),
    },
)  # fmt: skip
