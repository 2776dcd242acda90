"""The ensembles of a study: which are compared, and how each comes to be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rnnatlas.config.study import Study
from rnnatlas.errors import AtlasError
from rnnatlas.networks.files import stored_cell
from rnnatlas.networks.gather import Place

NEED_RATE = ("attractors", "finer_steps", "robustness")  # analyses that gated cells do not have


def sets_of(study: Study, task: str) -> list[str]:
    """The study's own sets of chains that have the task."""
    return [name for name in study.chains if task in (study.chain[name].tasks or study.tasks)]


def compared(study: Study, task: str, populations: Sequence[str], chains: Sequence[str]) -> list[Place]:
    """Ensembles of these populations and sets of chains, as far as they have the task; standard populations first."""
    mine = {name: study.chain[name] for name in chains if task in (study.chain[name].tasks or study.tasks)}
    places = [Place(f"standard/{name}") for name in populations]
    places += [Place(f"standard/{n}_reference", n, -1) for n, own in mine.items() if own.reference != "standard"]
    places += [Place(f"alternatives/{n}_alt{k}", n, k) for n, own in mine.items() for k in range(1, own.rounds + 1)]
    return places


def charted(study: Study, task: str) -> list[Place]:
    """The populations that are charted of a task."""
    names = study.charting.populations if task in study.charted else []
    return [Place(f"standard/{name}") for name in names if task in (study.population[name].tasks or study.charted)]


def own(study: Study, task: str) -> list[Place]:
    """The study's own ensembles."""
    return compared(study, task, study.populations, study.chains)


def controls(study: Study, task: str) -> list[Place]:
    """The ensembles of a task's controls, with the standard networks that they are compared with."""
    return compared(study, task, [*study.populations, *study.controls.populations], study.controls.chains)


def every(study: Study, task: str) -> list[Place]:
    """All ensembles of a task, those of the controls, of other cells and charted ones included."""
    if task not in study.tasks:
        return charted(study, task)
    populations = [*study.populations, *study.architectures, *study.controls.populations]
    return compared(study, task, populations, [*study.chains, *study.controls.chains]) + charted(study, task)


def trainings(study: Study, task: str) -> list[dict[str, str]]:
    """The wildcards of each training of a study; of the controls, if they are asked for."""
    controls = study.controls if study.controls.run else None
    charts = [{"task": task, "population": place.name.removeprefix("standard/")} for place in charted(study, task)]
    if task not in study.tasks:
        return charts
    populations = [*study.populations, *study.architectures, *(controls.populations if controls else ())]
    chains = [*study.chains, *(controls.chains if controls else ())]
    places = compared(study, task, (), chains)
    alternatives = [{"chains": place.chains, "round": str(place.round)} for place in places if place.round > 0]
    return [{"task": task} | job for job in [*({"population": name} for name in populations), *alternatives]] + charts


def named(wildcards: Mapping[str, str]) -> str:
    """The ensemble that a training job makes."""
    if wildcards.get("population"):
        return f"standard/{wildcards['population']}"
    return f"alternatives/{wildcards['chains']}_alt{wildcards['round']}"


def begins(study: Study, chains: str) -> list[str]:
    """The populations that a set of chains begins with."""
    return study.populations if study.chain[chains].reference == "standard" else [f"{chains}_reference"]


def reference_file(study: Study, chains: str) -> list[str]:
    """The user's own networks that a set of chains begins with, if any."""
    reference = study.chain[chains].reference
    return [] if reference in ("standard", "untrained") else [reference]


def fresh(study: Study, task: str, ensemble: str) -> dict[str, Any]:
    """How the networks of an ensemble are drawn before training: weights, their gain, and the stream of all that is random in it, but for the
    ``order`` of batches of a population that repeats another."""
    kind, name = ensemble.split("/")
    weights: str = study.of(task).network.weights
    if kind == "alternatives":
        chains, _, number = name.rpartition("_alt")
        words, gain = ["alternatives", chains, int(number)], study.chain[chains].gain
    elif name in study.population:
        population = study.population[name]
        words, gain = ["standard", population.repeats or name], population.gain
        order = {"order": name} if population.repeats else {}
        weights = weights if population.weights == "task" else population.weights
        return {"gain": gain, "stream": [study.seed, task, *words], "weights": weights} | order
    else:
        chains = name.removesuffix("_reference")
        words, gain = ["references", chains], study.chain[chains].gain
    return {"gain": gain, "stream": [study.seed, task, *words], "weights": weights}


def cell_of(study: Study, task: str, ensemble: str) -> str:
    """The cell of an ensemble: its population's, that of the file a set of chains begins with, or the task's networks'."""
    name = ensemble.removeprefix("standard/")
    cell = study.population[name].cell if name in study.population else "task"
    chains, begun, _ = name.rpartition("_reference")
    if begun and chains in study.chain:
        cell = next(map(stored_cell, reference_file(study, chains)), cell)
    return study.of(task).network.cell if cell == "task" else cell


def refuse_gated(study: Study, task: str, ensemble: str, results: str) -> None:
    """Raise ``AtlasError`` for an ensemble that cannot have the analyses of rate units (``NEED_RATE``)."""
    cell = cell_of(study, task, ensemble)
    if cell != "rate":
        beside = f"{results}/{task}/{ensemble}"
        raise AtlasError(
            beside, None, f"{', '.join(NEED_RATE)} are of rate units only, found the cell {cell!r}",
            f"ask for targets without them, such as {beside}/limit_sets.h5, fixed_points.h5, decoding.h5 and generalisation.h5 beside it, or "
            f"{results}/{task}/similarity.h5; or give gated networks as a population with a cell of its own (architectures), beside "
            "rate networks",
        )  # fmt: skip


def made(study: Study, kind: str) -> bool:
    """Whether a kind that is made once a study is made: what others have is judged where a file of it is named."""
    files = {"compared_networks": study.charting.compare, "compared_features": study.charting.compare_features}
    return bool(files.get(kind, True))


def has(study: Study, task: str, place: Place, kind: str) -> bool:
    """Whether an ensemble has a kind of analysis: a user's own gated networks, to begin chains with, lack those of rate units."""
    return not (place.round == -1 and kind in NEED_RATE and cell_of(study, task, place.name) != "rate")
