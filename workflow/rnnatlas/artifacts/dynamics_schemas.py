"""The artifacts of fixed points, limit sets, attractors and finer time steps."""

from rnnatlas.artifacts.schema import Dataset, Schema

FIXED_POINTS = Schema(
    "fixed_points", 1, "fixed_points",
    {
        "member": Dataset("point", "int", "which network"),
        "input": Dataset("point", "int", "which constant input, in the order of the attribute `inputs`"),
        "state": Dataset("point unit", meaning="x of a rate unit, h of a GRU, (h, c) of an LSTM"),
        "output": Dataset("point output", meaning="readout at the point"),
        "speed": Dataset("point", meaning="|dx/dt|, in 1/tau, computed at `state`; of a gated cell the change in one step, and 1/step for 1/tau below"),
        "distance": Dataset("point", meaning="to the nearest visited state, in RMS state spreads"),
        "fixed": Dataset("point", "bool", "q below the tolerance; the others are slow points"),
        "counted": Dataset("point", "bool", "within the counting distance of a visited state"),
        "stable": Dataset("point", "bool", "stable under the map as trained: all |1 + a lambda| < 1"),
        "stable_continuous": Dataset("point", "bool", "stable in continuous time: all Re lambda < 0 (of a gated cell, which has none: of the flow that its step is one Euler step of)"),
        "unstable": Dataset("point", "int", "number of unstable directions of the map"),
        "eigenvalues": Dataset("point unit", "complex", "of the Jacobian of dx/dt, in 1/tau, by falling real part"),
        "right": Dataset("point mode unit", "complex", "leading right eigenvectors: A v = lambda v"),
        "left": Dataset("point mode unit", "complex", "leading left eigenvectors: w A = lambda w"),
        "converged": Dataset("member constant", meaning="share of starts that ended at a fixed point"),
        "spread": Dataset("member", meaning="RMS spread of the visited states"),
    },
    of="ensemble",
)  # fmt: skip

LIMIT_SETS = Schema(
    "limit_sets", 2, "limit_sets",
    {
        "run/member": Dataset("run", "int", "which network"),
        "run/input": Dataset("run", "int", "which constant input, in the order of the attribute `inputs`"),
        "run/visited": Dataset("run", "bool", "begun from a visited state; the others from a perturbed fixed point"),
        "run/held": Dataset("run output", meaning="the target at the visited state; NaN from a fixed point"),
        "run/epoch": Dataset("run", "int", "the task's epoch that the visited state lies in, in the order of the attribute `epochs` (where they overlap, that which begins last); -1: in none, or begun from a fixed point"),
        "run/set": Dataset("run", "int", "row of the limit set that the run ended in; -1: none was told apart"),
        "set/member": Dataset("set", "int"),
        "set/input": Dataset("set", "int"),
        "set/kind": Dataset("set", "text", "fixed point, limit cycle, torus or chaos"),
        "set/period": Dataset("set", meaning="of a limit cycle, in tau; else NaN"),
        "set/exponent": Dataset("set", meaning="largest Lyapunov exponent, in 1/tau"),
        "set/error": Dataset("set", meaning="its standard error over blocks of the run"),
        "set/share": Dataset("set", meaning="share of the runs from visited states, as many in each epoch as far as they go, that end in it"),
        "set/state": Dataset("set unit", meaning="a state in it: x of a rate unit, h of a GRU, (h, c) of an LSTM"),
        "set/output": Dataset("set output", meaning="mean readout over the set"),
        "set/range": Dataset("set output", meaning="range of the readout over the set"),
        "set/matched": Dataset("set", "int", "row of the set of the first network, at the same input, that it is the same as by kind and mean readout; -1: none", optional=True),
        "set/distance": Dataset("set", meaning="distance of their mean readouts; NaN: no match", optional=True),
        "exponent/before": Dataset("member constant", meaning="largest Lyapunov exponent of the untrained network, in 1/tau; NaN where it is not known"),
        "exponent/before_error": Dataset("member constant"),
        "exponent/after": Dataset("member constant", meaning="of the trained network, the largest over its limit sets"),
        "exponent/after_error": Dataset("member constant"),
    },
    of="ensemble",
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
    of="ensemble",
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
    of="ensemble",
)  # fmt: skip
