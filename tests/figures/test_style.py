"""What all figures have in common: names, colours, and one look whatever the user's Matplotlib is set to."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import matplotlib as mpl
import pytest

from rnnatlas.figures.catalogue import FIGURES
from rnnatlas.figures.style import MARKERS, solution_colour, solution_name, styled, too_few


def test_too_few_chains_for_a_verdict_are_named_and_none_are_not() -> None:
    assert [too_few(chains) for chains in (0, 1, 3, 4, 8)] == ["", "1 chain: too few", "3 chains: too few", "", ""]
    assert too_few(2, " for a verdict").endswith("few for a verdict")


def test_what_chains_begin_with_is_no_alternative() -> None:
    names = [solution_name(k) for k in (-1, 0, 1, 2)]
    assert names == ["reference", "standard", "alt-1", "alt-2"]
    assert len({solution_colour(k) for k in (-1, 0, 1, 2)}) == 4


def test_eight_rounds_have_a_colour_and_a_marker_each() -> None:
    assert len({solution_colour(k) for k in range(-1, 9)}) == 10
    assert len({MARKERS[k % len(MARKERS)] for k in range(9)}) == 9


DRAWS = """
import sys
from rnnatlas.figures.style import letter, new_figure, note, save, styled

@styled()
def draw(files):
    figure = new_figure(2.0)
    axes = figure.subplots(1, 2)
    axes[0].plot([1.0, 2.0], [3.0, 4.0], label="a line")
    axes[0].set(xlabel="α (ms)", ylabel="R²")
    axes[1].imshow([[0.0, 1.0], [2.0, 3.0]])
    letter(axes[0], "A")
    note(axes[1], "a note")
    figure.legend()
    save(figure, files)

draw(sys.argv[1:])
"""
HOSTILE = """
backend: nbagg
text.usetex: True
axes.grid: True
font.family: serif
font.size: 20
figure.dpi: 50
savefig.dpi: 50
savefig.format: pdf
savefig.bbox: tight
figure.autolayout: True
axes.prop_cycle: cycler('color', ['k'])
"""


def drawn(folder: Path, **environment: str) -> dict[str, bytes]:
    """A figure as drawn by a process with these variables and with ``folder`` as its own."""
    kinds = ("png", "svg", "pdf")
    subprocess.run(
        [sys.executable, "-c", DRAWS, *(f"f.{kind}" for kind in kinds)],
        cwd=folder, env=os.environ | environment, check=True,
    )  # fmt: skip
    return {kind: (folder / f"f.{kind}").read_bytes() for kind in kinds}


def test_figures_do_not_depend_on_the_users_matplotlib(tmp_path: Path) -> None:
    plain, hostile = tmp_path / "plain", tmp_path / "hostile"
    for folder, settings in ((plain, ""), (hostile, HOSTILE)):
        folder.mkdir()
        (folder / "matplotlibrc").write_text(settings)
    wanted = drawn(plain, MPLBACKEND="agg")
    assert drawn(hostile, MPLBACKEND="pdf") == wanted
    assert drawn(hostile, MPLBACKEND="") == wanted


def test_drawing_leaves_the_users_matplotlib_as_it_was() -> None:
    with mpl.rc_context({"axes.grid": True, "font.size": 20.0}):
        before = dict(mpl.rcParams)
        with styled():
            assert not mpl.rcParams["axes.grid"] and mpl.rcParams["svg.hashsalt"] == "rnn-atlas"
        assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("key", FIGURES)
def test_every_figure_is_drawn_in_the_style(key: str) -> None:
    """Where a notebook calls it, too."""
    draw = import_module(f"rnnatlas.figures.{key}").draw
    seen: list[bool] = []

    class Artifacts(list[object]):
        def __iter__(self):  # the first thing that a figure does is to look at its artifacts
            seen.append(mpl.rcParams["svg.hashsalt"] == "rnn-atlas")
            raise StopAsyncIteration

    with mpl.rc_context({"svg.hashsalt": None}), pytest.raises(StopAsyncIteration):
        draw(Artifacts(), [])
    assert seen == [True]
