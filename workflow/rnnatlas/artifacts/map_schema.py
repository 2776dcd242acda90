"""The artifact of the map: where alternatives win, over variants of a study."""

from rnnatlas.artifacts.schema import Dataset, Schema

_INTERVAL = "value and 95 % interval (infinite where there is nothing to resample; NaN: undefined or not run)"

MAP = Schema(
    "map", 1, "make map",
    {
        "variant": Dataset("variant", "text", "name of the run; the first is the study that the others change"),
        "task": Dataset("task", "text"),
        "title": Dataset("task", "text", "the task's name for readers"),
        "load_name": Dataset("task", "text", "what its load is"),
        "round": Dataset("round", "int", "k of alt-k"),
        "condition": Dataset("condition", "text"),
        "state": Dataset("variant task", "text", "finished, not finished, not run, or not in this variant"),
        "change": Dataset("variant task", "text", "the settings that the variant changes"),
        "standards": Dataset("variant task", "int", "standard networks compared with"),
        "trained": Dataset("variant task round", "int", "alternatives trained"),
        "accepted": Dataset("variant task round", "int", "of these, met their acceptance criterion"),
        "competent": Dataset("variant task round", "int", "of these, meet claim A3; they alone are compared"),
        "decoupled": Dataset("variant task round", "int", "of these, null-space predictivity of every earlier solution at most 0.1"),
        "null": Dataset("variant task round 3", meaning=f"median over all chains of the largest null-space predictivity of an earlier solution: {_INTERVAL}"),
        "difference": Dataset("variant task round condition 3", meaning=f"median performance, competent alternatives less standards: {_INTERVAL}"),
        "standard": Dataset("variant task condition", meaning="the standards' median performance"),
        "at/load": Dataset("variant task condition", meaning="load of the condition, in units of the longest trained; NaN: none such"),
        "at/private_noise": Dataset("variant task condition", meaning="level of private noise"),
        "at/input_noise": Dataset("variant task condition", meaning="level of input noise"),
        "unit/private_noise": Dataset("variant task", meaning="sigma that the levels multiply"),
        "unit/input_noise": Dataset("variant task", meaning="deviation that the levels multiply"),
        "as_trained/private_noise": Dataset("variant task", meaning="level that networks were trained at: 1, or 0 where they were trained without"),
        "as_trained/input_noise": Dataset("variant task"),
        "largest": Dataset("variant task round 3", meaning="largest difference over the grid, with an interval that allows for the number of conditions"),
        "smallest": Dataset("variant task round 3", meaning="smallest difference, likewise"),
        "cell/variant": Dataset("cell", "int", "row of `variant`; a cell is one condition of a grid, for one round"),
        "cell/task": Dataset("cell", "int"),
        "cell/round": Dataset("cell", "int", "k of alt-k"),
        "cell/load": Dataset("cell"),
        "cell/private_noise": Dataset("cell"),
        "cell/input_noise": Dataset("cell"),
        "cell/difference": Dataset("cell 3", meaning=_INTERVAL),
    },
)  # fmt: skip
