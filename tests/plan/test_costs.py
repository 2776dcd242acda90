"""Expected seconds of jobs: those of quick as its log has them, and what makes a job longer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from rnnatlas.config.load import load_study
from rnnatlas.plan.costs import Costs

QUICK = Path(__file__).parents[2] / "config" / "presets" / "quick.yaml"

# Seconds on one core, from Snakemake's records of `make quick` on 27 November 2026.
LOGGED = [
    ("train_standard", {"task": "context_integration", "population": "g0.01"}, 4.0),
    ("train_standard", {"task": "flip_flop", "population": "g1.5"}, 5.0),
    ("train_standard", {"task": "memory_pro", "population": "g1.5"}, 10.0),
    ("train_alternatives", {"task": "context_integration", "chains": "insd", "round": "1"}, 16.0),
    ("train_alternatives", {"task": "flip_flop", "chains": "insd", "round": "2"}, 40.0),
    ("train_alternatives", {"task": "memory_pro", "chains": "insd", "round": "2"}, 67.0),
    ("fixed_points", {"task": "memory_pro", "ensemble": "alternatives/insd_alt1"}, 2.0),
    ("limit_sets", {"task": "memory_pro", "ensemble": "standard/g1.5"}, 3.4),
    ("decoding", {"task": "flip_flop", "ensemble": "standard/g1.5"}, 2.0),
    ("similarity", {"task": "context_integration", "among": ""}, 3.0),
    ("hidden", {"task": "flip_flop"}, 16.0),
    ("figure_3", {}, 4.1),
    ("trials", {"task": "flip_flop", "set": "analysis"}, 0.4),
]


def costs(over: dict[str, Any]) -> Costs:
    return Costs(load_study(over))


@pytest.mark.parametrize(("rule", "wildcards", "seconds"), LOGGED)
def test_jobs_of_quick_within_a_factor_of_two(rule: str, wildcards: dict[str, str], seconds: float) -> None:
    study = costs(yaml.safe_load(QUICK.read_text(encoding="utf-8")))
    assert seconds / 2 < study.core_seconds(rule, wildcards) < seconds * 2


@pytest.mark.parametrize("rule", ["train_standard", "decoding"])
def test_more_networks_take_longer(rule: str) -> None:
    about = {"task": "flip_flop", "population": "g1.5", "ensemble": "standard/g1.5"}
    few, many = (costs({"population": {"g1.5": {"members": n}}}).core_seconds(rule, about) for n in (1, 20))
    assert many > 3 * few


def test_every_earlier_solution_costs() -> None:
    rounds = [costs({}).core_seconds("train_alternatives", {"task": "flip_flop", "chains": "insd", "round": str(k)}) for k in (1, 2, 3)]  # fmt: skip
    assert rounds[2] - rounds[1] == pytest.approx(rounds[1] - rounds[0])
    assert rounds[0] < rounds[1]


def test_random_features_cost_by_their_number_and_by_what_they_are_compared_on() -> None:
    def of(chains: str, **over: Any) -> float:
        given = {"tasks": ["flip_flop"], "chain": {"nonlinear": over}}
        return costs(given).core_seconds("train_alternatives", {"task": "flip_flop", "chains": chains, "round": "1"})

    # 8 chains of 2,000 steps with 784 features on 1,100 samples: 29 ms a step of one network on 27 November 2026.
    assert 8 * 58 / 2 < of("nonlinear") - of("reverse") < 8 * 58 * 2
    assert of("nonlinear", stride=1) > 1.5 * of("nonlinear")


def test_a_gated_cell_and_long_trials_cost() -> None:
    gated = {"tasks": ["flip_flop"], "task": {"flip_flop": {"network": {"cell": "gru"}}}}
    longer = {"tasks": ["flip_flop"], "task": {"flip_flop": {"trial": {"duration": 4000}}}}
    about = {"task": "flip_flop", "population": "g1.5"}
    plain, gru, long = (costs(over).core_seconds("train_standard", about) for over in ({}, gated, longer))
    assert (gru - 1) / (plain - 1) == pytest.approx(3.0 / 1.5)  # rate networks take half of their blocks at dt/2
    assert (long - 1) / (plain - 1) == pytest.approx(2.0)


def test_fixed_points_of_gated_cells_take_longer() -> None:
    rate, gru, lstm = (costs({}).core_seconds("fixed_points", {"task": "flip_flop", "ensemble": f"standard/{name}"}) for name in ("g1.5", "gru", "lstm"))  # fmt: skip
    assert lstm > 2 * gru > 4 * rate


def test_every_ensemble_has_its_members() -> None:
    study = costs({})
    assert [study.members("flip_flop", name) for name in ("standard/g1.5", "standard/gru", "alternatives/insd_alt2", "standard/sham_reference")] == [10, study.study.population["gru"].members, 8, 8]  # fmt: skip


def test_a_rule_that_is_not_listed_costs_something() -> None:
    assert costs({}).core_seconds("of_my_own", {}) > 0
