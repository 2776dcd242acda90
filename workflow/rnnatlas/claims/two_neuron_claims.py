"""Claims T1-T3 and T6, on the two-neuron network."""

from __future__ import annotations

import numpy as np

from rnnatlas.artifacts.charting_schemas import TWO_NEURON
from rnnatlas.artifacts.store import read_artifact
from rnnatlas.charting.two_neuron.outcome import CLASSES
from rnnatlas.charting.two_neuron.plane import Plane, principal_shares, representatives
from rnnatlas.charting.two_neuron.problem import Problem
from rnnatlas.charting.two_neuron.start import agreement
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.stored import Table

TASK, PAPER, FIGURE = "two_neuron", "Turner et al. 2021", "two_neuron"
AUTHORS = {"solved": 0.708, "in the plane": 0.9456, "in two components": 0.9537}
RESAMPLES = 1000

T1 = Claim(
    "T1", "The authors' two-neuron solutions are solutions here", f"{PAPER}, section 3 and released data",
    "largest difference from the authors' 0.708 solved, 0.9456 of the solutions' variance in the plane, 0.9537 in two components", 0.02,
    figure=FIGURE, above=False, smallest=1000,
)  # fmt: skip
T2 = Claim(
    "T2", "Two-neuron networks are solved, and their solutions lie near a plane", f"{PAPER}, section 3",
    "smallest margin of three: share solved at least 0.7, variance in two components at least 0.94, each of three classes present", 0.0,
    figure=FIGURE, smallest=1000,
    bounds={"solved": "≥ 0.7", "in two components": "≥ 0.94", "classes": "≥ 3"},
)  # fmt: skip
T3 = Claim(
    "T3", "The start decides the end", f"{PAPER}, abstract",
    "lower 95 % bound of Cohen's kappa between predicted and found, of class or basin, whichever is lower; stuck networks are a class", 0.3,
    figure=FIGURE, smallest=1000,
)  # fmt: skip
T6 = Claim(
    "T6", "Solutions form discrete islands", f"{PAPER}, section 3",
    "smaller margin of two: continuation at a loss below that of a solution connects at least 0.9 of pairs within an island, at most 0.1 between", 0.0,
    figure=FIGURE, smallest=20,
    bounds={"within": "≥ 0.9", "between": "≤ 0.1"},
)  # fmt: skip


def authors(table: Table, problem: Problem, solved: float) -> list[Result]:
    """T1, where solutions to compare with were given. Nothing is drawn at random: the interval is the value."""
    if "compared/weights" not in table:
        return []
    weights, loss = np.asarray(table["compared/weights"]), np.asarray(table["compared/loss"])
    good = weights[loss < solved]
    plane = Plane.through(good[representatives(good, problem)])
    found = (len(good) / len(weights), plane.share(good), principal_shares(good)[:2].sum())
    detail = dict(zip(AUTHORS, map(float, found), strict=True))
    value = max(abs(detail[name] - theirs) for name, theirs in AUTHORS.items())
    return [Result(T1, TASK, value, value, value, len(weights), len(good), detail)]


def solutions(table: Table, rng: np.random.Generator) -> Result:
    """T2; the interval over resampled networks."""
    weights, solved, classes = (np.asarray(table[name]) for name in ("weights", "solved", "class"))

    def numbers(rows: np.ndarray) -> tuple[float, float, int]:
        good = weights[rows][solved[rows]]
        return float(solved[rows].mean()), float(principal_shares(good)[:2].sum()), len(set(classes[rows]) & {0, 1, 2})

    def margin(share: float, two: float, kinds: int) -> float:
        return min(share - 0.7, two - 0.94, 0.0 if kinds == 3 else -1.0)

    everything = numbers(np.arange(len(weights)))
    drawn = [margin(*numbers(rng.integers(len(weights), size=len(weights)))) for _ in range(RESAMPLES)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    detail = dict(zip(T2.bounds, map(float, everything), strict=True))
    shares = np.asarray(table["plane/share"])
    detail["in the plane"] = float(shares[0])
    for name, at in (("2.5 %", 2.5), ("median", 50.0), ("97.5 %", 97.5)):
        detail[f"in the plane of a random triple, {name}"] = float(np.percentile(shares[1:], at))
    for kind, name in enumerate(CLASSES):
        detail[name] = float((classes[solved] == kind).mean())
    same = classes[solved] == np.asarray(table["class_by_eigenvalues"])[solved]
    detail["class as by eigenvalues"] = float(same.mean())
    return Result(T2, TASK, margin(*everything), float(low), float(high), len(weights), int(solved.sum()), detail)


def beginnings(table: Table, rng: np.random.Generator) -> Result:
    """T3. The interval is that of the lower kappa."""
    detail: dict[str, float] = {}
    found = []
    for name in ("class", "basin"):
        one = agreement(np.asarray(table[f"predicted_{name}"]), np.asarray(table[name]), rng)
        found.append(one)
        detail |= {f"kappa of the {name}": one.kappa, f"its lower bound, of the {name}": one.low}
    worst = min(found, key=lambda one: one.low)
    count = len(np.asarray(table["class"]))
    return Result(T3, TASK, worst.low, worst.low, worst.high, count, int(np.asarray(table["solved"]).sum()), detail)


def islands(table: Table, rng: np.random.Generator) -> Result:
    """T6; the interval over resampled pairs."""
    same, connected = np.asarray(table["pairs/same"]), np.asarray(table["pairs/connected"])

    def shares(rows: np.ndarray) -> tuple[float, float]:
        own, hit = same[rows], connected[rows]
        return (float(hit[own].mean()) if own.any() else np.nan), (float(hit[~own].mean()) if (~own).any() else np.nan)

    within, between = shares(np.arange(len(same)))
    detail = {"within": within, "between": between}
    if not np.isfinite([within, between]).all():  # there are no two islands, or none with two solutions
        return Result(T6, TASK, -1.0, -1.0, -1.0, len(same), len(same), detail)
    drawn = np.array([shares(rng.integers(len(same), size=len(same))) for _ in range(RESAMPLES)])
    low, high = np.nanpercentile(np.minimum(drawn[:, 0] - 0.9, 0.1 - drawn[:, 1]), [2.5, 97.5])
    value = min(within - 0.9, 0.1 - between)
    return Result(T6, TASK, value, float(low), float(high), len(same), len(same), detail)


def judge(case: Case) -> list[Result]:
    """T1-T3 and T6, once a study."""
    results: list[Result] = []
    for file in case.of_part("study", "two_neuron").values():
        artifact = read_artifact(file, TWO_NEURON)
        own = artifact.attributes
        problem = Problem(own["end"], own["step"], largest=own["largest"])
        results += authors(artifact.data, problem, own["solved"])
        results += [
            solutions(artifact.data, case.rng("T2")),
            beginnings(artifact.data, case.rng("T3")),
            islands(artifact.data, case.rng("T6")),
        ]
    return results
