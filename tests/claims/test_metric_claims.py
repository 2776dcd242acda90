"""M1-M3 on tables made by hand to pass and to fail."""

import numpy as np
import pytest

from rnnatlas.claims.metric_claims import (
    Table,
    at_end,
    irrelevant_dynamics,
    projection_spares_the_task,
    wrong_measures,
)
from rnnatlas.errors import AtlasError

CHAINS = 8


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def constructed() -> Table:
    falling = [1.0, 0.6, 0.1]
    names = ["CKA", "RSA", "earlier → new", "new → earlier"]
    return {
        "variance": np.array([0.0, 10.0, 100.0]),
        "measure": np.array(names),
        "value": np.array([falling, falling, falling, [1.0, 0.99, 0.98]]),
    }


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


def test_m1_holds_on_margins_of_all_four_measures() -> None:
    result = irrelevant_dynamics(constructed(), "flip_flop")
    assert result.verdict == "holds" and result.value == pytest.approx(min(0.2 - 0.1, 0.98 - 0.9))
    assert result.detail == {"CKA": 0.1, "RSA": 0.1, "earlier → new": 0.1, "new → earlier": 0.98}


@pytest.mark.parametrize(
    ("row", "level", "value", "margin"), [(0, 2, 0.3, -0.1), (1, 2, 0.21, -0.01), (2, 2, 0.5, -0.3), (3, 1, 0.5, -0.4)]
)
def test_m1_fails_if_one_measure_misses(row: int, level: int, value: float, margin: float) -> None:
    table = constructed()
    table["value"][row, level] = value
    result = irrelevant_dynamics(table, "flip_flop")
    assert result.verdict == "fails" and result.value == pytest.approx(margin)


def test_m1_takes_the_largest_block_wherever_it_stands_and_names_as_hdf5_gives_them() -> None:
    table = constructed()
    turned = {"variance": table["variance"][::-1], "value": table["value"][:, ::-1]}
    turned["measure"] = np.array([name.encode() for name in table["measure"]], dtype=object)
    assert irrelevant_dynamics(turned, "flip_flop") == irrelevant_dynamics(table, "flip_flop")
    table["value"][2, 2] = np.nan
    assert irrelevant_dynamics(table, "flip_flop").verdict == "fails"
    table["measure"][0] = "other"
    with pytest.raises(AtlasError, match="CKA"):
        irrelevant_dynamics(table, "flip_flop")


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
