"""Figures, one module each, drawn from aggregated data alone."""

from rnnatlas._lazy import front_door

__getattr__, __dir__ = front_door(__name__, {"FIGURES": "catalogue", "figure_name": "catalogue"})
