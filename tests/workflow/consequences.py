"""What follows from what in the tiny study, said once more by hand: which figures and groups of claims read a kind of analysis."""

from __future__ import annotations

from study_copy import each

TASKS = ("flip_flop", "context_integration")
T = "{flip_flop,context_integration}"
STANDARD = "standard/{g0.5,g1.5}"
ALTERNATIVES = "alternatives/insd_alt{1,2}"
ENSEMBLES = "{standard/g0.5,standard/g1.5,alternatives/insd_alt1,alternatives/insd_alt2}"
SETS = "{analysis,test,hard_0,hard_1}"

# Which figures and groups of claims read a kind of analysis: said here once more, by what they show.
FIGURES = {
    "table": {"solutions", "hard", "chains", "similarity", "hidden", "decoding", "limit_sets", "controls", "experiments", "training", "robustness"},
    "similarity": {"solutions", "hard", "robustness", "chains", "similarity", "decoding", "limit_sets", "controls", "experiments"},
    "embedding": {"solutions", "chains", "similarity"},
    "measures": {"chains", "similarity"},
    "hidden": {"hidden"},
    "fixed_points": {"solutions"},
    "limit_sets": {"limit_sets"},
    "attractors": set(),
    "decoding": {"decoding"},
    "generalisation": {"hard", "experiments"},
    "finer_steps": {"controls"},
    "robustness": {"robustness"},
}  # fmt: skip
GROUPS = {
    "table": {"predictivity", "classes", "attractors", "rotation", "limit_sets", "decoding", "hidden", "hard", "finer_steps", "robustness", "time_step", "capacity"},
    "similarity": {"predictivity", "classes", "attractors", "rotation", "limit_sets", "decoding", "hidden", "hard", "robustness", "time_step", "capacity"},
    "embedding": {"classes"},
    "measures": {"classes"},
    "hidden": {"hidden"},
    "fixed_points": {"attractors", "limit_sets", "time_step"},
    "limit_sets": {"limit_sets", "time_step"},
    "attractors": {"attractors", "rotation", "limit_sets", "time_step"},
    "decoding": {"decoding", "rotation"},
    "generalisation": {"hard"},
    "finer_steps": {"finer_steps", "time_step"},
    "robustness": {"robustness"},
}  # fmt: skip
OWN = {"flip_flop": "figure_3", "context_integration": "figure_2"}
NAMES = {"hard": "figure_5"}


def drawn(figure: str, tasks: tuple[str, ...]) -> set[str]:
    """The jobs that draw a figure of these tasks."""
    return {OWN[task] for task in tasks} if figure == "solutions" else {NAMES.get(figure, f"figure_{figure}")}


def shown(*kinds: str, tasks: tuple[str, ...] = TASKS) -> set[str]:
    """What follows from other results of these kinds, of these tasks."""
    figures = {figure for kind in kinds for figure in FIGURES[kind]}
    jobs = {f"collect {figure} {task}" for figure in figures for task in tasks}
    for figure in figures:
        jobs |= drawn(figure, tasks)
    return jobs | {f"claims {group}" for kind in kinds for group in GROUPS[kind]} | {"scorecard", "manifest"}


def again(*kinds: str, tasks: tuple[str, ...] = TASKS) -> set[str]:
    """These analyses of all networks of these tasks, and what follows from them."""
    of_tasks = {f"{kind} {task}" for kind in kinds if kind in WHOLE for task in tasks}
    of_each = {job for kind in kinds if kind in EACH for task in tasks for job in each(f"{kind} {task} {ENSEMBLES}")}
    return of_tasks | of_each | shown(*kinds, tasks=tasks)


WHOLE = ("table", "similarity", "embedding", "measures", "hidden")
ROOTS = ("fixed_points", "limit_sets", "attractors", "finer_steps")  # fixed points, and what is made from them
EACH = (*ROOTS, "decoding", "generalisation", "robustness")
TRIALS = each(f"trials {T} {SETS}")
METRIC = each("metric_asymmetry", "figure_1", "claims irrelevant_dynamics", "scorecard")
CHARTING = each("two_neuron", "figure_c1", "claims two_neuron", "scorecard")
EXAMPLES = each(f"collect tasks {T}", "figure_tasks")
TRAININGS = "train_standard {} {{g0.5,g1.5}}", "train_alternatives {} insd {{1,2}}"


def networks(*tasks: str) -> set[str]:
    """All trainings of these tasks."""
    return {job for task in tasks for pattern in TRAININGS for job in each(pattern.format(task))}


FLIP_FLOP = (
    networks("flip_flop") | again(*WHOLE, *EACH, tasks=("flip_flop",)) | METRIC | {"collect tasks flip_flop", "figure_tasks"}
)  # fmt: skip
EVERYTHING = (
    TRIALS
    | networks(*TASKS)
    | again(*WHOLE, *EACH)
    | METRIC
    | CHARTING
    | EXAMPLES
    | {"study", "claims controls", "claims measure"}
)


def of_alternatives(*tasks: str) -> set[str]:
    """What follows from other alternatives."""
    jobs = {job for task in tasks for job in each(f"train_alternatives {task} insd {{1,2}}")}
    jobs |= {job for kind in EACH for task in tasks for job in each(f"{kind} {task} {ALTERNATIVES}")}
    return jobs | {f"{kind} {task}" for kind in WHOLE for task in tasks} | shown(*WHOLE, *EACH, tasks=tasks)
