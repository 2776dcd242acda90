"""Figures, one module each, drawn from aggregated data alone."""

from rnnatlas._lazy import front_door

__getattr__, __dir__ = front_door(
    __name__,
    {
        "draw_solutions": "solutions",
        "draw_metric": "metric",
        "draw_hard": "hard",
        "draw_experiments": "experiments",
        "draw_tasks": "task_examples",
        "draw_training": "training_curves",
    },
)
