"""One more round of alternatives for a set of chains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rnnatlas.config.training import DeflationSettings, NetworkSettings
from rnnatlas.deflation.online import Measure, SimilarityPenalty
from rnnatlas.engine.interface import Engine
from rnnatlas.engine.select import select_engine
from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import ChainRecord, Ensemble
from rnnatlas.networks.parameters import Parameters
from rnnatlas.tasks.task import Task
from rnnatlas.training.batches import Member
from rnnatlas.training.checkpoint import Checkpoint
from rnnatlas.training.loop import fit
from rnnatlas.training.standard import fresh_networks


@dataclass(frozen=True)
class Chains:
    """Chains so far: ``solutions[0]`` holds each chain's reference, ``solutions[i]`` its alternative of round i.

    Member c of every ensemble belongs to chain c. ``record`` says which standard networks the references are.
    """

    solutions: list[Ensemble]
    record: ChainRecord | None = None


def stack(ensembles: Sequence[Ensemble]) -> Ensemble:
    """Networks of the same shape as one ensemble, without their training records."""
    shapes = {tuple(array.shape[1:] for array in ensemble.parameters) for ensemble in ensembles}
    if len(shapes) != 1:
        raise AtlasError(
            None, "ensemble", f"networks of one shape are expected, found {len(shapes)}", "compare like with like"
        )
    arrays = zip(*(ensemble.parameters for ensemble in ensembles), strict=True)
    return Ensemble(Parameters(*(np.concatenate(group) for group in arrays)), ensembles[0].cell)


def begin_chains(populations: dict[str, Ensemble], references: list[tuple[str, int]]) -> Chains:
    """Chains that hold their references only."""
    record = ChainRecord(
        reference_population=np.array([name for name, _ in references]),
        reference_member=np.array([member for _, member in references]),
    )
    return Chains([stack([populations[name][member] for name, member in references])], record)


def deflate(
    chains: Chains,
    task: Task[Any],
    settings: DeflationSettings,
    network: NetworkSettings | None = None,
    gain: float = 1.0,
    members: list[Member] | None = None,
    engine: Engine | None = None,
    threads: int = 1,
    what: str = "alternatives",
    checkpoint: Checkpoint | None = None,
    measure: Measure = "predictivity",
) -> Ensemble:
    """Train one more alternative for each chain: ``L = task loss + λ Σ_i S(R⊥, R_i⊥)`` over all its earlier solutions.

    Alternatives start from fresh weights of gain ``gain``, with the units, tau and noise of ``network`` (None: those of the
    references). One that misses its acceptance stays in its chain, marked. ``measure`` says which similarity S is.
    """
    engine = engine or select_engine("auto", threads)
    count, round_ = chains.solutions[0].members, len(chains.solutions)
    members = members or [Member((0, f"alt{round_}"), index) for index in range(count)]
    network = network or _like(chains.solutions[0], task)
    fresh = fresh_networks(task, network, gain, members)
    for name, ensemble in (
        ("the new networks", fresh),
        *(("an earlier solution", earlier) for earlier in chains.solutions),
    ):
        if settings.null_space and ensemble.outputs >= ensemble.units:
            raise AtlasError(None, "deflation.null_space", f"more units than outputs are expected, found {ensemble.units} units and {ensemble.outputs} outputs in {name}: the readout leaves no null space", "take more units, or set null_space: false")  # fmt: skip
    penalty = SimilarityPenalty(chains.solutions, members, settings, engine, measure)
    trained = fit(fresh, task, settings.training, members, engine, penalty, what, threads, checkpoint)
    return replace(trained, chain=chains.record)


def _like(reference: Ensemble, task: Task[Any]) -> NetworkSettings:
    """Settings that make networks of the reference's shape and cell."""
    cell = reference.cell
    tau = task.settings.dt / cell.alpha
    return NetworkSettings.model_validate(
        {"cell": cell.kind, "units": reference.units, "tau": tau, "noise": cell.noise}
    )
