"""The artifacts of the analyses of limit sets, attractors, decoding, measures of similarity and hidden structure."""

from rnnatlas.artifacts.schema import Dataset, Schema

LIMIT_SETS = Schema(
    "limit_sets", 1, "limit_sets",
    {
        "run/member": Dataset("run", "int", "which network"),
        "run/input": Dataset("run", "int", "which constant input, in the order of the attribute `inputs`"),
        "run/visited": Dataset("run", "bool", "begun from a visited state; the others from a perturbed fixed point"),
        "run/held": Dataset("run output", meaning="the target at the visited state; NaN from a fixed point"),
        "run/set": Dataset("run", "int", "row of the limit set that the run ended in; -1: none was told apart"),
        "set/member": Dataset("set", "int"),
        "set/input": Dataset("set", "int"),
        "set/kind": Dataset("set", "text", "fixed point, limit cycle, torus or chaos"),
        "set/period": Dataset("set", meaning="of a limit cycle, in tau; else NaN"),
        "set/exponent": Dataset("set", meaning="largest Lyapunov exponent, in 1/tau"),
        "set/error": Dataset("set", meaning="its standard error over blocks of the run"),
        "set/share": Dataset("set", meaning="share of the runs from visited states that end in it"),
        "set/state": Dataset("set unit", meaning="a state in it: x of a rate unit, h of a GRU, (h, c) of an LSTM"),
        "set/output": Dataset("set output", meaning="mean readout over the set"),
        "set/range": Dataset("set output", meaning="range of the readout over the set"),
        "exponent/before": Dataset("member constant", meaning="largest Lyapunov exponent of the untrained network, in 1/tau"),
        "exponent/before_error": Dataset("member constant"),
        "exponent/after": Dataset("member constant", meaning="of the trained network, the largest over its limit sets"),
        "exponent/after_error": Dataset("member constant"),
    },
)  # fmt: skip

ATTRACTORS = Schema(
    "attractors", 1, "attractors",
    {
        "line/variance": Dataset("member context", meaning="share of the slow points' variance in their first component", optional=True),
        "line/range": Dataset("member context", meaning="span of the slow points' readout over the 5-95 % range of the target", optional=True),
        "line/selection": Dataset("member context", meaning="median over slow points of |overlap of the selection vector with the relevant input| over that with the irrelevant one", optional=True),
        "line/points": Dataset("member context", "int", "counted fixed and slow points", optional=True),
        "ring/coverage": Dataset("member", meaning="share of 20 angle bins that hold a slow relaxed delay state, read out by going", optional=True),
        "ring/error": Dataset("member", meaning="median angular error of those states to the cued angle, radians", optional=True),
        "ring/slow": Dataset("member", meaning="share of the relaxed delay states that are slow", optional=True),
        "cube/branches": Dataset("member", meaning="share of counted index-1 saddles whose branches end at corners one bit apart", optional=True),
        "cube/saddles": Dataset("member", "int", "counted index-1 saddles", optional=True),
    },
)  # fmt: skip

DECODING = Schema(
    "decoding", 1, "decoding",
    {
        "time": Dataset("bin", meaning="centre of a time bin, ms from the start of the decoded epoch"),
        "diagonal/*": Dataset("member bin", meaning="held-out score of a linear decoder of the variable, trained and tested in the same bin"),
        "cross/*": Dataset("member bin bin2", meaning="trained in the row's bin, tested in the column's"),
        "angle/*": Dataset("member bin bin2", meaning="largest principal angle between the decoders' subspaces, degrees"),
        "fixed/*": Dataset("member", meaning="held-out score of one linear decoder for all bins of the epoch"),
        "stability/*": Dataset("member", meaning="mean score over pairs of bins at least `gap` apart, over the mean diagonal"),
        "context/*": Dataset("member fold", meaning="accuracy of a classifier of context in the second half of the stimulus", optional=True),
        "potent/*": Dataset("member", meaning="share of the angle's variance in the readout space, in the epoch", optional=True),
    },
)  # fmt: skip

MEASURES = Schema(
    "measures", 1, "measures",
    {
        "network": Dataset("network", "text", "ensemble folder and member, in the order of similarity.h5"),
        "cka": Dataset("network network", meaning="linear CKA, in [0, 1]"),
        "rsa": Dataset("network network", meaning="Spearman correlation of dissimilarities over trial x time, in [-1, 1]"),
        "cca": Dataset("network network", meaning="mean canonical correlation, in [0, 1]"),
        "procrustes": Dataset("network network", meaning="cosine of the best rotation, in [0, 1]"),
        "floor/*": Dataset("network", meaning="the same against an untrained network of the same size (median of three)"),
        "potent_share": Dataset("network", meaning="r2(X Q_X, Y) / r2(X, Y) with Y the chain's reference; NaN for standards"),
        "targets": Dataset("network", meaning="linear predictivity of the network by the task's targets"),
        "kappa": Dataset("kappa", meaning="ridges of the sweep"),
        "null_by_kappa": Dataset("network kappa", meaning="largest null-space predictivity of an earlier solution; NaN for standards"),
        "dsa/delays": Dataset("setting", "int"),
        "dsa/rank": Dataset("setting", "int"),
        "dsa/distance": Dataset("setting network network", meaning="DSA distance at each setting of the sweep"),
    },
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
)  # fmt: skip

FINER_STEPS = Schema(
    "finer_steps", 1, "finer_steps",
    {
        "factor": Dataset("factor", "int", "Euler steps of dt/factor"),
        "noisy": Dataset("member factor", meaning="performance on the test set, private noise as trained"),
        "clean": Dataset("member factor", meaning="the same without private noise"),
        "change": Dataset("member factor", meaning="RMS difference of the clean outputs from those at dt, over the RMS of the latter"),
        "stable": Dataset("member constant factor", "int", "counted fixed points that are stable under the finer map"),
        "unstable": Dataset("member constant factor", "int", "counted fixed points that are not"),
    },
)  # fmt: skip
