"""The data of claim A10: which pairs are read, and what is found in copies."""

from dataclasses import replace

import numpy as np
import pytest

from rnnatlas.artifacts.table_schemas import HIDDEN
from rnnatlas.config.analysis import HiddenSettings
from rnnatlas.engine.select import select_engine
from rnnatlas.networks.ensemble import ChainRecord, Ensemble
from rnnatlas.networks.gather import Gathered, Place
from rnnatlas.networks.parameters import Parameters
from rnnatlas.similarity.hidden import chosen_pairs, hidden_structure
from rnnatlas.tasks.flip_flop import FlipFlop, Settings

SETTINGS = HiddenSettings(
    samples=[100, 400],
    scored=300,
    tuned=150,
    widths=[0.5, 2.0],
    ridges=[1e-4, 1e-2, 1.0],
    untrained=2,
    states=6,
    modes=3,
)
TASK = FlipFlop(Settings(duration=500.0))
ANALYSIS, TEST = (TASK.trials(24, seed) for seed in (1, 2))


def table(chains: int = 2, standard: int = 5, rounds: int = 2) -> dict[str, np.ndarray]:
    """Standard networks, then round after round of chains from standard 0, 1, …"""
    names = ["-"] * standard + ["insd"] * rounds * chains
    return {
        "chains": np.array(names),
        "round": np.repeat(np.arange(rounds + 1), [standard] + [chains] * rounds),
        "member": np.concatenate([np.arange(standard)] + [np.arange(chains)] * rounds),
        "reference": np.concatenate([np.full(standard, -1)] + [np.arange(chains)] * rounds),
    }


def test_the_pairs_are_steps_back_in_a_chain_standards_outside_it_and_ceilings() -> None:
    pairs = chosen_pairs(table())
    steps = {(5, 0), (6, 1), (7, 0), (7, 5), (8, 1), (8, 6)}
    outside = {(2, 0), (2, 5), (3, 1), (3, 6)}
    assert len(pairs) == len(set(pairs)) and set(pairs) == steps | outside | {(k, k) for k in (0, 1, 5, 6)}


def test_without_a_standard_outside_all_chains_another_chains_reference_serves() -> None:
    assert {(1, 0), (0, 1)} <= set(chosen_pairs(table(standard=2, rounds=1)))
    alone = chosen_pairs(table(chains=1, standard=1, rounds=1))
    assert set(alone) == {(1, 0), (0, 0)}


def test_each_set_of_chains_has_its_pairs() -> None:
    whole = table()
    whole["chains"][[6, 8]] = "sham"
    pairs = chosen_pairs(whole)
    assert {(5, 0), (7, 0), (7, 5), (6, 1), (8, 1), (8, 6)} <= set(pairs) and len(pairs) == len(set(pairs))


def test_a_network_to_begin_with_is_read_and_reads_nothing() -> None:
    whole = table()
    whole["chains"][0], whole["round"][0] = "insd", -1  # a network of the user's own
    assert {(5, 0), (7, 0), (7, 5), (0, 0)} <= set(chosen_pairs(whole)) and not {
        t for s, t in chosen_pairs(whole) if s == 0
    } - {0}


def test_there_are_no_pairs_without_chains() -> None:
    assert chosen_pairs(table(chains=0)) == []


def copy(ensemble: Ensemble, order: np.ndarray, sign: np.ndarray) -> Ensemble:
    """The same network with units in another order and of other sign (tanh is odd), and so with turned rates."""
    p = ensemble.parameters
    turn = np.diag(sign)[:, order].astype(np.float32)  # x' = x · turn
    return replace(
        ensemble,
        parameters=Parameters(
            turn.T @ p.recurrent @ turn, p.input @ turn, p.bias @ turn, turn.T @ p.readout, p.readout_bias
        ),
    )


@pytest.fixture
def gathered(make_ensemble) -> Gathered:
    """Three standards; one chain whose alt-1 is a turned copy of standard 0, and whose alt-2 is unrelated."""
    standard = make_ensemble(3, 12, 3, 3, noise=0.01, gain=0.9)
    draws = np.random.default_rng(0)
    record = ChainRecord(np.array(["g1"]), np.array([0]))
    alt1 = copy(standard[0], draws.permutation(12), draws.choice([-1.0, 1.0], 12))
    alt2 = make_ensemble(1, 12, 3, 3, noise=0.01, gain=0.9, seed=7)
    return Gathered(
        [Place("standard/g1", "", 0), Place("alternatives/insd_alt1", "insd", 1), Place("alternatives/insd_alt2", "insd", 2)],
        [standard, replace(alt1, chain=record), replace(alt2, chain=record)],
    )  # fmt: skip


def found_in(gathered: Gathered, threads: int = 1) -> dict[str, np.ndarray]:
    return hidden_structure(gathered, ANALYSIS, TEST, SETTINGS, 0, select_engine("auto", 1), threads)


def test_a_turned_copy_is_read_like_the_network_itself(gathered: Gathered) -> None:
    found = found_in(gathered)
    HIDDEN.check("hidden.h5", found)
    rows = {(int(s), int(t)): k for k, (s, t) in enumerate(zip(found["source"], found["target"], strict=True))}
    # The same private noise acts on other units of the copy, so it is alike and not equal.
    copied, ceiling, unrelated = rows[3, 0], rows[0, 0], rows[4, 0]
    for reader in ("linear", "kernel"):
        assert found[reader][copied, -1] == pytest.approx(found[reader][ceiling, -1], abs=0.03)
        assert found[reader][ceiling, -1] > 0.9
    assert found["slow_overlap"][copied] > found["slow_overlap"][unrelated] + 0.1
    assert found["slow_overlap"][copied] > 0.95
    assert set(rows) == {(3, 0), (4, 0), (4, 3), (1, 0), (1, 3), (0, 0), (3, 3), (-1, 0), (-1, 3)}
    assert found["samples"].tolist() == [100, 400]


def test_without_noise_a_network_reads_itself_and_its_copy_wholly(gathered: Gathered) -> None:
    quiet = [replace(e, cell=replace(e.cell, noise=0.0)) for e in gathered.ensembles]
    found = found_in(Gathered(gathered.places, quiet))
    own = (found["source"] == found["target"]) | ((found["source"] == 3) & (found["target"] == 0))
    assert own.sum() == 3
    assert np.allclose(found["linear"][own], 1.0, atol=1e-5)


def test_threads_do_not_show(gathered: Gathered) -> None:
    one, two = found_in(gathered), found_in(gathered, threads=2)
    assert all(np.array_equal(one[key], two[key]) for key in one)


def test_networks_that_are_not_compared_do_not_show(gathered: Gathered) -> None:
    few = replace(gathered, ensembles=[gathered.ensembles[0][[0, 1]], *gathered.ensembles[1:]])
    one, two = found_in(gathered), found_in(few)  # standard 2 serves nothing; rows beyond it move up
    assert np.array_equal(one["kernel"], two["kernel"])
    assert two["source"].max() == one["source"].max() - 1


def test_short_trial_sets_give_what_samples_they_have(gathered: Gathered) -> None:
    found = hidden_structure(gathered, ANALYSIS[:6], TEST[:4], SETTINGS, 0, select_engine("auto", 1))
    assert found["samples"].tolist() == [100, 6 * 25]
    assert found["kernel"].shape == (9, 2)


def test_standards_alone_give_an_empty_table(gathered: Gathered) -> None:
    found = found_in(Gathered(gathered.places[:1], gathered.ensembles[:1]))
    HIDDEN.check("hidden.h5", found)
    assert len(found["source"]) == 0 and found["kernel"].shape == (0, 2)
