"""The figures of a study: from the table of figures, for each what it is drawn for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from rnnatlas.config.study import Study
from rnnatlas.errors import AtlasError
from rnnatlas.figures.catalogue import FIGURES, Figure, figure_name
from rnnatlas.plan.ensembles import sets_of


@dataclass(frozen=True)
class Drawing:
    """A figure of this study: the row of its table, what it is drawn for (the run, a task, a recording), and ``parts``, the tasks
    that it shows (or what it is about instead), each with the set of chains that it is about there (empty: about all).

    A figure about one set of chains is drawn for each: under its own name of each task's first set, and for every
    further set with the set's name behind it, which is ``chains``.
    """

    key: str
    row: Figure
    subject: str
    parts: Mapping[str, str]
    chains: str = ""

    @property
    def tasks(self) -> tuple[str, ...]:
        return tuple(self.parts)

    @property
    def name(self) -> str:
        name = figure_name(self.row, self.subject)
        return f"{name}_{self.chains}" if self.chains else name

    @property
    def shows(self) -> str:
        shows = self.row.shows.format(task=self.subject, recording=self.subject).replace("_", " ")
        return f"{shows}: chains {self.chains}" if self.chains else shows

    @property
    def collected(self) -> bool:
        """Whether it is drawn from collected data, not from an artifact as it is."""
        return self.row.draws == "figure"

    @property
    def also(self) -> list[str]:
        """Further files that are made with the drawing, by their names among the results."""
        files = map(PurePosixPath, self.row.also)
        return [f"{file.with_suffix('')}_{self.chains}{file.suffix}" if self.chains else str(file) for file in files]

    @property
    def of(self) -> str:
        """What the collected data's folder has behind the task, ``/<set of chains>`` or nothing."""
        return f"/{self.chains}" if self.chains else ""


def drawings(study: Study) -> dict[str, Drawing]:
    """The figures by name, in the order of their table. Raises ``AtlasError`` for two of one name."""
    found: dict[str, Drawing] = {}
    for drawing in _all(study):
        if drawing.name in found:
            first = found[drawing.name]
            raise AtlasError(
                None, drawing.name, f"two figures have this name, of {first.key} and of {drawing.key}",
                "give the task, recording or set of chains that is called so another name",
            )  # fmt: skip
        found[drawing.name] = drawing
    return found


def _all(study: Study) -> Iterator[Drawing]:
    subjects = {
        "study": {study.run: study.tasks},
        "charting": {study.run: study.charted} if study.charted else {},
        "task": {task: [task] for task in sorted(study.tasks, key=lambda t: figure_name(FIGURES["solutions"], t))},
        "recording": {name: [own.task] for name, own in study.recording.items()},
    }
    for key, row in FIGURES.items():
        for subject, tasks in subjects[row.of].items():
            if not row.by_chains:
                yield Drawing(key, row, subject, dict.fromkeys([row.about] if row.about else tasks, ""))
                continue
            sets = {task: sets_of(study, task) for task in tasks}
            yield Drawing(key, row, subject, {task: next(iter(mine), "") for task, mine in sets.items()})
            for chains in study.chains:
                if parts := {task: chains for task, mine in sets.items() if chains in mine[1:]}:
                    yield Drawing(key, row, subject, parts, chains)
