"""Standard training: fresh weights, task loss alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rnnatlas.arrays import Count
from rnnatlas.config.population import PopulationSettings
from rnnatlas.config.training import NetworkSettings, TrainingSettings
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.initial_weights import initialise, stream_of_attempt
from rnnatlas.tasks.task import Task
from rnnatlas.training.loop import fit
from rnnatlas.training.member import Member
from rnnatlas.training.run import TrainingRun


def cell_of(task: Task[Any], network: NetworkSettings) -> Cell:
    """The cell of a task's networks: its kind, the leak ``dt / tau`` of a rate cell, and the private noise of training."""
    return Cell(task.settings.dt / network.tau if network.cell == "rate" else 1.0, network.noise, network.cell)


def network_of(population: PopulationSettings, network: NetworkSettings) -> NetworkSettings:
    """The settings of a population's networks: the task's, but for what the population has of its own."""
    own: dict[str, Any] = {}
    if population.cell != "task":
        own["cell"] = population.cell
    if population.units:
        own["units"] = population.units
    if population.weights != "task":
        own["weights"] = population.weights
    return network.model_copy(update=own)


def fresh_networks(task: Task[Any], network: NetworkSettings, gain: float, members: Sequence[Member]) -> Ensemble:
    """Untrained networks of a task's shape, each drawn from its own stream; members of one attempt are expected."""
    stream, attempt = members[0].stream, members[0].attempt
    return initialise(
        [member.number for member in members],
        network.units,
        len(task.input_names),
        len(task.output_names),
        gain,
        cell_of(task, network),
        stream_of_attempt(stream, attempt),
        network.weights,
    )


def train(
    ensemble: Ensemble, task: Task[Any], settings: TrainingSettings, seed: int = 0, threads: Count = 1
) -> Ensemble:
    """Train ``ensemble`` on ``task``; returns it with its curves and which members were accepted.

    Random streams follow from ``seed`` and each member's position; ``loop.fit`` takes others, and another engine.
    """
    return fit(ensemble, task, settings, TrainingRun.from_seed(seed, ensemble.members, threads=threads))
