"""Claims on line and ring attractors: S2, S3, A5 and A6."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Bool, Float, Int
from rnnatlas.claims.alternatives import competent
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.evidence import Evidence, Table
from rnnatlas.claims.intervals import wilson_interval

S2 = Claim(
    "S2", "Context: a line attractor per context", "INSD, table of main results; Mante et al. 2013",
    "share of standard networks with, in each context, slow points whose first component has >= 80 % of their variance, whose "
    "output spans >= 70 % of the target range, and whose selection vector overlaps the relevant input >= 3 times the irrelevant one",
    0.8, share=True,
)  # fmt: skip
S3 = Claim(
    "S3", "MemoryPro: a ring holds the angle", "INSD, table of main results; Driscoll et al. 2024",
    "share of standard networks whose slow relaxed delay states cover >= 90 % of 20 angle bins with a median error < 0.1 pi",
    0.9, share=True,
)  # fmt: skip
A5 = Claim(
    "A5", "Context: oscillatory dynamics, no slow manifold", "INSD, table of main results",
    "share of alt-1 whose counted roots are all unstable, at least one with a pair |Im lambda| > 0.1 / tau, and whose slow points "
    "span <= 0.35 of the target range in each context",
    0.75, share=True,
)  # fmt: skip
A6 = Claim(
    "A6", "MemoryPro: the code rotates", "INSD, table of main results",
    "share of alt-1 with ring coverage (S3) <= 0.5 and cross-temporal ratio (S7) <= 0.5", 0.75, share=True,
)  # fmt: skip
VARIANCE, SPAN, SELECTION = 0.8, 0.7, 3.0
COVERAGE, ERROR = 0.9, 0.1 * np.pi
FREQUENCY, SHORT_SPAN = 0.1, 0.35
LITTLE_COVERAGE, LITTLE_STABILITY = 0.5, 0.5


def _column(evidence: Evidence, tables: dict[str, Table], networks: Array, key: str) -> Float[Array, "network ..."]:
    ensembles, members = evidence.networks["ensemble"][networks], evidence.networks["member"][networks]
    return np.array([tables[str(name)][key][member] for name, member in zip(ensembles, members, strict=True)])


def _attractors(evidence: Evidence, networks: Array, key: str) -> Float[Array, "network ..."]:
    return _column(evidence, evidence.attractors, networks, key)


def line_criteria(evidence: Evidence, networks: Int[Array, "network"]) -> dict[str, Bool[Array, "network"]]:
    """The three criteria of S2, each met in all contexts. A number that is not defined (NaN) meets none."""
    limits = {"variance": VARIANCE, "range": SPAN, "selection": SELECTION}
    return {
        name: np.asarray((_attractors(evidence, networks, f"line/{name}") >= limit).all(axis=1))
        for name, limit in limits.items()
    }


def meets_s2(evidence: Evidence, networks: Int[Array, "network"] | None = None) -> Bool[Array, "network"]:
    """Criterion S2 for each of ``networks`` (the standard networks unless named)."""
    networks = evidence.standard() if networks is None else networks
    return np.logical_and.reduce(list(line_criteria(evidence, networks).values()))


def ring_coverage(evidence: Evidence, networks: Int[Array, "network"]) -> Float[Array, "network"]:
    """Share of the angle bins that slow relaxed delay states cover, for each network."""
    return _attractors(evidence, networks, "ring/coverage")


def meets_s3(evidence: Evidence, networks: Int[Array, "network"] | None = None) -> Bool[Array, "network"]:
    """Criterion S3 for each of ``networks`` (the standard networks unless named)."""
    networks = evidence.standard() if networks is None else networks
    return (ring_coverage(evidence, networks) >= COVERAGE) & (_attractors(evidence, networks, "ring/error") < ERROR)


def _share(claim: Claim, evidence: Evidence, met: Bool[Array, "network"], networks: Array, detail: dict[str, float]) -> Result:  # fmt: skip
    low, high = wilson_interval(int(met.sum()), len(met))
    accepted = int(evidence.accepted(networks).sum())
    return Result(claim, evidence.task, float(met.mean()), low, high, len(met), accepted, detail)


def line_attractor_in_each_context(evidence: Evidence) -> Result:
    """S2; the share that meets each criterion alone stands in ``detail``."""
    networks = evidence.standard()
    detail = {name: float(met.mean()) for name, met in line_criteria(evidence, networks).items()}
    return _share(S2, evidence, meets_s2(evidence), networks, detail)


def ring_holds_the_angle(evidence: Evidence) -> Result:
    """S3; medians over networks stand in ``detail``."""
    networks = evidence.standard()
    detail = {
        "median coverage": float(np.median(ring_coverage(evidence, networks))),
        "median error / pi": float(np.median(_attractors(evidence, networks, "ring/error")) / np.pi),
    }
    return _share(S3, evidence, meets_s3(evidence), networks, detail)


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
    spans = _attractors(evidence, networks, "line/range")
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


def _on_alternatives(
    claim: Claim, evidence: Evidence, criteria: dict[int, dict[str, Bool[Array, "network"]]]
) -> Result:
    """Judged on alt-1; later rounds, and each criterion alone on alt-1, are printed. Competence first."""
    rounds = evidence.rounds()
    met = {k: np.logical_and.reduce([competent(evidence, rounds[k]), *criteria[k].values()]) for k in rounds}
    detail = {f"alt-{k}": float(share.mean()) for k, share in met.items()}
    detail |= {name: float(alone.mean()) for name, alone in criteria[1].items()}
    return _share(claim, evidence, met[1], rounds[1], detail)


def oscillates_without_a_line(evidence: Evidence) -> Result:
    """A5. A network without counted roots has no unstable pair, so that it does not hold."""
    criteria = {k: oscillation_criteria(evidence, networks) for k, networks in evidence.rounds().items()}
    return _on_alternatives(A5, evidence, criteria)


def code_rotates(evidence: Evidence) -> Result:
    """A6, of the ring's coverage and the decoder's stability; a stability that is not defined does not hold."""

    def criteria(networks: Array) -> dict[str, Bool[Array, "network"]]:
        stability = _column(evidence, evidence.decoding, networks, "stability/angle")
        return {
            "little of a ring": ring_coverage(evidence, networks) <= LITTLE_COVERAGE,
            "unstable code": stability <= LITTLE_STABILITY,
        }

    return _on_alternatives(A6, evidence, {k: criteria(networks) for k, networks in evidence.rounds().items()})


def attractor_claims(evidence: Evidence) -> list[Result]:
    """The claims above that the task's attractors allow, those on alternatives only if there are any."""
    measured = evidence.attractors[next(iter(evidence.attractors))].keys() if evidence.attractors else set()
    alternatives = bool(evidence.rounds())
    results: list[Result] = []
    if "line/range" in measured:
        results += [line_attractor_in_each_context(evidence)]
        results += [oscillates_without_a_line(evidence)] if alternatives else []
    if "ring/coverage" in measured:
        results += [ring_holds_the_angle(evidence)]
        results += [code_rotates(evidence)] if alternatives else []
    return results
