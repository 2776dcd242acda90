"""Which network each chain departs from: a standard one, or the user's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.files import read_ensemble
from rnnatlas.tasks.task import Task


def choose_references(populations: dict[str, Ensemble], chains: int) -> list[tuple[str, int]]:
    """(population, member) for each chain: accepted networks, round-robin over the populations in their order.

    No network serves twice before all have served. Raises ``AtlasError`` if no network was accepted.
    """
    accepted = {
        name: [k for k in range(ensemble.members) if ensemble.training is None or ensemble.training.accepted[k]]
        for name, ensemble in populations.items()
    }
    rounds = max((len(members) for members in accepted.values()), default=0)
    order = [(name, members[i]) for i in range(rounds) for name, members in accepted.items() if i < len(members)]
    if not order:
        best = {
            name: round(float(ensemble.training.performance.max()), 3)
            for name, ensemble in populations.items()
            if ensemble.training is not None
        }
        raise AtlasError(
            None,
            "chains",
            f"no standard network was accepted, so no chain can begin; best performance by population: {best}",
            "train longer (training.steps), or look at training.acceptance and the training curves",
        )
    return [order[chain % len(order)] for chain in range(chains)]


def own_references(path: str | Path, task: Task[Any], chains: int) -> Ensemble:
    """The first ``chains`` networks of the user's file ``path``, one to begin each chain.

    The file is a ``networks.h5``, as ``Ensemble.to_file`` writes it. Raises ``AtlasError`` if it cannot be read, if its networks
    do not have the task's inputs and outputs, or if they are fewer than the chains.
    """
    networks = read_ensemble(path)
    wanted = {"inputs": task.input_names, "outputs": task.output_names}
    for axis, names in wanted.items():
        found = getattr(networks, axis)
        if found != len(names):
            key = "weights/input" if axis == "inputs" else "weights/readout"
            raise AtlasError(
                path,
                key,
                f"{len(names)} {axis} ({', '.join(names)}) are expected for this task, found {found}",
                "give networks of this task, or name another task",
            )
    if networks.members < chains:
        found = f"a network for each of {chains} chains is expected, found {networks.members}"
        raise AtlasError(path, "weights/recurrent", found, "lower the number of chains, or add networks to the file")
    return Ensemble(networks.parameters, networks.cell)[:chains]
