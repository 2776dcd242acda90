"""Every example of docs/functions.md runs as it stands, one after another, on small untrained networks."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from rnnatlas.networks.cell import Cell
from rnnatlas.networks.initial_weights import initialise
from rnnatlas.tasks.registry import get_task

PAGE = (Path(__file__).parents[2] / "docs" / "functions.md").read_text()
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def test_the_examples_run() -> None:
    task = get_task("flip_flop", duration=800.0)
    network = initialise([0, 1, 2], 12, 3, 3, 1.2, Cell(0.2, 0.05), (0, "page"))
    names: dict[str, Any] = {"task": task, "network": network}
    for number, block in enumerate(BLOCKS):
        exec(compile(block, f"docs/functions.md, example {number + 1}", "exec"), names)
    assert len(names["summary"].rows()) == 3 and str(names["summary"]).count("\n") == 4
    assert names["alternative"].members == 3 and np.isfinite(names["distances"]).all()
    assert len(names["ends"].run) == 4 and names["points"].fixed.any()


def test_the_page_names_what_a_notebook_looks_for() -> None:
    """Every function of the front doors of what is analysed, but for parts of others."""
    parts = {
        "descend", "minimise_speed", "roots_between", "search_fixed_points", "spectrum", "visited_states", "Ends", "FixedPoints",
        "VisitedStates", "fit_operator", "linear_predictivity", "spectral_distance", "standardise", "compare_classifiers", "fit_decoders",
        "fixed_predictions", "largest_angles", "potent_share", "sessions", "stability_ratio", "Summary",
    }  # fmt: skip
    for package in ("dynamics", "similarity", "decoding", "analysis", "charting.two_neuron"):
        for name in set(dir(import_module(f"rnnatlas.{package}"))) - parts:
            assert re.search(rf"\b{name}\b", PAGE), name
