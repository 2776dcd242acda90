"""Claims on cube, line and ring attractors: S1, S2, S3 and A5."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Bool, Float, Int
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.cube_claims import cube_of_stable_points
from rnnatlas.claims.shares import on_alternatives, share
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence
from rnnatlas.evidence.stored import Table

S2 = Claim(
    "S2", "Context: a line attractor per context", "INSD, table of main results; Mante et al. 2013",
    "share of standard networks with, in each context, slow points whose first component has >= 80 % of their variance, whose "
    "output spans >= 70 % of the target range, and whose selection vector overlaps the relevant input >= 3 times the irrelevant one",
    0.8, share=True,
    figure="solutions",
)  # fmt: skip
S3 = Claim(
    "S3", "MemoryPro: a ring holds the angle", "INSD, table of main results; Driscoll et al. 2024",
    "share of standard networks whose slow relaxed delay states cover >= 90 % of 20 angle bins with a median error < 0.1 pi",
    0.9, share=True,
    figure="solutions",
)  # fmt: skip
A5 = Claim(
    "A5", "Context: oscillatory dynamics, no slow manifold", "INSD, table of main results",
    "share of alt-1 whose counted roots are all unstable, at least one with a pair |Im lambda| > 0.1 / tau, and whose slow points "
    "span <= 0.35 of the target range in each context",
    0.75, share=True,
    figure="solutions",
)  # fmt: skip
VARIANCE, SPAN, SELECTION = 0.8, 0.7, 3.0
COVERAGE, ERROR = 0.9, 0.1 * np.pi
FREQUENCY, SHORT_SPAN = 0.1, 0.35


def line_criteria(evidence: Evidence, networks: Int[Array, "network"]) -> dict[str, Bool[Array, "network"]]:
    """The three criteria of S2, each met in all contexts. A number that is not defined (NaN) meets none."""
    limits = {"variance": VARIANCE, "range": SPAN, "selection": SELECTION}
    return {
        name: np.asarray((evidence.column(networks, "attractors", f"line/{name}") >= limit).all(axis=1))
        for name, limit in limits.items()
    }


def meets_s2(evidence: Evidence, networks: Int[Array, "network"] | None = None) -> Bool[Array, "network"]:
    """Criterion S2 for each of ``networks`` (the standard networks unless named)."""
    networks = evidence.standard() if networks is None else networks
    return np.logical_and.reduce(list(line_criteria(evidence, networks).values()))


def ring_coverage(evidence: Evidence, networks: Int[Array, "network"]) -> Float[Array, "network"]:
    """Share of the angle bins that slow relaxed delay states cover, for each network."""
    return evidence.column(networks, "attractors", "ring/coverage")


def meets_s3(evidence: Evidence, networks: Int[Array, "network"] | None = None) -> Bool[Array, "network"]:
    """Criterion S3 for each of ``networks`` (the standard networks unless named)."""
    networks = evidence.standard() if networks is None else networks
    return (ring_coverage(evidence, networks) >= COVERAGE) & (
        evidence.column(networks, "attractors", "ring/error") < ERROR
    )


def line_attractor_in_each_context(evidence: Evidence) -> Result:
    """S2; the share that meets each criterion alone stands in ``detail``."""
    networks = evidence.standard()
    detail = {name: float(met.mean()) for name, met in line_criteria(evidence, networks).items()}
    return share(S2, evidence, meets_s2(evidence), networks, detail)


def ring_holds_the_angle(evidence: Evidence) -> Result:
    """S3; medians over networks stand in ``detail``."""
    networks = evidence.standard()
    detail = {
        "median coverage": float(np.median(ring_coverage(evidence, networks))),
        "median error / pi": float(np.median(evidence.column(networks, "attractors", "ring/error")) / np.pi),
    }
    return share(S3, evidence, meets_s3(evidence), networks, detail)


def unstable_eigenvalues(points: Table) -> list[Array]:
    """The eigenvalues of each point that are unstable under the map as trained, |1 + aλ| ≥ 1.

    a is not needed: the condition is a ≥ −2 Re λ / |λ|², and a point's ``unstable`` counts the eigenvalues that meet it.
    """
    values = points["eigenvalues"]
    squares = np.abs(values) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        least = np.where(squares > 0, -2 * np.real(values) / squares, -np.inf)
    order = np.argsort(least, axis=1, kind="stable") if len(values) else np.zeros((0, 0), dtype=int)
    return [row[best[:count]] for row, best, count in zip(values, order, points["unstable"], strict=True)]


def oscillation_criteria(evidence: Evidence, networks: Int[Array, "network"]) -> dict[str, Bool[Array, "network"]]:
    """The three criteria of A5: no counted root is stable in any context; at some counted root a pair with
    |Im λ| > 0.1/τ is unstable; slow points span a short part of the target range in every context."""
    spans = evidence.column(networks, "attractors", "line/range")
    stable, turning = np.zeros(len(networks), dtype=bool), np.zeros(len(networks), dtype=bool)
    for row, network in enumerate(networks):
        for constant in range(spans.shape[1]):
            points = evidence.points(int(network), constant)
            roots = points["fixed"] & points["counted"]
            stable[row] |= bool(points["stable"][roots].any())
            unstable = unstable_eigenvalues({key: points[key][roots] for key in ("eigenvalues", "unstable")})
            turning[row] |= any(np.any(np.abs(np.imag(values)) > FREQUENCY) for values in unstable)
    return {
        "no stable root": ~stable,
        "an unstable pair": turning,
        "short span": np.asarray((spans <= SHORT_SPAN).all(axis=1)),
    }


def oscillates_without_a_line(evidence: Evidence) -> Result:
    """A5. A network without counted roots has no unstable pair, so that it does not hold."""
    criteria = {k: oscillation_criteria(evidence, networks) for k, networks in evidence.rounds().items()}
    return on_alternatives(A5, evidence, criteria)


def judge(case: Case) -> list[Result]:
    """The claims on standard networks that the task's attractors allow."""
    evidence = case.evidence
    measured = evidence.measured("attractors")
    results: list[Result] = []
    if "cube/branches" in measured:
        results.append(cube_of_stable_points(evidence))
    if "line/range" in measured:
        results.append(line_attractor_in_each_context(evidence))
    if "ring/coverage" in measured:
        results.append(ring_holds_the_angle(evidence))
    return results


def judge_chains(case: Case) -> list[Result]:
    """A5, where the task has a line."""
    line = "line/range" in case.evidence.measured("attractors")
    return [oscillates_without_a_line(case.evidence)] if line else []
