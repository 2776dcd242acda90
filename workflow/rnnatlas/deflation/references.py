"""Which standard network each chain departs from."""

from __future__ import annotations

from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble


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
