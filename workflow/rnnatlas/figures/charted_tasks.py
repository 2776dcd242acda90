"""Figure C2: the charted tasks.

Left: a trial of each task, inputs above, below the output of a trained network (line) and the target (dashed). Right: the desired output over all trials as
trained. Of interval reproduction a row is a trial, with the times of Ready, Set and Go; of interval discrimination a point is a pair of intervals, coloured by
the response; of delayed discrimination a pair of amplitudes, at the shortest, a middle and the longest delay. Inputs and outputs have no unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rnnatlas.artifacts.store import Artifact
from rnnatlas.figures.parameter_maps import draw_map
from rnnatlas.figures.parts import part_of
from rnnatlas.figures.style import letter, letters, new_figure, save, styled
from rnnatlas.figures.tasks import draw_trial


@styled()
def draw(artifacts: Sequence[Artifact], files: Sequence[str | Path]) -> None:
    """A row a task."""
    parts = [artifact.data for artifact in artifacts]
    figure = new_figure(2.1 * len(parts) + 0.2)
    grid = figure.add_gridspec(2 * len(parts), 2, width_ratios=[1.0, 1.2])
    names = letters()
    for row, part in enumerate(parts):
        above, below = (figure.add_subplot(grid[2 * row + k, 0]) for k in range(2))
        letter(above, next(names))
        above.set_title(f"{part['title']}{'' if part['accepted'] else ' (network not accepted)'}")
        draw_trial(above, below, part, 0, True)
        chart = figure.add_subplot(grid[2 * row : 2 * row + 2, 1])
        letter(chart, next(names))
        own = part_of(part, "map/")
        shade = draw_map(chart, own, float(part["dt"]))
        figure.colorbar(shade, ax=chart, shrink=0.8, label="desired output", ticks=[-1, 0, 1])
        if "outputs" in own:
            chart.legend(loc="lower right", labelcolor="#444444")
    save(figure, files)
