"""Which of the bad values an argument takes after all, because they are none for it: a half where any number will do, one trial fewer
where trials are not counted, nothing where nothing is a choice."""

FEWER = tuple(f"one fewer along axis {axis}" for axis in range(4))
MORE, LESS = "one axis more", "one axis fewer"
HALF, MINUS, NOTHING, WORD = "a half", "minus one", "None", "a word"
EMPTY = "an empty dictionary"
NO_LIST = ("an empty list", "an empty array", "no trials", "one entry fewer")
STREAM = (
    "an empty list",
    "a list of words",
    "an empty array",
    "no trials",
    "words in an array",
    "one entry fewer",
    "[0] minus one",
    "[0] a word",
)
NO_LAST, OPEN = "nothing along the last axis", ("with NaN", "with infinity")
ANY = "everything"

TAKEN: dict[str, dict[str, tuple[str, ...]]] = {
    "analysis.analyse": {"seed": (MINUS,)},
    "dynamics.limit_sets": {"starts": (FEWER[0],), "settings": (NOTHING,), "member": (MINUS,)},
    "dynamics.lyapunov": {"starts": (FEWER[0],), "duration": (HALF,), "member": (MINUS,)},
    "analysis.Summary": {"at": (WORD,), **dict.fromkeys(("performance", "dimension", "stable", "unstable", "leading", "similarity"), OPEN)},
    "artifacts.write_artifact": {"path": (WORD,), "cfg": (EMPTY,), "producer": (WORD,), "attributes": (NOTHING, EMPTY)},
    "benchmarks.interleave": {"contenders": (EMPTY,), "calls": (NOTHING, EMPTY)},
    "config.load_study": {"values": (EMPTY,), "source": (WORD,)},
    "config.setting": {"default": (ANY,), "description": (WORD,), "unit": (NOTHING, WORD), "source": (NOTHING, WORD)},
    "decoding.compare_classifiers": {"rates": FEWER[1:3]},
    "decoding.cross_predictions": {"rates": (FEWER[2],), "targets": (FEWER[2],), "folds": ("below zero",), "ridge": (HALF,)},
    "decoding.decode_networks": {"seed": (MINUS,)},
    "decoding.encode": {"values": (MORE, FEWER[0])},
    "decoding.fit_decoders": {"rates": (FEWER[2],), "targets": (FEWER[2],), "ridge": (HALF,)},
    "decoding.fixed_predictions": {"rates": (FEWER[2],), "targets": (FEWER[2],), "folds": ("below zero",), "ridge": (HALF,)},
    "decoding.largest_angles": {"weights": FEWER[:3]},
    "decoding.potent_share": {"rates": (FEWER[1],)},
    "decoding.sessions": {"task": ("another task",), "seed": (MINUS,)},
    "decoding.stability_ratio": {"gap": (HALF,)},
    "deflation.deflate": {"gain": (HALF,)},
    "deflation.project": {"rates": (MORE, LESS, FEWER[0]), "readout": (FEWER[1],)},
    "deflation.readout_basis": {"readout": FEWER[:2]},
    "deflation.similarity_penalty": {"readout": (FEWER[1],), "ridge": (HALF,)},
    "dynamics.descend": {"starts": (FEWER[0], "with NaN"), "tolerance": (HALF,), "slow_speed": (HALF,)},
    "dynamics.find_fixed_points": {"starts": (FEWER[0],), "settings": (NOTHING,), "longest": (HALF,), "member": (MINUS,)},
    "dynamics.match_landmarks": {"spread": (NOTHING, HALF), "tolerance": (HALF,), "within": (HALF,)},
    "dynamics.minimise_speed": {"starts": (FEWER[0], "with NaN")},
    "dynamics.roots_between": {"roots": (FEWER[0],), "radius": (HALF,)},
    "dynamics.saddle_branches": {"direction": ("complex numbers",), "spread": (HALF,)},
    "dynamics.search_fixed_points": {"longest": (HALF,)},
    "dynamics.spectrum": {"jacobians": (FEWER[0],), "alpha": (HALF,)},
    "dynamics.visited_states": {"member": (MINUS,)},
    "figures.figure_name": {"subject": (WORD,)},
    "generalisation.evaluate_grid": {"seed": (MINUS,)},
    "generalisation.evaluate_holds": {"seed": (MINUS,)},
    "networks.initialise": {"gain": (HALF,), "stream": STREAM},
    "provenance.code_digests": {"tasks": (NOTHING, WORD)},
    "provenance.manifest": {"files": NO_LIST},
    "similarity.dsa": {"systems": ("one entry fewer", "[0] one fewer along axis 2", "[0] with NaN"), "ridge": (HALF,), "length": (NOTHING,)},
    "similarity.fit_operator": {"system": (*FEWER[1:3], "with NaN"), "ridge": (HALF,), "length": (NOTHING,)},
    **{f"similarity.{name}": {"x": (FEWER[1],), "y": (FEWER[1],)} for name in ("linear_cka", "procrustes", "rsa")},
    "similarity.linear_predictivity": {"source": (FEWER[1],), "target": (FEWER[1],), "ridge": (HALF,), "center": ("True",)},
    "similarity.mean_cca": {"x": (FEWER[1],), "y": (FEWER[1],), "cutoff": (HALF,)},
    "similarity.predictivity_matrix": {"ridge": (HALF,), "center": ("True",), "targets": (NOTHING,)},
    "similarity.standardise": {"rates": (*FEWER[1:3], "with NaN"), "length": (NOTHING,)},
    "simulation.broadcast_inputs": {"inputs": FEWER[:2]},
    "simulation.roll_out": {"inputs": FEWER[:2], "noise": (NOTHING, HALF), "stream": STREAM},
    "simulation.shared_noise": {
        "ensemble": ("networks of another task", "gated networks"), "noise": (NOTHING, HALF), "stream": (MINUS, WORD),
    },
    "simulation.simulate": {"inputs": FEWER[:2], "noise": (NOTHING, HALF), "seed": (MINUS,)},
    "streams.generator": {"name": (MINUS, WORD)},
    "streams.philox4x32": {"counter": ("[0] one axis more",)},
    "streams.stream_key": {"name": (MINUS, WORD)},
    "tasks.check_task": {"task": ("another task",)},
    "tasks.get_task": {"bits": ("True",)},
    "training.train": {"seed": (MINUS,)},
    # records: what arrays hold is not looked at
    "dynamics.FixedPoints": {
        "state": (*OPEN, NO_LAST, FEWER[1]), "speed": OPEN, "distance": OPEN, "fixed": ("true and false",), "counted": ("true and false",),
        "converged": (MINUS, HALF),
    },
    "dynamics.Landmarks": {"kind": ("words in an array",), **dict.fromkeys(("state", "output"), (*OPEN, NO_LAST, FEWER[1]))},
    "dynamics.GatedField": {"recurrent": OPEN, "drive": OPEN, "alpha": (HALF,)},
    "dynamics.RateField": {"recurrent": OPEN, "drive": OPEN, "alpha": (HALF,)},
    "generalisation.Contrast": {
        "difference": OPEN, "low": OPEN, "high": OPEN, "drawn": (*OPEN, "nothing along the first axis", FEWER[0]),
    },
    "generalisation.HardGrid": {
        "performance": OPEN, "error": OPEN,
        "scores": ("an empty list", "one entry fewer", f"[0] {NO_LAST}", f"[0] {FEWER[3]}", "[0] with NaN", "[0] with infinity"),
    },
    "networks.Cell": {"alpha": (HALF,), "noise": (HALF,)},
    "networks.Ensemble": {"training": (NOTHING,), "chain": (NOTHING,)},
    "networks.Parameters": {
        "recurrent": OPEN, "input": (*OPEN, FEWER[1]), "bias": (*OPEN, NO_LAST, FEWER[1]), "readout": OPEN, "readout_bias": OPEN,
    },
    "networks.Trajectories": dict.fromkeys(("states", "rates", "outputs"), (*OPEN, NO_LAST, FEWER[3])),
    "tasks.Trials": {
        "inputs": (*OPEN, NO_LAST, FEWER[2]), "targets": OPEN, "weight": OPEN, "judged": ("true and false",), "length": ("below zero",),
        "epochs": (EMPTY,), "conditions": (EMPTY,),
    },
}  # fmt: skip
