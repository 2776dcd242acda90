"""A study: everything that one run of the workflow does."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, create_model

from rnnatlas.config.analysis import (
    AttractorSettings,
    DecodingSettings,
    FixedPointSettings,
    HiddenSettings,
    HoldSettings,
    LimitSetSettings,
    SimilaritySettings,
)
from rnnatlas.config.base import Section, setting
from rnnatlas.config.charting import CHARTED, ChartingSettings
from rnnatlas.config.measures import MeasureSettings
from rnnatlas.config.population import ChainSettings, PopulationSettings
from rnnatlas.config.recording import RecordingAnalysisSettings, RecordingSettings
from rnnatlas.config.robustness import RobustnessSettings
from rnnatlas.config.training import DeflationSettings, HardSettings, NetworkSettings, TrainingSettings

NAME = 64  # characters of a name that becomes a folder


class TaskStudy(Section):
    """One task: its trials, and the networks trained on it. ``trial`` has the model that the task's file defines."""

    trial: Any = setting(None, "the task's own settings; see its file under rnnatlas/tasks")
    network: NetworkSettings = setting(NetworkSettings(), "the networks")
    training: TrainingSettings = setting(TrainingSettings(), "training of the standard networks")
    deflation: DeflationSettings = setting(DeflationSettings(), "training of the alternatives")
    hard: HardSettings = setting(HardSettings(), "conditions harder than training")


class AnalysisSettings(Section):
    """Trials that networks are analysed on, and the analyses."""

    trials: int = setting(128, "trials of the analysis set, on which maps are fitted", ge=2, le=1_000_000)
    test_trials: int = setting(128, "trials of the test set, on which they are scored", ge=2, le=1_000_000)
    fixed_points: FixedPointSettings = setting(FixedPointSettings(), "fixed and slow points")
    attractors: AttractorSettings = setting(AttractorSettings(), "line and ring attractors")
    decoding: DecodingSettings = setting(DecodingSettings(), "what can be read from activity, and when")
    similarity: SimilaritySettings = setting(SimilaritySettings(), "similarity of representation and dynamics")
    hidden: HiddenSettings = setting(HiddenSettings(), "nonlinear readers of earlier solutions")
    limit_sets: LimitSetSettings = setting(LimitSetSettings(), "noise-free runs and their ends")
    holds: HoldSettings = setting(HoldSettings(), "silent holds")
    robustness: RobustnessSettings = setting(RobustnessSettings(), "disturbed connections and states")
    recording: RecordingAnalysisSettings = setting(
        RecordingAnalysisSettings(), "comparison with recordings of your own"
    )
    measures: MeasureSettings = setting(MeasureSettings(), "further measures of similarity, and sweeps")


GAINS = {f"g{gain}": PopulationSettings(gain=gain) for gain in (0.01, 0.5, 1.0, 1.5)}
ARCHITECTURES = {cell: PopulationSettings(cell=cell, units=48, members=4) for cell in ("gru", "lstm")}
CONTROL_POPULATIONS = {
    "matched": PopulationSettings(schedule="alternatives", members=8),
    "norm_matched": PopulationSettings(activity="alternatives/insd_alt1", members=8),
}
POPULATIONS = GAINS | ARCHITECTURES | CONTROL_POPULATIONS | CHARTED
CHAINS = {
    "insd": ChainSettings(rounds=3),
    "sham": ChainSettings(rounds=1, reference="untrained"),
    "unprojected": ChainSettings(rounds=1, null_space=False),
    "auto": ChainSettings(chains=4, rounds=1, strength="auto"),
    "reverse": ChainSettings(rounds=1, measure="reverse", tasks=["flip_flop"]),
    "cka": ChainSettings(rounds=1, measure="cka", tasks=["flip_flop"]),
    "nonlinear": ChainSettings(
        rounds=1, measure="random_features", strength=0.4, stride=3, tasks=["flip_flop", "context_integration"]
    ),
}


class ControlSettings(Section):
    """Networks that tell what the alternatives owe to deflation itself: `make controls` trains them, and they enter the
    scorecard beside the rest."""

    run: bool = setting(False, "train and analyse them; else those at hand are used")
    populations: list[str] = setting(list(CONTROL_POPULATIONS), "populations that serve as controls")
    chains: list[str] = setting([name for name in CHAINS if name != "insd"], "sets of chains that serve as controls or test the measure")  # fmt: skip


class Study(Section):
    """The whole configuration. Lists choose what runs; the sections named alike define it."""

    run: str = setting("default", "name of the study; its artifacts are under results/<run>/", pattern=r"^[A-Za-z0-9_.-]+$", max_length=NAME)  # fmt: skip
    seed: int = setting(0, "root of every random stream", ge=0, lt=2**31)
    engine: Literal["auto", "native", "torch", "cuda"] = setting("auto", "time loop: compiled, portable, on a GPU, or the best available")  # fmt: skip
    threads: int = setting(
        2, "threads of a training or analysis job, at most; results do not depend on it", ge=1, le=1024
    )
    networks_from: str = setting("", "another study whose trained networks are taken where it has them, read only: its `run`, or the path of its results")  # fmt: skip
    tasks: list[str] = setting([], "tasks that run", min_length=1)
    populations: list[str] = setting(list(GAINS), "populations of standard networks trained for each task", min_length=1)  # fmt: skip
    chains: list[str] = setting(["insd"], "sets of chains of alternatives trained for each task")
    architectures: list[str] = setting(list(ARCHITECTURES), "populations of other cells trained for each task, of which limit sets alone are counted")  # fmt: skip
    controls: ControlSettings = setting(ControlSettings(), "controls and experiments with the measure")
    population: dict[str, PopulationSettings] = setting(POPULATIONS, "definition of each population")  # fmt: skip
    chain: dict[str, ChainSettings] = setting(CHAINS, "definition of each set of chains")
    recording: dict[str, RecordingSettings] = setting(
        {}, "recordings of your own, by name: the task, and the file (docs/recordings.md)"
    )
    task: Any = setting({}, "definition of each task's part of the study")
    charting: ChartingSettings = setting(ChartingSettings(), "which solutions appear by themselves")
    analysis: AnalysisSettings = setting(AnalysisSettings(), "analyses, common to all tasks")

    @property
    def charted(self) -> list[str]:
        """The tasks that populations are charted of; none where they are not trained."""
        return self.charting.tasks if self.charting.run else []

    @property
    def all_tasks(self) -> list[str]:
        """The tasks that run, those that are charted last."""
        return list(dict.fromkeys([*self.tasks, *self.charted]))

    def of(self, task: str) -> TaskStudy:
        """The part of the study that concerns one task."""
        part: TaskStudy = getattr(self.task, task)
        return part


def task_study_model(name: str) -> type[TaskStudy]:
    """``TaskStudy`` with the settings that the file of task ``name`` defines."""
    from rnnatlas.tasks.registry import task_module

    settings = task_module(name).Settings
    description = TaskStudy.model_fields["trial"].description
    return create_model(name, __base__=TaskStudy, trial=(settings, Field(settings(), description=description)))


def study_model(tasks: list[str]) -> type[Study]:
    """``Study`` for these tasks, each with its own settings."""
    parts: dict[str, Any] = {name: (model, Field(model())) for name in tasks if (model := task_study_model(name))}
    part = create_model("Tasks", __base__=Section, **parts)
    description = Study.model_fields["task"].description
    return create_model("Study", __base__=Study, task=(part, Field(part(), description=description)))
