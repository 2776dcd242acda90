"""Limit sets of every member of an ensemble at every constant input, and the exponents of the untrained networks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from rnnatlas.arrays import Array, Float, Int
from rnnatlas.artifacts.dynamics_schemas import LIMIT_SETS
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.config.analysis import LimitSetSettings
from rnnatlas.dynamics.ends import Ends, find_limit_sets
from rnnatlas.dynamics.epochs import NONE, epoch_of_steps, spread_over_epochs
from rnnatlas.dynamics.exponents import lyapunov_exponents
from rnnatlas.dynamics.matching import Landmarks, match_landmarks
from rnnatlas.dynamics.motion import motion_of, readout, state_width
from rnnatlas.dynamics.visited import state_spread
from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.initial_weights import InitialWeights, initialise, stream_of_attempt
from rnnatlas.simulation.states import simulate
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.task import Task
from rnnatlas.tasks.trials import Trials

UNTRAINED_RUNS = 4  # runs of an untrained network, of which that with the largest exponent counts
ALIKE = 0.3  # distance of mean outputs up to which two networks' limit sets may be the same; targets are of size 1
TURNING = 0.1  # share of a duration in which its perturbations turn into the leading direction


class Followed(NamedTuple):
    """The runs of one member at one constant input."""

    held: Float[Array, "run output"]
    epoch: Int[Array, "run"]
    visited: int
    ends: Ends


def initial_networks(
    ensemble: Ensemble, gain: float, stream: tuple[int | str, ...], weights: InitialWeights = "normal"
) -> Ensemble:
    """The weights that training of ``ensemble`` began from, in each member's last attempt: they follow from its shape and cell, ``gain`` and ``weights``
    (see ``initialise``), and the members' stream."""
    last = np.zeros(ensemble.members, int) if ensemble.training is None else ensemble.training.attempts - 1
    shape = ensemble.units, ensemble.inputs, ensemble.outputs, gain, ensemble.cell
    begun = [
        initialise([member], *shape, stream_of_attempt(stream, int(attempt)), weights)
        for member, attempt in enumerate(last)
    ]
    return Ensemble.concatenate(begun)


def before_training(
    ensemble: Ensemble, gain: float, stream: tuple[int | str, ...], weights: InitialWeights = "normal"
) -> Ensemble | None:
    """``initial_networks`` of networks that were trained here, or never; None for others, of which nobody knows how they began."""
    begun = initial_networks(ensemble, gain, stream, weights)
    same = all(np.array_equal(a, b) for a, b in zip(begun.parameters, ensemble.parameters, strict=True))
    return begun if ensemble.training is not None or same else None


def limit_set_census(
    ensemble: Ensemble,
    untrained: Ensemble | None,
    task: Task[Any],
    trials: Trials,
    fixed_points: dict[str, Array] | None,
    settings: LimitSetSettings,
    seed: int,
    threads: int = 1,
) -> dict[str, Array]:
    """The arrays of a ``limit_sets`` artifact.

    ``untrained`` holds the networks' initial weights, member by member (None: unknown, and their exponents are NaN); ``fixed_points`` is their census (None: no runs begin from
    fixed points). Runs begin from the same visited samples in every member, as many in each epoch of the trials as in any other, as far as
    the epochs go. Members run in parallel; ``threads`` changes no result.
    Raises ``AtlasError`` if ``untrained`` has another shape than ``ensemble``.
    """
    if untrained is not None and [a.shape for a in untrained.parameters] != [a.shape for a in ensemble.parameters]:
        raise AtlasError(
            None, "untrained", "networks of the same number and shape as the trained ones are expected",
            "rebuild them from the settings that these were trained with",
        )  # fmt: skip
    inputs = list(task.constant_inputs().values())

    def follow(member: int) -> list[Followed]:
        return _follow(ensemble, member, inputs, trials, fixed_points, settings, seed)

    def before(member: int) -> Array:
        if untrained is None:
            return np.full((len(inputs), 2), np.nan)
        rngs = (generator(seed, "limit sets", "untrained", number) for number in range(len(inputs)))
        pairs = zip(inputs, rngs, strict=True)
        return np.array([untrained_exponent(untrained, member, u, settings, rng) for u, rng in pairs])

    with ThreadPoolExecutor(threads) as pool:
        followed = list(pool.map(follow, range(ensemble.members)))
        exponents = np.stack(list(pool.map(before, range(ensemble.members))))
    return _tables(followed, exponents, ensemble.outputs)


def untrained_exponent(
    untrained: Ensemble, member: int, constant_input: Array, settings: LimitSetSettings, rng: np.random.Generator
) -> tuple[float, float]:
    """Largest Lyapunov exponent of a network at a constant input, with its standard error.

    Four runs begin from random states of unit deviation (the origin is a fixed point without input, though it may be unstable) and
    are measured over the second half of a duration; the largest of the four exponents counts.
    """
    motion = motion_of(untrained, member, constant_input)
    half = round(settings.duration / motion.alpha / 2)
    states = rng.standard_normal((UNTRAINED_RUNS, state_width(untrained)))
    for _ in range(half):
        states = motion.step(states)
    settle = int(2 * half * TURNING)
    found = lyapunov_exponents(motion, states, half - settle, rng, 1, settle, settings.blocks)
    largest = int(np.argmax(found.value[:, 0]))
    return float(found.value[largest, 0]), float(found.error[largest, 0])


def _follow(
    ensemble: Ensemble,
    member: int,
    inputs: list[Array],
    trials: Trials,
    fixed_points: dict[str, Array] | None,
    settings: LimitSetSettings,
    seed: int,
) -> list[Followed]:
    valid = trials.valid()
    states = simulate(ensemble[member], trials.inputs, noise=0.0).states[0][valid].astype(np.float64)
    targets, epochs, spread = trials.targets[valid], epoch_of_steps(trials)[valid], state_spread(states)
    followed: list[Followed] = []
    for number, constant in enumerate(inputs):
        rng = generator(seed, "limit sets", number)
        chosen = spread_over_epochs(epochs, settings.starts, rng)
        beside = _beside_fixed_points(fixed_points, member, number, settings, spread, rng)
        starts = np.concatenate([states[chosen], beside.reshape(-1, states.shape[1])])
        held = np.full((len(starts), ensemble.outputs), np.nan)
        held[: len(chosen)] = targets[chosen]
        epoch = np.full(len(starts), NONE)
        epoch[: len(chosen)] = epochs[chosen]
        motion, read = motion_of(ensemble, member, constant), partial(readout, ensemble, member)
        followed.append(
            Followed(held, epoch, len(chosen), find_limit_sets(motion, read, starts, spread, settings, rng))
        )
    return followed


def _beside_fixed_points(
    table: dict[str, Array] | None,
    member: int,
    number: int,
    settings: LimitSetSettings,
    spread: float,
    rng: np.random.Generator,
) -> Float[Array, "run state"]:
    """``perturbed`` states at each fixed point: on opposite sides of it in pairs, in random directions."""
    if table is None:
        return np.zeros((0, 0))
    points = table["state"][(table["member"] == member) & (table["input"] == number) & table["fixed"]]
    directions = rng.standard_normal((len(points), -(-settings.perturbed // 2), points.shape[1]))
    directions /= np.linalg.norm(directions, axis=2, keepdims=True)
    both = np.concatenate([directions, -directions], axis=1)[:, : settings.perturbed]
    beside: Array = points[:, None] + settings.perturbation * spread * both
    return beside.reshape(-1, points.shape[1])


def _tables(
    followed: list[list[Followed]], before: Float[Array, "member constant both"], outputs: int
) -> dict[str, Array]:
    table: dict[str, list[Array]] = {
        name: [] for name in ("run/member", "run/input", "run/visited", "run/held", "run/epoch", "run/set")
    }
    rows: list[tuple[int, int, float, Any]] = []  # member, input, share, limit set
    after = np.full((*before.shape[:2], 2), np.nan)
    for member, of_member in enumerate(followed):
        for number, (held, epoch, visited, ends) in enumerate(of_member):
            runs = len(held)
            table["run/member"].append(np.full(runs, member))
            table["run/input"].append(np.full(runs, number))
            table["run/visited"].append(np.arange(runs) < visited)
            table["run/held"].append(held)
            table["run/epoch"].append(epoch)
            table["run/set"].append(np.where(ends.run >= 0, ends.run + len(rows), -1))
            reached = np.bincount(ends.run[:visited][ends.run[:visited] >= 0], minlength=len(ends.sets))
            rows += [(member, number, n / visited, found) for n, found in zip(reached, ends.sets, strict=True)]
            if ends.sets:
                largest = max(ends.sets, key=lambda found: found.exponent)
                after[member, number] = largest.exponent, largest.error
    sets = [found for *_, found in rows]
    width = len(sets[0].state) if sets else 0
    found = {name: np.concatenate(arrays) for name, arrays in table.items()} | {
        "set/member": np.array([row[0] for row in rows], dtype=int),
        "set/input": np.array([row[1] for row in rows], dtype=int),
        "set/kind": np.array([found.kind for found in sets], dtype="U11"),
        "set/share": np.array([row[2] for row in rows], dtype=float),
        **{f"set/{name}": np.array([getattr(found, name) for found in sets], dtype=float) for name in ("period", "exponent", "error")},
        "set/state": np.array([found.state for found in sets], dtype=float).reshape(len(sets), width),
        "set/output": np.array([found.output for found in sets]).reshape(-1, outputs),
        "set/range": np.array([found.range for found in sets]).reshape(-1, outputs),
        "exponent/before": before[:, :, 0],
        "exponent/before_error": before[:, :, 1],
        "exponent/after": after[:, :, 0],
        "exponent/after_error": after[:, :, 1],
    }  # fmt: skip
    return found | _matched(found, len(followed), before.shape[1])


def _matched(table: dict[str, Array], members: int, inputs: int) -> dict[str, Array]:
    """Which set of the first network, at the same constant input, each set is the same as: so that "eight at eight corners" is said of which, and not only of
    how many. States of different networks cannot be compared: kinds and mean outputs are."""
    matched, distance = np.full(len(table["set/member"]), -1), np.full(len(table["set/member"]), np.nan)
    for number in range(inputs):
        first = np.flatnonzero((table["set/member"] == 0) & (table["set/input"] == number))
        theirs = Landmarks.of_table(table, 0, number)
        for member in range(members):
            mine = np.flatnonzero((table["set/member"] == member) & (table["set/input"] == number))
            pairs = match_landmarks(Landmarks.of_table(table, member, number), theirs, ALIKE)
            met = pairs.matched >= 0
            matched[mine[met]], distance[mine[met]] = first[pairs.matched[met]], pairs.distance[met]
    return {"set/matched": matched, "set/distance": distance}


def write_limit_sets(
    path: str | Path, table: dict[str, Array], task: Task[Any], trials: Trials, cfg: dict[str, Any]
) -> None:
    """Write a ``limit_sets`` artifact, of runs that began from states on ``trials``."""
    names = {"inputs": ", ".join(task.constant_inputs()), "epochs": ", ".join(trials.epochs)}
    write_artifact(path, LIMIT_SETS, table, cfg, "limit_sets", names)
