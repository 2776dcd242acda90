"""One more round of alternatives for a set of chains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

import numpy as np

from rnnatlas.arrays import NotNegative, Range
from rnnatlas.config.training import DeflationSettings, NetworkSettings
from rnnatlas.deflation.online import Measure, SimilarityPenalty
from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import ChainRecord, Ensemble
from rnnatlas.networks.parameters import Parameters
from rnnatlas.tasks.task import Task
from rnnatlas.training.loop import fit
from rnnatlas.training.run import TrainingRun
from rnnatlas.training.standard import fresh_networks

Share = Annotated[float, Range(0, 1)]


@dataclass(frozen=True)
class Chains:
    """Chains so far: ``solutions[0]`` holds each chain's reference, ``solutions[i]`` its alternative of round i.

    Member c of every ensemble belongs to chain c. ``record`` says which standard networks the references are.
    """

    solutions: list[Ensemble]
    record: ChainRecord | None = None

    @property
    def axes(self) -> dict[str, int]:
        """The axes that what is given beside these chains must fit."""
        return {"input": self.solutions[0].inputs, "output": self.solutions[0].outputs}


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
    run: TrainingRun | None = None,
    network: NetworkSettings | None = None,
    gain: NotNegative = 1.0,
    measure: Measure = "predictivity",
    start: Share = 0.0,
) -> Ensemble:
    """Train one more alternative for each chain: ``L = task loss + λ (Σ_i S(R⊥, R_i⊥)ᵖ)^(1/p)`` over all its earlier solutions, p = 1
    (the sum) unless ``settings.combine`` says otherwise.

    Alternatives start from fresh weights of gain ``gain``, with the units, tau and noise of ``network`` (None: those of the
    references); from the second round on, from ``start`` times the weights of the chain's previous alternative plus 1 − ``start`` times
    fresh ones. One that misses its acceptance stays in its chain, marked. ``measure`` says which similarity S is. Without a
    ``run``, random streams follow from seed 0, the round and the chain's position.
    """
    reference, round_ = chains.solutions[0], len(chains.solutions)
    run = run or TrainingRun.from_seed(0, reference.members, f"alt{round_}", label="alternatives")
    fresh = fresh_networks(task, network or _like(reference, task), gain, run.members)
    for name, ensemble in (
        ("the new networks", fresh),
        *(("an earlier solution", earlier) for earlier in chains.solutions),
    ):
        if settings.null_space and ensemble.outputs >= ensemble.units:
            raise AtlasError(None, "deflation.null_space", f"more units than outputs are expected, found {ensemble.units} units and {ensemble.outputs} outputs in {name}: the readout leaves no null space", "take more units, or set null_space: false")  # fmt: skip
    if start > 0.0 and round_ > 1:
        fresh = _mixed(chains.solutions[-1], fresh, start)
    penalty = SimilarityPenalty(chains.solutions, settings, run, measure, task)
    trained = fit(fresh, task, settings.training, run, penalty)
    return replace(trained, chain=chains.record)


def _mixed(previous: Ensemble, fresh: Ensemble, share: float) -> Ensemble:
    """``share`` of the previous alternatives' weights and the rest of fresh ones."""
    both = list(zip(previous.parameters, fresh.parameters, strict=True))
    if any(old.shape != new.shape for old, new in both):
        raise AtlasError(None, "chain.start", f"an alternative of the same shape is expected, found {previous.units} units before {fresh.units}", "set start: 0, or keep the units")  # fmt: skip
    return fresh.with_parameters(
        Parameters(*(np.float32(share) * old + np.float32(1.0 - share) * new for old, new in both))
    )


def _like(reference: Ensemble, task: Task[Any]) -> NetworkSettings:
    """Settings that make networks of the reference's shape and cell."""
    cell = reference.cell
    tau = task.settings.dt / cell.alpha
    return NetworkSettings.model_validate(
        {"cell": cell.kind, "units": reference.units, "tau": tau, "noise": cell.noise}
    )
