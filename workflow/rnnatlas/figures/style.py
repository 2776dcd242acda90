"""One look for all figures: sizes, fonts, and one colour for one thing everywhere (Okabe & Ito's colour-blind safe set)."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count, product
from pathlib import Path
from string import ascii_uppercase
from textwrap import wrap
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnnatlas.arrays import Array
from rnnatlas.artifacts.store import write_bytes
from rnnatlas.claims.claim import SMALLEST

WIDTH = 7.2  # inches: two columns
STANDARD = "#0072B2"
# The same set without the standards' blue, then three more for chains as long as those of ``make capacity``.
ROUNDS = ("#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#661100", "#7A3FBF")
SHOWN_ROUNDS = 3  # alternatives that have a panel each; what is drawn in one panel is drawn of all
UNTRAINED = "#999999"
# For what is not a solution (channels, measures): Tol's muted set, apart from the colours above.
OTHERS = ("#332288", "#999933", "#882255", "#44AA99", "#DDCC77")
INK = "#222222"
WARNING = "#A00000"
REFERENCE_MARKER = "p"  # of networks that chains begin with, if not standard ones
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">")
DIVERGING, SEQUENTIAL, CYCLIC = "RdBu_r", "viridis", "twilight"

_RC: dict[Any, Any] = {
    "font.size": 7.5,
    "font.family": "DejaVu Sans",
    "axes.titlesize": 8,
    "axes.labelsize": 7.5,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.labelsize": 6.5,
    "ytick.labelsize": 6.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "legend.fontsize": 6.5,
    "legend.frameon": False,
    "lines.linewidth": 1.0,
    "hatch.linewidth": 0.35,
    "svg.hashsalt": "rnn-atlas",
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "savefig.dpi": 200,
    "figure.constrained_layout.use": True,
}


def solution_colour(round_: int) -> str:
    """Colour of a solution: 0 for standard networks, k for alt-k, −1 for others that chains begin with."""
    if round_ < 0:
        return OTHERS[0]
    return STANDARD if round_ == 0 else ROUNDS[(round_ - 1) % len(ROUNDS)]


def solution_name(round_: int) -> str:
    """Name of a solution: ``standard``, ``alt-1``, ``alt-2``, ...; ``reference`` for others that chains begin with (−1)."""
    if round_ < 0:
        return "reference"
    return "standard" if round_ == 0 else f"alt-{round_}"


def in_order(rounds: Iterable[Any]) -> list[int]:
    """Each of ``rounds`` once: standard networks, others that chains begin with, then alternatives."""
    return sorted({int(k) for k in rounds}, key=lambda k: (k != 0, k))


def ensemble_names(ensembles: Array, chains: Array, rounds: Array) -> dict[str, str]:
    """What each ensemble of a table of networks is called: populations by their name, others as solutions, and by their set of chains
    where there are several."""
    sets = {str(name) for name in chains} - {"-"}
    names: dict[str, str] = {}
    for ensemble, of, round_ in zip(map(str, ensembles), map(str, chains), map(int, rounds), strict=True):
        solution = ensemble.split("/", 1)[1] if round_ == 0 else solution_name(round_)
        names[ensemble] = f"{of} {solution}" if round_ and len(sets) > 1 else solution
    return names


def in_lines(title: object, *below: str) -> str:
    """A task's title, broken to stand beside a low panel, and what stands below it."""
    return "\n".join([*wrap(str(title), 18), *below])


@contextmanager
def styled() -> Iterator[None]:
    """Matplotlib's own defaults and the project's style, whatever the user's ``matplotlibrc`` says; after it the user's again. What
    draws a figure is decorated with it, from ``new_figure`` to ``save``: settings are read throughout."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_RC)
        yield


def new_figure(height: float, width: float = WIDTH) -> Figure:
    """An empty figure of ``width`` × ``height`` inches, without pyplot's global state."""
    return Figure(figsize=(width, height))


def letter(axes: Axes, text: str) -> None:
    """The panel's letter, outside its upper left corner."""
    axes.annotate(
        text, (0, 1), xycoords="axes fraction", xytext=(-22, 6), textcoords="offset points", fontweight="bold", fontsize=9,
        annotation_clip=False,
    )  # fmt: skip


def letters() -> Iterator[str]:
    """Panels' letters: A to Z, AA, AB, and so on."""
    for size in count(1):
        yield from map("".join, product(ascii_uppercase, repeat=size))


def note(axes: Axes, text: str, colour: str = WARNING) -> None:
    """A remark above a panel, for what a reader must not miss."""
    axes.annotate(
        text, (1, 1), xycoords="axes fraction", xytext=(0, 3), textcoords="offset points", ha="right", va="bottom",
        fontsize=6, color=colour, annotation_clip=False,
    )  # fmt: skip


def too_few(chains: int, ending: str = "") -> str:
    """Says that ``chains`` are fewer than a verdict needs; empty if they are enough, or if there are none."""
    return f"{chains} chain{'s' * (chains != 1)}: too few{ending}" if 0 < chains < SMALLEST else ""


def save(figure: Figure, files: Sequence[str | Path]) -> None:
    """Write the figure to each of ``files``, without dates or versions inside, so that equal figures are equal files."""
    _settle(figure)
    metadata = {".pdf": {"CreationDate": None, "Producer": None, "Creator": None}, ".svg": {"Date": None, "Creator": None}, ".png": {"Software": None}}  # fmt: skip
    for file in files:
        content, kind = io.BytesIO(), Path(file).suffix
        figure.savefig(content, format=kind[1:], metadata=metadata.get(kind))
        write_bytes(file, content.getvalue())


def _settle(figure: Figure) -> None:
    """Lay the figure out once, and round the places of its panels: the last digits of the layout solver's answer depend on the order
    of hashes, and names of clipping paths in an SVG on all digits."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes in figure.axes:
        left, bottom, width, height = (round(float(edge), 6) for edge in axes.get_position(original=True).bounds)
        axes.set_position((left, bottom, width, height))
