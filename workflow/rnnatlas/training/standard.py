"""Standard training: fresh weights, task loss alone."""

from __future__ import annotations

from typing import Any

from rnnatlas.config.population import PopulationSettings
from rnnatlas.config.training import NetworkSettings, TrainingSettings
from rnnatlas.engine.interface import Engine
from rnnatlas.engine.select import select_engine
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.initial_weights import initialise
from rnnatlas.tasks.task import Task
from rnnatlas.training.batches import Member
from rnnatlas.training.loop import fit


def cell_of(task: Task[Any], network: NetworkSettings) -> Cell:
    """The cell of a task's networks: its kind, the leak ``dt / tau`` of a rate cell, and the private noise of training."""
    return Cell(task.settings.dt / network.tau if network.cell == "rate" else 1.0, network.noise, network.cell)


def network_of(population: PopulationSettings, network: NetworkSettings) -> NetworkSettings:
    """The settings of a population's networks: the task's, but for the cell and units of its own."""
    own: dict[str, Any] = {}
    if population.cell != "task":
        own["cell"] = population.cell
    if population.units:
        own["units"] = population.units
    return network.model_copy(update=own)


def fresh_networks(task: Task[Any], network: NetworkSettings, gain: float, members: list[Member]) -> Ensemble:
    """Untrained networks of a task's shape, each drawn from its own stream."""
    parts = initialise(
        [member.number for member in members],
        network.units,
        len(task.input_names),
        len(task.output_names),
        gain,
        cell_of(task, network),
        members[0].stream,
    )
    return parts


def train(
    ensemble: Ensemble,
    task: Task[Any],
    settings: TrainingSettings,
    seed: int = 0,
    members: list[Member] | None = None,
    engine: Engine | None = None,
    threads: int = 1,
) -> Ensemble:
    """Train ``ensemble`` on ``task``; returns it with its curves and which members were accepted.

    ``members`` names each member's random streams; by default they follow from ``seed`` and the position.
    """
    members = members or [Member((seed,), index) for index in range(ensemble.members)]
    engine = engine or select_engine("auto", threads)
    return fit(ensemble, task, settings, members, engine, threads=threads)
