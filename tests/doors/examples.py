"""A valid call of every public function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np

from rnnatlas.artifacts.schemas import schema_of
from rnnatlas.artifacts.store import read_artifact
from rnnatlas.config.analysis import DecodingSettings, FixedPointSettings, HoldSettings, LimitSetSettings
from rnnatlas.config.training import DeflationSettings, HardSettings, TrainingSettings
from rnnatlas.deflation.chains import Chains
from rnnatlas.dynamics.field import RateField
from rnnatlas.dynamics.fixed_points import find_fixed_points
from rnnatlas.dynamics.matching import Landmarks
from rnnatlas.dynamics.visited import visited_states
from rnnatlas.engine.torch_engine import TorchEngine
from rnnatlas.figures.catalogue import FIGURES
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.initial_weights import initialise
from rnnatlas.similarity.dynamical import fit_operator
from rnnatlas.tasks.registry import get_task
from rnnatlas.training.run import TrainingRun


@dataclass(frozen=True)
class Example:
    """``given`` makes the arguments of a valid call; ``runs`` says whether it is made."""

    given: Callable[[], dict[str, Any]]
    runs: bool = True  # False: a valid call takes minutes


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


TASK = get_task("flip_flop", duration=400.0, bits=2)
PRO = get_task("memory_pro")
NETWORKS = initialise([0, 1], 6, 2, 2, 1.0, Cell(0.2, 0.05), (0, "examples"))
TRIALS = TASK.trials(8, 0)
ENGINE = TorchEngine()
FIELD = RateField.of(NETWORKS, 0, np.zeros(2))
STATES = visited_states(NETWORKS, 0, TRIALS)
FOUND = find_fixed_points(NETWORKS, np.zeros(2), STATES.states[:9])
X, Y = rng(1).normal(size=(40, 4)), rng(2).normal(size=(40, 5))
SYSTEM, OTHER = rng(3).normal(size=(6, 20, 3)), rng(4).normal(size=(6, 20, 4))
BINNED = rng(5).normal(size=(12, 4, 3))
TARGETS = rng(6).normal(size=(12, 4, 2))
FOLDS = np.arange(12) % 3
SHORT = TrainingSettings(steps=2, batch=4, acceptance_trials=4)
ARTIFACT = Path(mkdtemp()) / "networks.h5"
NETWORKS.to_file(ARTIFACT)


RUNS = {
    name: np.array([0, 0, 1]) for name in ("run/member", "run/input", "run/epoch", "run/set", "set/member", "set/input")
}
LANDMARKS = Landmarks(np.array(["fixed point"] * 2), np.eye(2), np.eye(2))
EXAMPLES: dict[str, Example] = {
    "analysis.analyse": Example(lambda: {"network": NETWORKS, "task": TASK, "trials": 4, "starts": 4, "seed": 0}),
    "dynamics.limit_sets": Example(
        lambda: {
            "network": NETWORKS,
            "constant_input": np.zeros(2),
            "starts": STATES.states[:3],
            "settings": LimitSetSettings(duration=40.0),
            "member": 0,
            "seed": 0,
        }
    ),
    "dynamics.lyapunov": Example(
        lambda: {
            "network": NETWORKS,
            "constant_input": np.zeros(2),
            "starts": STATES.states[:3],
            "leading": 2,
            "duration": 20.0,
            "member": 0,
            "seed": 0,
        }
    ),
    "artifacts.read_artifact": Example(lambda: {"path": ARTIFACT, "schema": schema_of("networks")}),
    "artifacts.schema_of": Example(lambda: {"kind": "networks"}),
    "artifacts.write_artifact": Example(
        lambda: {
            "path": ARTIFACT.with_name("written.h5"),
            "schema": schema_of("networks"),
            "data": read_artifact(ARTIFACT, schema_of("networks")).data,
            "cfg": {},
            "producer": "tests",
            "attributes": {},
        }
    ),
    "benchmarks.interleave": Example(
        lambda: {"contenders": {"one": list}, "repetitions": 1, "warm_up": 0, "calls": {"one": 2}}
    ),
    "benchmarks.measure_all": Example(lambda: {"repetitions": 9}, runs=False),
    "claims.wilson_interval": Example(lambda: {"successes": 3, "total": 5}),
    "config.load_study": Example(lambda: {"values": {"run": "own"}, "source": "here"}),
    "config.setting": Example(lambda: {"default": 1.0, "description": "what it is", "unit": "ms", "source": "here"}),
    "decoding.compare_classifiers": Example(
        lambda: {
            "rates": rng(7).normal(size=(12, 2, 3)),
            "labels": np.repeat([0.0, 1.0], 6),
            "settings": DecodingSettings(folds=2, reader_folds=2),
            "rng": rng(),
        }
    ),
    "decoding.cross_predictions": Example(lambda: {"rates": BINNED, "targets": TARGETS, "folds": FOLDS, "ridge": 0.1}),
    "decoding.decode_networks": Example(
        lambda: {
            "ensemble": NETWORKS,
            "task": TASK,
            "settings": DecodingSettings(trials=20, folds=2),
            "seed": 0,
            "engine": ENGINE,
        }
    ),
    "decoding.encode": Example(lambda: {"values": np.array([0.0, 1.0, 2.0]), "scale": "class"}),
    "decoding.fit_decoders": Example(lambda: {"rates": BINNED, "targets": TARGETS, "ridge": 0.1}),
    "decoding.fixed_predictions": Example(lambda: {"rates": BINNED, "targets": TARGETS, "folds": FOLDS, "ridge": 0.1}),
    "decoding.largest_angles": Example(lambda: {"weights": BINNED[0:3]}),
    "decoding.potent_share": Example(
        lambda: {"rates": SYSTEM, "values": np.repeat([0.0, 1.0], 3), "readout": np.eye(3)[:, :1]}
    ),
    "decoding.score": Example(lambda: {"predictions": TARGETS, "values": TARGETS[..., 0], "scale": "circular"}),
    "decoding.sessions": Example(lambda: {"task": PRO, "settings": DecodingSettings(angles=3, repeats=2), "seed": 0}),
    "decoding.stability_ratio": Example(lambda: {"cross": np.eye(3), "time": np.arange(3.0), "gap": 1.0}),
    "deflation.deflate": Example(
        lambda: {"chains": Chains([NETWORKS]), "task": TASK, "settings": DeflationSettings(training=SHORT), "gain": 1.0}
    ),
    "deflation.project": Example(lambda: {"rates": X, "readout": np.eye(4)[:, :2]}),
    "deflation.readout_basis": Example(lambda: {"readout": np.eye(4)[:, :2]}),
    "deflation.similarity_penalty": Example(
        lambda: {
            "rates": X,
            "readout": np.eye(4)[:, :2],
            "earlier_rates": [Y],
            "earlier_readouts": [np.eye(5)[:, :1]],
            "ridge": 0.1,
        }
    ),
    "dynamics.descend": Example(
        lambda: {"field": FIELD, "starts": STATES.states[:5], "tolerance": 1e-20, "slow_speed": 0.1, "iterations": 3}
    ),
    "dynamics.find_fixed_points": Example(
        lambda: {
            "network": NETWORKS,
            "constant_input": np.zeros(2),
            "starts": STATES.states[:9],
            "settings": FixedPointSettings(between=1),
            "longest": 20.0,
            "member": 0,
            "threads": 1,
        }
    ),
    "dynamics.minimise_speed": Example(lambda: {"field": FIELD, "starts": STATES.states[:5], "iterations": 3}),
    "dynamics.roots_between": Example(
        lambda: {"field": FIELD, "roots": STATES.states[:3], "radius": 0.1, "rounds": 1, "most": 4}
    ),
    "dynamics.saddle_branches": Example(
        lambda: {"field": FIELD, "saddle": STATES.states[0], "direction": STATES.states[1], "spread": 1.0, "steps": 3}
    ),
    "dynamics.search_fixed_points": Example(
        lambda: {
            "field": FIELD,
            "visited": STATES,
            "settings": FixedPointSettings(starts=4, between=1),
            "longest": 20.0,
            "rng": rng(),
        }
    ),
    "dynamics.match_landmarks": Example(
        lambda: {"one": LANDMARKS, "other": LANDMARKS, "tolerance": 0.1, "spread": 1.0, "within": 1.0}
    ),
    "dynamics.shares_by_epoch": Example(lambda: {"table": RUNS, "epochs": 2}),
    "dynamics.spectrum": Example(lambda: {"jacobians": FIELD.jacobian(STATES.states[:3]), "alpha": 0.2, "modes": 2}),
    "dynamics.visited_states": Example(lambda: {"ensemble": NETWORKS, "member": 0, "trials": TRIALS}),
    "engine.select_engine": Example(lambda: {"name": "torch", "threads": 1, "gpus": 0}),
    "figures.figure_name": Example(lambda: {"figure": FIGURES["tasks"], "subject": "flip_flop"}),
    "generalisation.evaluate_grid": Example(
        lambda: {
            "ensemble": NETWORKS,
            "task": TASK,
            "loads": [TASK.draw(4, rng())],
            "settings": HardSettings(private_noise=[1.0], input_noise=[1.0]),
            "seed": 0,
            "engine": ENGINE,
        }
    ),
    "generalisation.evaluate_holds": Example(
        lambda: {
            "ensemble": NETWORKS,
            "task": TASK,
            "settings": HoldSettings(trials=4, longest=2),
            "seed": 0,
            "engine": ENGINE,
        }
    ),
    "networks.initialise": Example(
        lambda: {
            "members": [0],
            "units": 3,
            "inputs": 2,
            "outputs": 1,
            "gain": 1.0,
            "cell": Cell(0.2),
            "stream": (0, "own"),
        }
    ),
    "provenance.code_digests": Example(lambda: {"script": Path(__file__), "tasks": "flip_flop"}),
    "provenance.manifest": Example(lambda: {"files": [Path(__file__)]}),
    "similarity.alignment_distance": Example(
        lambda: {"a": fit_operator(SYSTEM, 2, 3), "b": fit_operator(OTHER, 2, 3), "score": "angular"}
    ),
    "similarity.dsa": Example(
        lambda: {
            "systems": [SYSTEM, OTHER],
            "n_delays": 2,
            "rank": 3,
            "score": "wasserstein",
            "ridge": 0.0,
            "length": np.full(6, 19),
        }
    ),
    "similarity.fit_operator": Example(
        lambda: {"system": SYSTEM, "n_delays": 2, "rank": 3, "ridge": 0.0, "length": np.full(6, 19)}
    ),
    "similarity.linear_cka": Example(lambda: {"x": X, "y": Y}),
    "similarity.linear_predictivity": Example(lambda: {"source": X, "target": Y, "ridge": 0.0, "center": False}),
    "similarity.mean_cca": Example(lambda: {"x": X, "y": Y, "cutoff": 1e-6}),
    "similarity.metric_mds": Example(
        lambda: {"distances": np.abs(np.subtract.outer(np.arange(4.0), np.arange(4.0))), "seed": 0}
    ),
    "similarity.predictivity_matrix": Example(
        lambda: {"train": [X, Y], "test": [X, Y], "ridge": 1e-8, "center": False, "targets": ([X], [X])}
    ),
    "similarity.procrustes": Example(lambda: {"x": X, "y": Y}),
    "similarity.rsa": Example(lambda: {"x": X, "y": Y, "distance": "euclidean"}),
    "similarity.spectral_distance": Example(lambda: {"a": fit_operator(SYSTEM, 2, 3), "b": fit_operator(OTHER, 2, 3)}),
    "similarity.standardise": Example(lambda: {"rates": SYSTEM, "length": np.full(6, 19)}),
    "simulation.broadcast_inputs": Example(lambda: {"ensemble": NETWORKS, "inputs": TRIALS.inputs}),
    "simulation.roll_out": Example(
        lambda: {"ensemble": NETWORKS, "inputs": TRIALS.inputs, "noise": 0.0, "stream": (0, "own"), "engine": ENGINE}
    ),
    "simulation.shared_noise": Example(lambda: {"ensemble": NETWORKS, "noise": 0.1, "stream": "own"}),
    "simulation.simulate": Example(
        lambda: {
            "ensemble": NETWORKS,
            "inputs": TRIALS.inputs,
            "noise": 0.0,
            "seed": 0,
            "engine": "torch",
            "threads": 1,
        }
    ),
    "streams.generator": Example(lambda: {"name": "own"}),
    "streams.philox4x32": Example(
        lambda: {"counter": (np.arange(3), np.arange(3), np.arange(3), np.arange(3)), "key": 7}
    ),
    "streams.private_noise": Example(
        lambda: {"key": 7, "step": 0, "trials": 3, "times": 2, "units": 4, "first_time": 0}
    ),
    "streams.stream_key": Example(lambda: {"name": "own"}),
    "tasks.check_task": Example(lambda: {"task": TASK}),
    "tasks.get_task": Example(lambda: {"name": "flip_flop", "bits": 2}),
    "tasks.task_names": Example(dict),
    "training.fit": Example(
        lambda: {"ensemble": NETWORKS, "task": TASK, "settings": SHORT, "run": TrainingRun.from_seed(0, 2)}
    ),
    "training.train": Example(lambda: {"ensemble": NETWORKS, "task": TASK, "settings": SHORT, "seed": 0, "threads": 1}),
    "training.weighted_loss": Example(
        lambda: {"outputs": SYSTEM, "targets": 0.0 * SYSTEM, "weight": np.ones_like(SYSTEM)}
    ),
}
