"""From what a figure or a group of claims declares to the files that its job is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rnnatlas.artifacts.schemas import schema_of
from rnnatlas.config.study import Study
from rnnatlas.evidence.needs import Item, Needs
from rnnatlas.plan import ensembles
from rnnatlas.plan.ensembles import Place, compared


def items(study: Study, needs: Needs, task: str, controlled: bool, about: str = "") -> list[Item]:
    """The declared files of one task, those of the controls if they count. ``about`` names the set of chains whose ensembles are
    asked for, beside the standard ones; empty: those of all."""
    if needs.charted:
        return _of_ensembles(study, task, "charted", needs.charted, ensembles.charted(study, task))
    own = needs.own + (needs.beside if controlled else ())
    places = [place for place in ensembles.own(study, task) if not about or place.chains in ("", about)]
    found = _of_networks(study, task, "own", own, places)
    if controlled:
        found += _of_networks(study, task, "controls", needs.controls, ensembles.controls(study, task))
    found += _of_ensembles(study, task, "first", needs.first, compared(study, task, study.populations[:1], ()))
    found += _of_ensembles(study, task, "architectures", needs.architectures, compared(study, task, study.architectures, ()))  # fmt: skip
    for kind in needs.trials:
        loads = range(len(study.of(task).hard.load))
        found += [Item("trials", "", f"hard_{k}") for k in loads] if kind == "hard" else [Item("trials", "", kind)]
    once = [kind for kind in needs.study if task == study.tasks[0] and ensembles.made(study, kind)]
    return found + [Item("study", "", kind) for kind in once]


def _of_networks(study: Study, task: str, part: str, kinds: Sequence[str], places: list[Place]) -> list[Item]:
    """The table of networks, if anything is declared, and the kinds."""
    whole = [Item(part, "", kind) for kind in kinds if schema_of(kind).of == "task"]
    table = [Item(part, "", "table")] if kinds else []
    return table + whole + _of_ensembles(study, task, part, [k for k in kinds if schema_of(k).of == "ensemble"], places)


def _of_ensembles(study: Study, task: str, part: str, kinds: Iterable[str], places: list[Place]) -> list[Item]:
    return [
        Item(part, place.name, kind) for kind in kinds for place in places if ensembles.has(study, task, place, kind)
    ]


def file_of(item: Item, task: str, results: Callable[[str], str]) -> str:
    """Where the file of an item lies; ``results`` makes a path of a name under the study's results."""
    if item.part == "study":
        return results(f"{item.kind}.h5")
    if item.part == "trials":
        return results(f"{task}/trials/{item.kind}.h5")
    if item.ensemble:
        return results(f"{task}/{item.ensemble}/{item.kind}.h5")
    return results(f"{task}/{'controls/' if item.part == 'controls' else ''}{item.kind}.h5")
