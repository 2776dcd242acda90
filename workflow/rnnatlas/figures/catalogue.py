"""The figures of a study, a row each: what a figure is called, what it reads, and where it stands in the report.

A row's key names its modules: ``<key>.py`` has ``draw(parts, files)``, and its docstring, after the first line, is the figure's
caption; ``<key>_data.py``, where a figure is drawn from collected data, has ``collect(case) -> dict[str, Array]``, called once a
task. To add a figure: these two modules, and a row here (docs/add_a_figure.md).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from rnnatlas.evidence.needs import Needs


@dataclass(frozen=True)
class Figure:
    """``name`` is the target; in it and in ``shows``, ``{task}`` or ``{recording}`` stands for what a figure of its own is drawn for
    (``of``; ``charting``: once, for the tasks that are charted). ``needs`` and ``uses``, further settings by name, are what is collected; a figure that draws an artifact as it is
    names its kind, ``draws``, instead, and what it is about where that is none of the study's tasks, ``about``. ``by_chains``: it is about one set of chains, and drawn for each. ``also`` are files beside
    the drawing."""

    name: str
    category: str
    shows: str
    needs: Needs = field(default_factory=Needs)
    uses: str = ""
    of: Literal["study", "task", "recording", "charting"] = "study"
    draws: str = "figure"
    about: str = ""
    also: tuple[str, ...] = ()
    by_chains: bool = False


# What alt-1's criterion (A4, A5 or A6) is judged by, and what controls are compared by.
_CRITERION = ("fixed_points", "limit_sets", "attractors", "decoding")

FIGURES = {
    "metric": Figure("figure_1", "Method", "which measures irrelevant dynamics fool", draws="metric_asymmetry"),
    "solutions": Figure(
        "figure_{task}", "Solutions", "{task}",
        Needs(own=("similarity", "embedding", "fixed_points", "networks"), trials=("analysis",)), "engine", of="task", by_chains=True,
    ),
    "hard": Figure(
        "figure_5", "Generalisation", "performance under hard conditions",
        Needs(own=("generalisation", "similarity"), controls=("generalisation",)),
        by_chains=True,
    ),
    "robustness": Figure(
        "figure_robustness", "Generalisation", "noise on the weights, kicks to the state",
        Needs(own=("robustness", "similarity"), controls=("robustness",)),
        by_chains=True,
    ),
    "chains": Figure(
        "figure_chains", "Similarity", "one second solution or many", Needs(own=("similarity", "embedding", "measures")),
        by_chains=True,
    ),
    "similarity": Figure(
        "figure_similarity", "Similarity", "all measures of similarity", Needs(own=("similarity", "embedding", "measures")),
    ),
    "hidden": Figure(
        "figure_hidden", "Similarity", "earlier states absent or hidden", Needs(own=("hidden",)), by_chains=True,
    ),
    "decoding": Figure(
        "figure_decoding", "Decoding", "what is decoded and when", Needs(own=("decoding", "similarity")),
        by_chains=True,
    ),
    "limit_sets": Figure(
        "figure_limit_sets", "Dynamics", "limit sets and Lyapunov exponents",
        Needs(own=("limit_sets", "similarity"), architectures=("limit_sets",)),
        by_chains=True,
    ),
    "controls": Figure(
        "figure_controls", "Controls", "alternatives beside controls",
        Needs(
            own=("finer_steps", "similarity"),
            beside=("embedding", "generalisation", "networks", *_CRITERION),
            controls=("similarity", "embedding", "generalisation", "networks", *_CRITERION),
        ),
        by_chains=True,
    ),
    "experiments": Figure(
        "figure_experiments", "Generalisation", "experiments that tell solutions apart",
        Needs(own=("generalisation", "similarity", "networks"), controls=("generalisation", "networks"), trials=("hard",)),
        "engine ridge", also=("experiments.md",), by_chains=True,
    ),
    "tasks": Figure(
        "figure_tasks", "Method", "trials of each task", Needs(first=("networks",), trials=("test",)), "engine",
    ),
    "training": Figure("figure_training", "Training", "training curves", Needs(own=("networks",)), by_chains=True),
    "two_neuron": Figure(
        "figure_c1", "Charting", "the two-neuron network", draws="two_neuron", about="two_neuron",
    ),
    "charted_tasks": Figure(
        "figure_c2", "Charting", "the charted tasks", Needs(charted=("networks",)), "engine", of="charting",
    ),
    "extrapolation": Figure(
        "figure_c3", "Charting", "networks beyond their training", Needs(charted=("networks", "extrapolation", "reduced")), "engine", of="charting",
    ),
    "types": Figure(
        "figure_c4", "Charting", "types of solutions", Needs(charted=("networks", "extrapolation", "reduced", "features")), of="charting",
    ),
    "architectures": Figure(
        "figure_c5", "Charting", "types by architecture", Needs(charted=("networks", "extrapolation", "reduced", "features")), "engine", of="charting",
    ),
    "recording": Figure("figure_recording_{recording}", "Recordings", "{recording}", of="recording", draws="recording"),
}  # fmt: skip

# Figures of tasks that have a number in the first paper; those of other tasks are called by their task.
NUMBERED = {"context_integration": "figure_2", "flip_flop": "figure_3", "memory_pro": "figure_4"}


def figure_name(figure: Figure, subject: str) -> str:
    """The target of a figure for ``subject``: the study's run, a task, or a recording, whichever it is drawn for."""
    if figure.of == "task" and subject in NUMBERED:
        return NUMBERED[subject]
    return figure.name.format(task=subject, recording=subject)
