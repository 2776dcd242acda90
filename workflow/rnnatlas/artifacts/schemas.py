"""The artifacts of a study, all in one place: what stands in ``results/<run>/``. docs/artifacts.md is made from this."""

from rnnatlas.artifacts.analysis_schemas import ATTRACTORS, DECODING, FINER_STEPS, HIDDEN, LIMIT_SETS, MEASURES
from rnnatlas.artifacts.map_schema import MAP
from rnnatlas.artifacts.recording_schema import RECORDING
from rnnatlas.artifacts.schema import Dataset, Schema

TRIALS = Schema(
    "trials", 1, "trials",
    {
        "inputs": Dataset("trial time input", meaning="what the network is shown"),
        "targets": Dataset("trial time output", meaning="what it should answer"),
        "weight": Dataset("trial time output", meaning="weight of the squared error in the loss"),
        "judged": Dataset("trial time output", "bool", "what counts in the measure of performance"),
        "length": Dataset("trial", "int", "steps; what follows is padding"),
        "epochs/*": Dataset("trial 2", "int", "[start, stop) of the epoch, in steps"),
        "conditions/*": Dataset("trial", meaning="value of the task variable"),
    },
)  # fmt: skip

NETWORKS = Schema(
    "networks", 1, "train_standard or train_alternatives",
    {
        "weights/recurrent": Dataset("member unit column", meaning="J, from row unit to column unit"),
        "weights/input": Dataset("member input column", meaning="J_in"),
        "weights/bias": Dataset("member bias", meaning="b; of a GRU (b_r, b_z, b_in, b_hn)"),
        "weights/readout": Dataset("member unit output", meaning="J_out"),
        "weights/readout_bias": Dataset("member output", meaning="b_out"),
        "training/loss": Dataset("member step", meaning="weighted mean squared error on the step's batch", optional=True),
        "training/penalty": Dataset("member step", meaning="sum of similarities to earlier solutions", optional=True),
        "training/strength": Dataset("member step", meaning="lambda, the penalty's weight", optional=True),
        "training/performance": Dataset("member", meaning="on the acceptance trials", optional=True),
        "training/accepted": Dataset("member", "bool", optional=True),
        "training/attempts": Dataset("member", "int", optional=True),
        "training/diverged_at": Dataset("member", "int", "step at which the loss was not finite; -1: never", optional=True),
        "chain/reference_population": Dataset("member", "text", optional=True),
        "chain/reference_member": Dataset("member", "int", optional=True),
    },
    own="write it with Ensemble.to_file (docs/recordings.md)",
)  # fmt: skip

CHECKPOINT = Schema(
    "checkpoint", 1, "train_standard or train_alternatives",
    {
        "step": Dataset("one", "int", "steps done"),
        "weights/*": Dataset("...", meaning="the parameters so far"),
        "first/*": Dataset("...", meaning="Adam's first moments"),
        "second/*": Dataset("...", meaning="Adam's second moments"),
        "curves/*": Dataset("member step", meaning="what was recorded so far"),
        "member/*": Dataset("member", "any", "active, diverged_at, first_loss, strength, smoothed"),
    },
)  # fmt: skip

FIXED_POINTS = Schema(
    "fixed_points", 1, "fixed_points",
    {
        "member": Dataset("point", "int", "which network"),
        "input": Dataset("point", "int", "which constant input, in the order of the attribute `inputs`"),
        "state": Dataset("point unit", meaning="x"),
        "output": Dataset("point output", meaning="readout at the point"),
        "speed": Dataset("point", meaning="|dx/dt|, in 1/tau, computed at `state`"),
        "distance": Dataset("point", meaning="to the nearest visited state, in RMS state spreads"),
        "fixed": Dataset("point", "bool", "q below the tolerance; the others are slow points"),
        "counted": Dataset("point", "bool", "within the counting distance of a visited state"),
        "stable": Dataset("point", "bool", "stable under the map as trained: all |1 + a lambda| < 1"),
        "stable_continuous": Dataset("point", "bool", "stable in continuous time: all Re lambda < 0"),
        "unstable": Dataset("point", "int", "number of unstable directions of the map"),
        "eigenvalues": Dataset("point unit", "complex", "of the Jacobian of dx/dt, in 1/tau, by falling real part"),
        "right": Dataset("point mode unit", "complex", "leading right eigenvectors: A v = lambda v"),
        "left": Dataset("point mode unit", "complex", "leading left eigenvectors: w A = lambda w"),
        "converged": Dataset("member constant", meaning="share of starts that ended at a fixed point"),
        "spread": Dataset("member", meaning="RMS spread of the visited states"),
    },
)  # fmt: skip

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

SIMILARITY = Schema(
    "similarity", 1, "similarity",
    {
        **_NETWORK_TABLE,
        "raw": Dataset("network network", meaning="linear predictivity of column by row, rates"),
        "null": Dataset("network network", meaning="the same between readout null spaces"),
        "raw_centred": Dataset("network network"),
        "null_centred": Dataset("network network"),
        "null_share": Dataset("network", meaning="|R_null|^2 / |R|^2"),
        "performance": Dataset("network", meaning="on the test set, without private noise"),
        "untrained/*": Dataset("network", meaning="how well an untrained network of the same size predicts each network"),
    },
)  # fmt: skip

EMBEDDING = Schema(
    "embedding", 1, "embedding",
    {
        **_NETWORK_TABLE,
        "distance": Dataset("network network", meaning="DSA: root of the Wasserstein cost between spectra"),
        "position": Dataset("network 2", meaning="metric MDS of `distance`"),
        "stress": Dataset("", meaning="Kruskal's stress-1 of the embedding"),
    },
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
)  # fmt: skip

METRIC = Schema(
    "metric_asymmetry", 1, "metric_asymmetry",
    {
        "variance": Dataset("level", meaning="variance of the added block relative to the reference"),
        "measure": Dataset("measure", "text"),
        "value": Dataset("measure level"),
    },
)  # fmt: skip

FIGURE = Schema("figure", 1, "the rule that collects the figure's data", {"*": Dataset("...", "any")})

SCHEMAS = {
    schema.name: schema
    for schema in (
        TRIALS, NETWORKS, FIXED_POINTS, LIMIT_SETS, ATTRACTORS, DECODING, SIMILARITY, MEASURES, HIDDEN, EMBEDDING,
        GENERALISATION, FINER_STEPS, METRIC, MAP, RECORDING,
    )
}  # fmt: skip
