"""M2 and M3 on tables made by hand to pass and to fail."""

import numpy as np
import pytest
from made_evidence import evidence, rows, with_tables

from rnnatlas.claims.measure_claims import (
    at_end,
    first_rounds,
    judge,
    predicts_reference,
    projection_spares_the_task,
    wrong_measures,
)
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence
from rnnatlas.evidence.stored import Table

CHAINS = 8


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def trained() -> dict[str, Table]:
    spread = np.linspace(-0.02, 0.02, CHAINS)
    both = {"penalty_reached": 0.05 + spread, "accepted": np.ones(CHAINS, bool)}
    return {
        "insd": both | {"heldout_null": 0.05 + spread},
        "reverse": both | {"heldout_null": 0.8 + spread},
        "cka": both | {"heldout_null": 0.9 + spread},
    }


def losses(value: float) -> Table:
    return {"loss": value + np.linspace(-0.01, 0.01, CHAINS), "accepted": np.ones(CHAINS, bool)}


def test_m2_holds() -> None:
    result = wrong_measures(trained(), "flip_flop", rng())
    assert result.verdict == "holds" and result.count == result.accepted == CHAINS
    assert result.value == pytest.approx(0.05)  # own penalties, 0.05 under 0.1
    assert 0.0 < result.low <= result.value <= result.high
    assert result.detail["cka: share of chains fooled"] == 1.0
    assert result.detail["reverse: new → earlier"] == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("reverse", "penalty_reached", 0.3),
        ("cka", "penalty_reached", 0.3),
        ("reverse", "heldout_null", 0.2),
        ("cka", "heldout_null", 0.2),
        ("insd", "heldout_null", 0.8),
    ],
)
def test_m2_fails_if_one_part_does_and_is_undecided_on_the_edge(name: str, key: str, value: float) -> None:
    sets = trained()
    sets[name] = sets[name] | {key: np.full(CHAINS, value)}
    assert wrong_measures(sets, "flip_flop", rng()).verdict == "fails"
    mixed = np.where(np.arange(CHAINS) < 5, value, trained()[name][key])
    sets[name] = sets[name] | {key: mixed}
    assert wrong_measures(sets, "flip_flop", rng()).verdict == "undecided"


def test_m2_counts_diverged_chains_against_and_needs_every_set() -> None:
    sets = trained()
    sets["cka"]["heldout_null"] = np.where(np.arange(CHAINS) < 7, np.nan, 0.9)
    assert wrong_measures(sets, "flip_flop", rng()).verdict == "fails"
    sets = trained()
    sets["insd"]["heldout_null"] = np.full(CHAINS, np.nan)
    assert wrong_measures(sets, "flip_flop", rng()).verdict == "fails"
    del sets["cka"]
    assert wrong_measures(sets, "flip_flop", rng()).verdict == "too small"


def test_m2_leaves_out_chains_that_one_set_lacks() -> None:
    sets = trained()
    sets["insd"] = {key: array[:5] for key, array in sets["insd"].items()}
    result = wrong_measures(sets, "flip_flop", rng())
    assert (result.count, result.verdict) == (5, "holds")


def test_m3_pairs_chains() -> None:
    """The difference is far smaller than the spread over chains, and the same in each."""
    result = projection_spares_the_task(losses(0.10), losses(0.102), "flip_flop", rng())
    assert result.verdict == "holds" and result.low == pytest.approx(0.002)
    shuffled = losses(0.102)
    shuffled["loss"] = shuffled["loss"][::-1]
    assert projection_spares_the_task(losses(0.10), shuffled, "flip_flop", rng()).verdict == "undecided"


@pytest.mark.parametrize(("without", "verdict"), [(0.09, "fails"), (0.10, "fails"), (0.12, "holds")])
def test_m3_needs_an_interval_above_zero(without: float, verdict: str) -> None:
    """Equal losses give an interval of [0, 0], which is not above 0."""
    result = projection_spares_the_task(losses(0.10), losses(without), "flip_flop", rng())
    assert result.value < 0.0 if without <= 0.10 else result.value > 0.0
    assert result.verdict == (verdict if without != 0.10 else "undecided")


def test_m3_counts_diverged_chains_with_the_largest_loss() -> None:
    lost = losses(0.12)
    lost["loss"][3] = np.nan
    assert projection_spares_the_task(losses(0.10), lost, "flip_flop", rng()).verdict == "holds"
    lost["loss"][:] = np.nan
    assert projection_spares_the_task(losses(0.10), lost, "flip_flop", rng()).low > 0.0
    assert projection_spares_the_task(lost, losses(0.10), "flip_flop", rng()).verdict == "fails"
    assert projection_spares_the_task(lost, lost, "flip_flop", rng()).verdict == "too small"


def test_the_end_of_a_curve_is_its_last_hundred_steps() -> None:
    curve = np.concatenate([np.full((2, 300), 9.0), np.tile([0.1, 0.3], (2, 50))], axis=1).astype(np.float32)
    assert np.allclose(at_end(curve), 0.2)
    curve[1, 350:] = np.nan
    assert np.isnan(at_end(curve)).tolist() == [False, True]
    assert at_end(curve[:, :10]).tolist() == [9.0, 9.0]


# From the evidence of a study and its controls


def training(loss: float, chains: int = 6) -> dict[str, np.ndarray]:
    return {
        "training/loss": np.full((chains, 3), loss, np.float32),
        "training/penalty": np.full((chains, 3, 1), 0.05, np.float32),
        "training/accepted": np.ones(chains, bool),
        "weights/bias": np.zeros((chains, 2), np.float32),
    }


def of_chains(name: str, null: float, loss: float = 0.01) -> Evidence:
    """One round of chains called ``name`` whose networks predict ``null`` of their reference."""
    e = evidence(rounds=1)
    first = rows(e, 1)
    e.networks["chains"] = np.where(e.networks["round"] == 1, name, "-")
    e.networks["ensemble"] = np.where(e.networks["round"] == 1, f"alternatives/{name}_alt1", e.networks["ensemble"])
    e.networks["null"][first, e.networks["reference"][first]] = null
    networks = {ensemble: training(loss) for ensemble in dict.fromkeys(map(str, e.networks["ensemble"]))}
    return with_tables(e, networks=networks)


def joined(*parts: Evidence) -> Evidence:
    """The alternatives of all ``parts`` beside the standard networks of the first."""
    table = {key: column for key, column in parts[0].networks.items() if column.ndim == 1}
    first = rows(parts[0], 1)
    columns = {k: np.concatenate([c, *(p.networks[k][first] for p in parts[1:])]) for k, c in table.items()}
    null = np.full((len(columns["round"]),) * 2, 0.9)
    for k, part in enumerate(parts):
        own = first + k * len(first)
        null[np.ix_(own, rows(part, 0))] = part.networks["null"][np.ix_(first, rows(part, 0))]
    columns["null"] = null
    records = {name: table for part in parts for name, table in part.each("networks").items()}
    return Evidence("flip_flop", columns, {"similarity": columns, "networks": records})


def judged(own: Evidence, controls: Evidence | None) -> dict[str, str]:
    return {result.claim.key: result.verdict for result in judge(Case("flip_flop", own, controls))}


def test_they_are_judged_where_their_chains_were_trained() -> None:
    own = of_chains("insd", 0.05)
    assert judged(own, None) == {}
    assert judged(own, of_chains("sham", 0.9)) == {}
    assert judged(own, of_chains("unprojected", 0.05, loss=0.03)) == {"M3": "holds"}
    both = joined(of_chains("reverse", 0.8), of_chains("cka", 0.9))
    assert judged(own, both) == {"M2": "holds"}
    assert judged(own, joined(of_chains("reverse", 0.8), of_chains("cka", 0.2))) == {"M2": "fails"}
    every = joined(of_chains("reverse", 0.8), of_chains("cka", 0.9), of_chains("unprojected", 0.05, loss=0.03))
    assert judged(own, every) == {"M2": "holds", "M3": "holds"}


def test_m3_compares_the_last_losses_of_training() -> None:
    (m3,) = judge(Case("flip_flop", of_chains("insd", 0.05), of_chains("unprojected", 0.05, loss=0.03)))
    assert m3.detail["median difference"] == pytest.approx(0.02)
    assert m3.detail["without projection"] == pytest.approx(0.03)


def test_the_training_of_a_set_of_chains_is_that_of_its_first_round_in_the_first_evidence_that_has_it() -> None:
    own, other = of_chains("insd", 0.05), joined(of_chains("insd", 0.05, loss=0.5), of_chains("cka", 0.9, loss=0.2))
    found = first_rounds(own, other)
    assert {name: float(table["loss"][0, 0]) for name, table in found.items()} == pytest.approx({"insd": 0.01, "cka": 0.2})  # fmt: skip
    assert set(found["cka"]) == {"loss", "penalty", "accepted"}
    assert predicts_reference(other, "cka") == pytest.approx(np.full(6, 0.9))
