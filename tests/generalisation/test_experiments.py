from dataclasses import replace

import numpy as np
import pytest

from rnnatlas.generalisation.epochs import in_bins, samples, shown_epochs
from rnnatlas.generalisation.experiments import (
    Experiment,
    distances_among,
    output_distances,
    participation_ratio,
    ranked,
    unpredicted,
)
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.registry import get_task


def test_distances_are_means_over_pairs_of_networks() -> None:
    rng = np.random.default_rng(0)
    a, s = rng.normal(size=(3, 4, 5, 2)), rng.normal(size=(6, 4, 5, 2))
    expected = ((a[:, None] - s) ** 2).mean((1, -1))
    assert np.allclose(output_distances(a, s), expected)
    pairs = ((s[:, None] - s) ** 2).mean(-1)
    others = np.stack([np.delete(pairs[k], k, axis=0).mean(0) for k in range(6)])
    assert np.allclose(distances_among(s), others)
    assert np.allclose(distances_among(s[:1]), 0.0)


def test_bins_are_counted_from_each_trials_onset() -> None:
    trials = get_task("memory_pro").draw(7, generator(0))
    values = np.random.default_rng(0).normal(size=(2, 7, trials.times))
    for epoch in ("stimulus", "delay", "response"):
        found = in_bins(values, trials, epoch, 6)
        for k, (start, stop) in enumerate(trials.epochs[epoch]):
            for b in range(found.shape[1]):
                part = values[:, k, start + 6 * b : min(start + 6 * b + 6, stop)]
                if start + 6 * b < stop:
                    assert np.allclose(found[:, b, k], part.mean(-1))
                else:
                    assert np.isnan(found[:, b, k]).all()
        assert np.isfinite(found).any((0, 2)).all()  # no bin is empty


def test_epochs_stand_in_their_order_and_the_trial_where_it_is_alone() -> None:
    assert shown_epochs(get_task("memory_pro").draw(3, generator(0))) == ["fixation", "stimulus", "delay", "response"]
    assert shown_epochs(get_task("flip_flop").draw(3, generator(0))) == ["trial"]


def test_samples_are_the_epochs_states() -> None:
    trials = get_task("memory_pro").draw(5, generator(0))
    rates = np.random.default_rng(0).normal(size=(5, trials.times, 3)).astype(np.float32)
    expected = np.concatenate([rates[k, a:b] for k, (a, b) in enumerate(trials.epochs["delay"])])
    assert (samples(rates, trials, "delay", 10**6) == expected).all()
    few = samples(rates, trials, "delay", 20)
    assert 10 < len(few) <= 20 and (few == expected[:: -(-len(expected) // 20)]).all()


def test_the_participation_ratio_counts_equal_directions() -> None:
    rng = np.random.default_rng(0)
    for count in (1, 3, 8):
        basis = np.linalg.qr(rng.normal(size=(12, count)))[0]
        x = np.linalg.qr(rng.normal(size=(500, count)) - 0.0)[0]
        x = np.linalg.qr(x - x.mean(0))[0]  # white and centred
        assert participation_ratio(x @ basis.T + 3.0) == pytest.approx(count, rel=1e-6)
    assert np.isnan(participation_ratio(np.ones((10, 4))))


def test_a_rotated_copy_leaves_nothing_unpredicted_and_other_activity_all() -> None:
    rng = np.random.default_rng(0)
    base = [rng.normal(size=(2000, 6)) for _ in range(2)]
    turn = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    fit, score = ([x, x @ turn + 1.0, 2.0 * x, rng.normal(size=(2000, 6))] for x in base)
    found = unpredicted(fit, score, 3, 1e-8)
    assert found[:3] == pytest.approx([0.0] * 3, abs=1e-6) and found[3] == pytest.approx(1.0, abs=0.02)


def one(
    kind: str, difference: float, half: float, condition: str = "c", epoch: str = "e", alt: str = "alt-1"
) -> Experiment:
    return Experiment(kind, alt, condition, epoch, np.nan, difference, difference - half, difference + half)


def test_experiments_are_ranked_by_what_is_assured_then_by_size() -> None:
    wide, sure, down, large = (
        one("output", 0.9, 0.8, "a"),
        one("output", 0.5, 0.1, "b"),
        one("output", -0.7, 0.1, "d"),
        one("output", 2.0, 3.0, "f"),
    )
    assert [e.assured for e in (wide, sure, down, large)] == pytest.approx([0.1, 0.4, 0.6, 0.0])
    assert ranked([wide, sure, large, down], 4) == [down, sure, wide, large]
    assert ranked([wide, sure, large, down], 2) == [down, sure]


def test_bins_that_too_few_trials_reach_do_not_disturb_the_others() -> None:
    """NaN compares with nothing: left among the keys, it leaves a list unsorted without a complaint."""
    known = [one("output", d, 0.1, c) for d, c in ((0.2, "a"), (0.9, "b"), (0.5, "c"), (0.7, "d"))]
    bare = [replace(one("output", 0.3, 0.0, "e"), low=np.nan), one("output", np.nan, 0.0, "f")]
    rows = [known[0], bare[0], known[1], bare[1], known[2], known[3]]
    assert bare[0].assured == 0.0
    assert [e.condition for e in ranked(rows, 6)] == ["b", "d", "c", "a", "e"]


def test_each_kind_and_alternative_has_its_own_best_and_a_condition_counts_once() -> None:
    rows = [
        one("output", 0.5, 0.1),
        one("output", 0.4, 0.1),
        one("dimension", 9.0, 1.0),
        one("output", 0.2, 0.1, alt="alt-2"),
    ]
    assert ranked(rows, 3) == [rows[2], rows[0], rows[3]]


def test_without_intervals_size_decides() -> None:
    rows = [Experiment("output", "alt-1", c, "e", 0.0, d, -np.inf, np.inf) for c, d in (("a", 0.1), ("b", -0.4))]
    assert [e.condition for e in ranked(rows, 2)] == ["b", "a"]
