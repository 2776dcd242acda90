"""Figure 1: which similarity measures irrelevant dynamics can fool.

Similarity between a trained network and a copy of it that carries unrelated chaotic dynamics beside, by the relative variance of
those dynamics: centred kernel alignment (CKA), representational similarity analysis (RSA), and linear predictivity (R²) in either
direction. Only predictivity of the earlier network by the new one still sees the copy, which is why iterative neural similarity deflation
(INSD) penalises it. Dotted lines: the bounds of claim M1; a measure that falls below the lower one was fooled, one that stays above the
upper one was not.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rnnatlas.artifacts.store import Artifact
from rnnatlas.claims.metric_claims import FALLS, STAYS
from rnnatlas.figures.style import INK, OTHERS, letter, new_figure, save, styled

_LOOK = {
    "new → earlier": (INK, "o", "-"),
    "earlier → new": (OTHERS[0], "s", "--"),
    "CKA": (OTHERS[1], "^", "-."),
    "RSA": (OTHERS[2], "D", ":"),
}


@styled()
def draw(artifacts: Sequence[Artifact], files: Sequence[str | Path]) -> None:
    """A reference beside an unrelated chaotic block: every measure but new → earlier predictivity forgets the copy."""
    (artifact,) = artifacts
    data = artifact.data
    figure = new_figure(2.8)
    sketch, axes = figure.subplots(1, 2, width_ratios=[1.0, 1.5])
    letter(sketch, "A")
    sketch.axis("off")
    sketch.text(0.0, 0.78, "earlier network:  Y", fontsize=8, color=INK)
    sketch.text(0.0, 0.58, "“new” network:  X = [ Y , c · chaos ]", fontsize=8, color=INK)
    sketch.text(
        0.0, 0.12, "X holds a full copy of Y, so nothing new was\nfound. A penalty must see that, however\nstrong the irrelevant dynamics are.",
        fontsize=7, color=INK, linespacing=1.4,
    )  # fmt: skip
    letter(axes, "B")
    variance = data["variance"]
    # Zero cannot stand on a logarithmic axis: it is drawn one step to the left of the smallest level.
    x = variance.copy()
    x[0] = variance[1] / 3
    for row, name in enumerate(map(str, data["measure"])):
        colour, marker, line = _LOOK[name]
        axes.plot(x, data["value"][row], color=colour, marker=marker, ls=line, ms=3.5, label=name)
    # Where no curve passes: the measures have fallen on the right, and have not on the left.
    for bound, words, place, side in ((STAYS, "M1, not fooled", x[-1], "right"), (FALLS, "M1, fooled", x[0], "left")):
        axes.axhline(bound, color=INK, lw=0.6, ls=":")
        sign, edge = ("≥", "top") if bound == STAYS else ("≤", "bottom")
        axes.text(
            place,
            bound - 0.015 * (1 if bound == STAYS else -1),
            f"{words}: {sign} {bound:g}",
            ha=side,
            va=edge,
            fontsize=6,
        )
    axes.set_xscale("log")
    axes.set_xticks([x[0], 0.1, 1, 10, 100], ["0", "0.1", "1", "10", "100"])
    axes.minorticks_off()
    axes.set(
        xlabel="variance of irrelevant dynamics, relative to the copy",
        ylabel="similarity (1 = identical)",
        ylim=(-0.05, 1.05),
    )
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    axes.set_title(
        f"copy of a {artifact.attributes['task'].replace('_', ' ')} network".replace("flip flop", "flip-flop")
    )
    save(figure, files)
