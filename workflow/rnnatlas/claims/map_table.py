"""The map as a table for readers."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array

NOTE = (
    "Median performance of competent alternatives (claim A3) less that of standard networks, with 95 % intervals over networks and "
    "trials. **Bold**: the interval of that condition on its own excludes 0. Largest and smallest: over the whole grid of conditions, "
    "with an interval that allows for their number; wins and losses count conditions one by one, of which a few in a hundred "
    "exclude 0 by chance. High noise is the first of 2, 4, 8 times the trained one (where none was trained, times the unit) at which the "
    "standards' chance-corrected median is at most 0.75 of its value in distribution; its level stands in brackets. Standards are not "
    "matched to the alternatives in steps and schedule. Null: median over chains of the largest null-space predictivity of an earlier "
    "solution; decoupled: competent, and at most 0.1. –: there is no such condition, or nothing to compare."
)


def map_markdown(data: dict[str, Array]) -> str:
    """One table a task, a row for each variant and round; variants that were not run have a row that says so."""
    lines = ["# When do alternatives win?", "", NOTE, ""]
    conditions = [str(name) for name in data["condition"]]
    head = ["variant", "changes", "alternative", "competent (accepted) of trained", "decoupled", "null", *conditions]
    head += ["largest", "smallest", "wins / losses of conditions"]
    for j, title in enumerate(data["title"]):
        lines += [f"## {title}", "", f"Load: {data['load_name'][j]}, in units of the longest trained.", ""]
        lines += [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
        for i, run in enumerate(data["variant"]):
            name, change = str(run), str(data["change"][i, j]) or "–"
            if data["state"][i, j] != "finished":
                cells = [name, change, str(data["state"][i, j]), *["–"] * (len(head) - 3)]
                lines.append(f"| {' | '.join(cells)} |")
                continue
            for k in range(len(data["round"])):
                lines.append(f"| {' | '.join([name, change, *_round(data, (i, j), k)])} |")
        lines.append("")
    return "\n".join(lines)


def _round(data: dict[str, Array], at: tuple[int, int], k: int) -> list[str]:
    trained, accepted, competent, decoupled = (
        int(data[name][(*at, k)]) for name in ("trained", "accepted", "competent", "decoupled")
    )
    cells = [f"alt-{data['round'][k]}", f"{competent} ({accepted}) of {trained}", f"{decoupled}"]
    cells.append(_interval(data["null"][(*at, k)], signed=False))
    levels = _levels(data, at)
    for n, difference in enumerate(data["difference"][(*at, k)]):
        cells.append(_interval(difference) + (levels[n] if np.isfinite(difference[0]) else ""))
    cells += [_interval(data[name][(*at, k)]) for name in ("largest", "smallest")]
    mine = (data["cell/variant"] == at[0]) & (data["cell/task"] == at[1]) & (data["cell/round"] == data["round"][k])
    grid = data["cell/difference"][mine]
    wins, losses = int((grid[:, 1] > 0.0).sum()), int((grid[:, 2] < 0.0).sum())
    return [*cells, f"{wins} / {losses} of {len(grid)}" if len(grid) else "–"]


def _levels(data: dict[str, Array], at: tuple[int, int]) -> list[str]:
    """What is high noise in each condition, where noise is not as trained."""
    found: list[str] = []
    for n in range(len(data["condition"])):
        kinds = ("private_noise", "input_noise")
        high = [kind for kind in kinds if data[f"at/{kind}"][(*at, n)] > data[f"as_trained/{kind}"][at]]
        found.append("".join(f" [× {data[f'at/{kind}'][(*at, n)]:g}]" for kind in high))
    return found


def _interval(values: Array, signed: bool = True) -> str:
    value, low, high = (float(v) for v in values)
    if not np.isfinite(value):
        return "–"
    form = "+.3f" if signed else ".3f"
    text = f"{value:{form}}"
    text += f" ({low:{form}} to {high:{form}})" if np.isfinite(low) and np.isfinite(high) else " (no interval)"
    return f"**{text}**" if signed and (low > 0.0 or high < 0.0) else text
