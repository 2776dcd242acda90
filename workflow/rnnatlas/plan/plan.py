"""A study as the workflow sees it: every question that a rule asks, by name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from rnnatlas.artifacts.schemas import HOMES
from rnnatlas.claims.catalogue import GROUPS, Group
from rnnatlas.config.study import Study
from rnnatlas.evidence.needs import Needs
from rnnatlas.figures.catalogue import FIGURES
from rnnatlas.plan import ensembles
from rnnatlas.plan.drawings import Drawing, drawings
from rnnatlas.plan.files import file_of, items
from rnnatlas.plan.settings import Wildcards, settings
from rnnatlas.plan.taken import TRAINING_USES, check_settings, folder_of, taken

ANALYSES = ("fixed_points", "limit_sets", "attractors", "decoding", "generalisation", "finer_steps", "robustness")
COMPARISONS = ("similarity", "embedding", "measures", "hidden")
CHARTS = ("extrapolation", "features", "limit_sets", "reduced")


@dataclass(frozen=True)
class Plan:
    """``results`` is the folder of the study's results, as paths in the rules begin; ``at_hand`` the same as it lies on the disk."""

    study: Study
    results: str
    at_hand: Path

    def path(self, name: str) -> str:
        return f"{self.results}/{name}"

    @cached_property
    def figures(self) -> dict[str, Drawing]:
        """The study's figures by name, in the order of their table."""
        return drawings(self.study)

    @property
    def not_asked_for(self) -> list[str]:
        """Figures of charted populations that the study does not have."""
        return [] if self.study.charted else [row.name for row in FIGURES.values() if row.of == "charting"]

    def shown_in(self) -> dict[str, dict[str, str]]:
        """From the row of a figure and a task (of figures about further sets of chains ``task/chains``) to the figure's name."""
        found: dict[str, dict[str, str]] = {}
        for one in self.figures.values():
            names = found.setdefault(one.key, {})
            for task, chains in one.parts.items():
                names.setdefault(task, one.name)
                if one.chains:
                    names[f"{task}/{chains}"] = one.name
        return found

    def drawn_from(self, drawing: Drawing) -> list[str]:
        """What a figure is drawn from: the data collected of each of its tasks, or an artifact as it is."""
        if drawing.row.of == "recording":
            return [self.path(f"{drawing.tasks[0]}/recordings/{drawing.subject}.h5")]
        if not drawing.collected:
            return [self.path(f"{drawing.row.draws}.h5")]
        return [self.path(f"figures/data/{drawing.key}/{task}{drawing.of}.h5") for task in drawing.tasks]

    @cached_property
    def networks_from(self) -> Path | None:
        """The results of the study whose networks are taken, if any."""
        return folder_of(self.study, self.at_hand)

    def taken(self, wildcards: Wildcards) -> str:
        """The file that the networks of a training job are taken from instead; empty if they are trained. Raises ``AtlasError`` for
        networks that were trained with other settings."""
        file = taken(self.networks_from, wildcards["task"], ensembles.named(wildcards))
        if file is None:
            return ""
        uses = TRAINING_USES["train_standard" if wildcards.get("population") else "train_alternatives"]
        check_settings(file, settings(self.study, wildcards, uses))
        return str(file)

    def check_taken(self) -> None:
        """Raise ``AtlasError`` for networks of the study that would be taken and were trained with other settings."""
        for task in self.study.all_tasks if self.networks_from else ():
            for job in ensembles.trainings(self.study, task):
                self.taken(job)

    def all_taken(self) -> dict[str, str]:
        """For each file of networks that are taken, the other study's."""
        places = [(task, place.name) for task in self.study.all_tasks for place in ensembles.every(self.study, task)]
        found = {str(self.at_hand / t / name / "networks.h5"): taken(self.networks_from, t, name) for t, name in places}
        return {own: str(file) for own, file in found.items() if file}

    def controlled(self, task: str) -> bool:
        """Whether the controls of a task count: asked for, or at hand, compared by whatever revision."""
        folder = self.at_hand / task / "controls"
        return self.study.controls.run or any((folder / f"{kind}.h5").exists() for kind in ("table", "similarity"))

    def needed(self, needs: Needs, task: str, about: str = "") -> list[str]:
        """The files that ``needs`` declares of a task, in the order of ``evidence``; those of ensembles of the set of chains that
        they are ``about``, else of all."""
        return [file_of(item, task, self.path) for item in items(self.study, needs, task, self.controlled(task), about)]

    def evidence(self, needs: Needs, task: str, about: str = "") -> list[list[str]]:
        """What each of these files is, for the job."""
        return [list(item) for item in items(self.study, needs, task, self.controlled(task), about)]

    def about(self, wildcards: Wildcards) -> str:
        """The set of chains that the collected data of a figure are about; empty: all, or there is none."""
        if not FIGURES[wildcards["figure"]].by_chains:
            return ""
        return wildcards["of"].removeprefix("/") or next(iter(ensembles.sets_of(self.study, wildcards["task"])), "")

    def figure_files(self, wildcards: Wildcards) -> list[str]:
        """What the data of a figure are collected from."""
        return self.needed(FIGURES[wildcards["figure"]].needs, wildcards["task"], self.about(wildcards))

    def figure_cfg(self, wildcards: Wildcards) -> dict[str, Any]:
        """What the collection of a figure's data of one task, and of one set of chains, is given."""
        key, task, about = wildcards["figure"], wildcards["task"], self.about(wildcards)
        row = FIGURES[key]
        found = settings(self.study, wildcards, f"task {row.uses}")
        declared = {"declared": _plain(row.needs), "evidence": self.evidence(row.needs, task, about)}
        return found | declared | {"about": about, "figure": key}

    def group_cfg(self, name: str) -> dict[str, Any]:
        """What a group of claims is judged with."""
        group = GROUPS[name]
        return {
            "declared": _plain(group.needs),
            "evidence": {task: self.evidence(group.needs, task) for task in self.tasks_of(group.needs)},
            "module": group.module,
            "seed": self.study.seed,
        }

    def group_files(self, group: Group) -> list[str]:
        """The files that a group of claims declares, of all tasks."""
        return [file for task in self.tasks_of(group.needs) for file in self.needed(group.needs, task)]

    def groups(self) -> list[str]:
        """The groups of claims that the scorecard waits for: those on charted populations and on others' networks where there are any."""
        charted = {name for name, group in GROUPS.items() if group.needs.charted} if not self.study.charted else set()
        kinds = {name: group.needs.study for name, group in GROUPS.items()}
        others = {name for name, of in kinds.items() if of and not any(ensembles.made(self.study, kind) for kind in of)}
        return [name for name in GROUPS if name not in charted | others]

    def tasks_of(self, needs: Needs) -> list[str]:
        """The tasks that a declaration is about."""
        return self.study.charted if needs.charted else self.study.tasks

    def of_ensembles(self, kind: str, task: str, among: str = "") -> list[str]:
        """The file of one kind of every ensemble of a task: its own, or (``among`` "controls/") of its controls."""
        places = ensembles.controls(self.study, task) if among else ensembles.own(self.study, task)
        return [self.path(f"{task}/{place.name}/{kind}.h5") for place in places]

    def schemas(self, needs: Needs) -> list[str]:
        """The modules of the schemas of what is declared and counts, for the digests of code."""
        counts = {"own", "first", "architectures", "charted", "study"}
        counts |= {"beside", "controls"} if any(map(self.controlled, self.study.tasks)) else set()
        kinds = {kind for name in counts for kind in getattr(needs, name)} | {"table"}
        return sorted({f"artifacts.{HOMES[kind]}" for kind in kinds})

    def hard_trials(self, task: str) -> list[str]:
        """The trials of the hard grid, a file a load."""
        return self.needed(Needs(trials=("hard",)), task)

    def map_point(self) -> list[str]:
        """What the map compares of every task."""
        return [
            file for task in self.study.tasks for file in self.needed(Needs(own=("similarity", "generalisation")), task)
        ]

    def analyses(self) -> list[str]:
        """Every analysis of the study, with those of the controls where they count."""
        everything = Needs(own=(*COMPARISONS, *ANALYSES), architectures=("limit_sets",), controls=("similarity", "embedding", *ANALYSES))  # fmt: skip
        charts = [file for task in self.study.charted for file in self.needed(Needs(charted=CHARTS), task)]
        return list(
            dict.fromkeys([*(file for task in self.study.tasks for file in self.needed(everything, task)), *charts])
        )


def _plain(needs: Needs) -> dict[str, list[str]]:
    """A declaration for a job's ``cfg``: its parts that name anything."""
    return {part: list(kinds) for part, kinds in sorted(vars(needs).items()) if kinds}
