"""Claims on what can be read from activity: S7, S8 and A8.

The claims word S7 and S8 as bounds on a number of one network, without a share: the statistic is its median over standard networks,
and the interval resamples networks. A8 joins two statements that have nothing in common but their networks; each has a row, and
A8 holds where both do.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rnnatlas.arrays import Array, Float, Int
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.competence import competent
from rnnatlas.claims.intervals import bootstrap_interval
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence

DELAY_BOUND, RESPONSE_BOUND = 0.1, 0.5
ACCURACY, CHANCE = 0.9, 0.5

S7 = Claim(
    "S7", "MemoryPro: a fixed code in the delay", "INSD, main results (MemoryPro)",
    "median over standard networks of the cross-temporal ratio (pairs of bins >= 500 ms apart over the diagonal); the worse of "
    "fixed and jittered onset decides",
    0.8,
    figure="decoding",
)  # fmt: skip
S8 = Claim(
    "S8", "MemoryPro: activity turns output-potent in the response", "INSD, main results (MemoryPro); Driscoll et al. 2024",
    "the smaller of 0.1 / (share of angle variance in the readout space in the delay) and (that share in the response) / 0.5, of "
    "medians over standard networks",
    1.0,
    figure="decoding",
    bounds={"delay": f"≤ {DELAY_BOUND:g}", "response": f"≥ {RESPONSE_BOUND:g}"},
)  # fmt: skip
A8 = Claim(
    "A8", "Context: alternatives encode the irrelevant coherence differently", "INSD, main results (context integration)",
    "median over chains of R2 of a fixed linear decoder of the irrelevant coherence: standard median less alt-1", 0.2,
    figure="decoding",
)  # fmt: skip
A8B = Claim(
    "A8b", "and only a nonlinear reader tells the context", "INSD, main results (context integration)",
    "alt-1, the smaller of: median accuracy of SVC-RBF less 0.9; lower end of the 95 % interval over chains of the median of its "
    "accuracy less that of logistic regression. Above 0",
    1e-9,  # an interval that only touches 0 does not lie above it,
    figure="decoding",
    bounds={"kernel": f"≥ {ACCURACY:g}", "difference low": "> 0"},
)  # fmt: skip


def decoded(evidence: Evidence, networks: Int[Array, "network"], key: str) -> Float[Array, "network"]:
    """One number a network; the mean over folds where there is one a fold."""
    found = np.stack([evidence.of(int(network), "decoding")[key] for network in networks])
    return found.reshape(len(found), -1).mean(axis=1)


def _standard_result(
    claim: Claim,
    evidence: Evidence,
    values: dict[str, Float[Array, "network"]],
    statistic: Callable[[dict[str, float]], float],
    rng: np.random.Generator,
) -> Result:
    """``statistic`` of the medians of ``values`` over the standard networks; the medians stand in ``detail``."""
    networks = evidence.standard()

    def of(drawn: Array) -> dict[str, float]:
        return {name: float(np.median(value[drawn])) for name, value in values.items()}

    low, high = bootstrap_interval(len(networks), lambda drawn: statistic(of(drawn)), rng)
    medians, accepted = of(np.arange(len(networks))), int(evidence.accepted(networks).sum())
    return Result(claim, evidence.task, statistic(medians), low, high, len(networks), accepted, medians)


def fixed_code(evidence: Evidence, rng: np.random.Generator) -> Result:
    """S7. A network whose ratio is not defined holds nothing in the delay and counts as 0; where none is defined (a delay shorter
    than the gap), neither is the statistic."""

    def ratio(key: str) -> Float[Array, "network"]:
        found = decoded(evidence, evidence.standard(), key)
        return found if np.isnan(found).all() else np.nan_to_num(found, nan=0.0)

    values = {"fixed onset": ratio("stability/angle"), "jittered onset": ratio("stability/angle_jittered")}
    return _standard_result(S7, evidence, values, lambda medians: min(medians.values()), rng)


def turns_potent(evidence: Evidence, rng: np.random.Generator) -> Result:
    """S8. A share that is not defined (no variance of the angle) counts against the claim: 1 in the delay, 0 in the response."""
    networks = evidence.standard()
    values = {
        "delay": np.nan_to_num(decoded(evidence, networks, "potent/delay"), nan=1.0),
        "response": np.nan_to_num(decoded(evidence, networks, "potent/response"), nan=0.0),
    }

    def margin(medians: dict[str, float]) -> float:
        delay = medians["delay"]
        return min(DELAY_BOUND / delay if delay > 0.0 else np.inf, medians["response"] / RESPONSE_BOUND)

    return _standard_result(S8, evidence, values, margin, rng)


def irrelevant_hidden(evidence: Evidence, rng: np.random.Generator) -> Result:
    """A8, its first half; the interval resamples chains. An incompetent alternative counts with no difference. The same for the
    relevant coherence, and for later rounds, is printed."""

    def below(networks: Int[Array, "network"], key: str) -> Float[Array, "network"]:
        standard = float(np.median(decoded(evidence, evidence.standard(), key)))
        return np.where(competent(evidence, networks), standard - decoded(evidence, networks, key), 0.0)

    rounds = evidence.rounds()
    value = below(rounds[1], "fixed/irrelevant")
    low, high = bootstrap_interval(len(value), lambda drawn: float(np.median(value[drawn])), rng)
    detail = {f"alt-{k}": float(np.median(below(n, "fixed/irrelevant"))) for k, n in rounds.items()}
    for name in ("irrelevant", "relevant"):
        for group, networks in (("standard", evidence.standard()), ("alt-1", rounds[1])):
            detail[f"{name} {group}"] = float(np.median(decoded(evidence, networks, f"fixed/{name}")))
    accepted = int(evidence.accepted(rounds[1]).sum())
    return Result(A8, evidence.task, float(np.median(value)), low, high, len(value), accepted, detail)


def context_nonlinear(evidence: Evidence, rng: np.random.Generator) -> Result:
    """A8, its second half. An incompetent alternative counts with an accuracy of chance and no difference.

    Accuracies, the difference with its interval, the floor of shuffled labels, and the standards' accuracies are printed; also the
    score of one linear decoder of context for the whole stimulus, which asks more than the second half does.
    """
    networks = evidence.rounds()[1]
    good = competent(evidence, networks)
    kernel = np.where(good, decoded(evidence, networks, "context/kernel"), CHANCE)
    logistic = np.where(good, decoded(evidence, networks, "context/logistic"), CHANCE)
    difference = kernel - logistic
    accuracy = bootstrap_interval(len(networks), lambda drawn: float(np.median(kernel[drawn])), rng)
    low, high = bootstrap_interval(len(networks), lambda drawn: float(np.median(difference[drawn])), rng)
    detail = {"kernel": float(np.median(kernel)), "logistic": float(np.median(logistic))}
    detail |= {"difference": float(np.median(difference)), "difference low": low, "difference high": high}
    for group, members in (("alt-1", networks), ("standard", evidence.standard())):
        for key in ("context/kernel", "context/logistic", "context/shuffled", "fixed/context"):
            detail[f"{key} {group}"] = float(np.median(decoded(evidence, members, key)))
    value = min(detail["kernel"] - ACCURACY, low)
    ends = min(accuracy[0] - ACCURACY, low), min(accuracy[1] - ACCURACY, high)
    accepted = int(evidence.accepted(networks).sum())
    return Result(A8B, evidence.task, value, *ends, len(networks), accepted, detail)


def judge(case: Case) -> list[Result]:
    """The claims on standard networks that the task's decoding allows."""
    evidence = case.evidence
    measured = evidence.measured("decoding")
    results: list[Result] = []
    if {"stability/angle", "stability/angle_jittered"} <= measured:
        results.append(fixed_code(evidence, case.rng("S7")))
    if "potent/response" in measured:
        results.append(turns_potent(evidence, case.rng("S8")))
    return results


def judge_chains(case: Case) -> list[Result]:
    """The claims on alternatives that the task's decoding allows."""
    evidence = case.evidence
    measured = evidence.measured("decoding")
    results: list[Result] = []
    if "fixed/irrelevant" in measured:
        results.append(irrelevant_hidden(evidence, case.rng("A8")))
    if "context/kernel" in measured:
        results.append(context_nonlinear(evidence, case.rng("A8b")))
    return results
