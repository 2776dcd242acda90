"""S7, S8 and A8 on evidence made by hand to pass and to fail."""

import numpy as np
import pytest

from rnnatlas.claims.claim import Verdict
from rnnatlas.claims.decoding_claims import (
    context_nonlinear,
    fixed_code,
    irrelevant_hidden,
    turns_potent,
)
from rnnatlas.claims.judge import judged
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence

STANDARDS, CHAINS, BINS, FOLDS = 10, 9, 4, 5
STANDARD, ALT = "standard/g1.0", "alternatives/insd_alt{}"


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def evidence(task: str = "memory_pro", rounds: int = 2) -> Evidence:
    """All claims hold."""
    names = [STANDARD, *(ALT.format(k) for k in range(1, rounds + 1))]
    sizes = [STANDARDS, *[CHAINS] * rounds]
    count = sum(sizes)
    number = np.repeat(np.arange(rounds + 1), sizes)
    networks = {
        "ensemble": np.repeat(names, sizes),
        "chains": np.where(number == 0, "-", "insd"),
        "round": number,
        "member": np.concatenate([np.arange(size) for size in sizes]),
        "reference": np.where(number == 0, -1, 0),
        "accepted": np.ones(count, bool),
        "performance": np.full(count, 0.97),
    }
    tables = {name: table(task, size, name == STANDARD) for name, size in zip(names, sizes, strict=True)}
    return Evidence(task, networks, {"similarity": networks, "decoding": tables})


def table(task: str, members: int, standard: bool) -> dict[str, np.ndarray]:
    def all_of(value: float, *shape: int) -> np.ndarray:
        return np.full((members, *shape), value)

    found = {"time": np.arange(BINS) * 100.0 + 50.0}
    if task == "memory_pro":
        found |= {"stability/angle": all_of(0.98), "stability/angle_jittered": all_of(0.95)}
        found |= {"potent/delay": all_of(0.05), "potent/response": all_of(0.6)}
    elif task == "context_integration":
        found |= {"fixed/irrelevant": all_of(0.7 if standard else 0.3), "fixed/relevant": all_of(0.7)}
        found |= {"fixed/context": all_of(1.0), "context/kernel": all_of(0.95, FOLDS)}
        found |= {"context/logistic": all_of(0.7, FOLDS), "context/shuffled": all_of(0.5, FOLDS)}
    return found


def test_s7_holds_for_codes_that_last() -> None:
    found = fixed_code(evidence(), rng())
    assert (found.value, found.verdict, found.count) == (0.95, "holds", STANDARDS)
    assert found.detail == {"fixed onset": 0.98, "jittered onset": 0.95}


@pytest.mark.parametrize("key", ["stability/angle", "stability/angle_jittered"])
@pytest.mark.parametrize(("value", "verdict"), [(0.81, "holds"), (0.8, "holds"), (0.79, "fails"), (-0.2, "fails")])
def test_s7_is_decided_by_the_worse_of_the_two_onsets(key: str, value: float, verdict: Verdict) -> None:
    e = evidence()
    e.each("decoding")[STANDARD][key][:] = value
    found = fixed_code(e, rng())
    assert (found.value, found.verdict) == (value, verdict)


def test_s7_is_undecided_where_networks_differ_and_does_not_look_at_alternatives() -> None:
    e = evidence()
    e.each("decoding")[STANDARD]["stability/angle"][:] = np.linspace(0.4, 1.0, STANDARDS)
    for k in (1, 2):
        e.each("decoding")[ALT.format(k)]["stability/angle"][:] = 1.0
    found = fixed_code(e, rng())
    assert found.value == pytest.approx(0.7) and found.verdict == "undecided"


def test_s7_counts_a_network_without_a_ratio_as_one_without_a_code() -> None:
    e = evidence()
    e.each("decoding")[STANDARD]["stability/angle"][:6] = np.nan
    assert fixed_code(e, rng()).value == 0.0
    e.each("decoding")[STANDARD]["stability/angle"][:] = np.nan
    found = fixed_code(e, rng())
    assert np.isnan(found.value) and found.verdict == "undecided"


@pytest.mark.parametrize(
    ("delay", "response", "value", "verdict"),
    [
        (0.05, 0.6, 1.2, "holds"),
        (0.1, 0.5, 1.0, "holds"),
        (0.2, 0.6, 0.5, "fails"),  # potent too early
        (0.01, 0.05, 0.1, "fails"),  # never potent
        (0.0, 0.6, 1.2, "holds"),
        (np.nan, 0.6, 0.1, "fails"),
        (0.05, np.nan, 0.0, "fails"),
    ],
)
def test_s8_needs_both_a_null_delay_and_a_potent_response(delay, response, value, verdict) -> None:
    e = evidence()
    e.each("decoding")[STANDARD]["potent/delay"][:] = delay
    e.each("decoding")[STANDARD]["potent/response"][:] = response
    found = turns_potent(e, rng())
    assert found.value == pytest.approx(value) and found.verdict == verdict


def test_s8_is_of_medians_over_networks() -> None:
    e = evidence()
    e.each("decoding")[STANDARD]["potent/delay"][:2] = 0.9
    assert turns_potent(e, rng()).detail == pytest.approx({"delay": 0.05, "response": 0.6})


@pytest.mark.parametrize(("r2", "verdict"), [(0.49, "holds"), (0.51, "fails"), (0.9, "fails")])
def test_a8_compares_the_irrelevant_coherence_with_the_standard_median(r2: float, verdict: Verdict) -> None:
    e = evidence("context_integration")
    e.each("decoding")[ALT.format(1)]["fixed/irrelevant"][:] = r2
    found = irrelevant_hidden(e, rng())
    assert found.value == pytest.approx(0.7 - r2) and (found.verdict, found.count) == (verdict, CHAINS)
    assert found.detail["alt-2"] == pytest.approx(0.4) and found.detail["irrelevant alt-1"] == r2
    assert found.detail["relevant alt-1"] == found.detail["relevant standard"] == 0.7


@pytest.mark.parametrize(
    ("kernel", "logistic", "verdict"),
    [
        (0.95, 0.7, "holds"),
        (0.95, 0.95, "fails"),  # linear: the expected null
        (1.0, 1.0, "fails"),
        (0.89, 0.6, "fails"),  # nonlinear, but not told well
        (0.95, 0.97, "fails"),
    ],
)
def test_a8b_needs_an_accurate_machine_and_a_worse_line(kernel: float, logistic: float, verdict: Verdict) -> None:
    e = evidence("context_integration")
    e.each("decoding")[ALT.format(1)]["context/kernel"][:] = kernel
    e.each("decoding")[ALT.format(1)]["context/logistic"][:] = logistic
    found = context_nonlinear(e, rng())
    assert found.value == pytest.approx(min(kernel - 0.9, kernel - logistic)) and found.verdict == verdict
    assert found.detail["context/shuffled alt-1"] == 0.5


def test_a8b_takes_the_interval_of_the_difference_over_chains() -> None:
    e = evidence("context_integration")
    e.each("decoding")[ALT.format(1)]["context/logistic"][:4] = 0.95  # no difference in four chains of nine
    found = context_nonlinear(e, rng())
    assert found.detail["difference"] == pytest.approx(0.25) and found.detail["difference low"] == pytest.approx(0.0)
    assert found.verdict == "undecided"


@pytest.mark.parametrize("claim", [irrelevant_hidden, context_nonlinear])
def test_incompetent_alternatives_do_not_hold_a8(claim) -> None:
    e = evidence("context_integration")
    e.networks["performance"][e.networks["round"] == 1] = 0.6
    found = claim(e, rng())
    assert found.verdict == "fails" and found.value <= 0.0


def test_claims_are_those_that_the_task_has_been_decoded_for() -> None:
    def keys(task: str, rounds: int) -> list[str]:
        return [result.claim.key for result in judged("decoding_claims", Case(task, evidence(task, rounds)))]

    assert keys("memory_pro", 2) == keys("memory_pro", 0) == ["S7", "S8"]
    assert keys("context_integration", 1) == ["A8", "A8b"] and keys("context_integration", 0) == []
    assert keys("flip_flop", 2) == []
    nothing = Evidence("flip_flop", {"chains": np.array(["-"])}, {"decoding": {}})
    assert judged("decoding_claims", Case("flip_flop", nothing)) == []
