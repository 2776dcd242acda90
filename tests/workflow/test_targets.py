"""What a single figure or group of claims of a fresh default study asks for: what it shows, and no more."""

from __future__ import annotations

import shutil

import pytest
from study_copy import StudyCopy


def planned(checkout: StudyCopy, *targets: str) -> set[str]:
    """The jobs of a dry run of the default study."""
    run = checkout.call("--dry-run", *targets)
    assert run.status == 0, run.text
    return run.jobs


def rules(jobs: set[str]) -> set[str]:
    return {job.split()[0] for job in jobs}


def test_a_figure_of_solutions(checkout: StudyCopy) -> None:
    jobs = planned(checkout, "figure_3")
    assert len(jobs) <= 22  # of some 280
    assert rules(jobs) == {
        "trials", "train_standard", "train_alternatives", "fixed_points", "table", "similarity", "embedding", "collect", "figure_3",
    }  # fmt: skip
    assert not [job for job in jobs if "gru" in job or "lstm" in job or "memory_pro" in job]


def test_the_figure_of_hard_conditions(checkout: StudyCopy) -> None:
    assert rules(planned(checkout, "figure_5")) == {
        "trials", "train_standard", "train_alternatives", "generalisation", "table", "similarity", "collect", "figure_5",
    }  # fmt: skip


TRAINING = {"trials", "train_standard", "train_alternatives", "table"}
GROUPS = {
    "predictivity": {"similarity"},
    "classes": {"similarity", "embedding", "measures"},
    "attractors": {"similarity", "fixed_points", "attractors"},
    "rotation": {"similarity", "fixed_points", "attractors", "decoding"},
    "limit_sets": {"similarity", "fixed_points", "attractors", "limit_sets"},
    "decoding": {"similarity", "decoding"},
    "hidden": {"similarity", "hidden"},
    "hard": {"similarity", "generalisation"},
    "robustness": {"similarity", "robustness"},
    "finer_steps": {"fixed_points", "finer_steps"},
    "time_step": {"similarity", "fixed_points", "attractors", "limit_sets", "finer_steps"},
    "capacity": {"similarity"},
}


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_of_claims(checkout: StudyCopy, group: str) -> None:
    jobs = planned(checkout, f"results/default/claims/{group}.json")
    assert rules(jobs) == TRAINING | GROUPS[group] | {"claims"}


def test_the_claim_on_irrelevant_dynamics_trains_one_population(checkout: StudyCopy) -> None:
    jobs = planned(checkout, "results/default/claims/irrelevant_dynamics.json")
    assert rules(jobs) == {"trials", "train_standard", "metric_asymmetry", "claims"}
    assert len(jobs) == 4


def test_the_two_neuron_network_trains_no_other(checkout: StudyCopy) -> None:
    assert planned(checkout, "figure_c1") == {"two_neuron", "figure_c1"}
    assert planned(checkout, "results/default/claims/two_neuron.json") == {"two_neuron", "claims two_neuron"}


def test_charted_populations_are_trained_for_their_figures_where_they_are_asked_for(checkout: StudyCopy) -> None:
    refused = checkout.call("--dry-run", "figure_c3")
    assert refused.status and "figure_c3" in refused.text
    assert "charting.run" in refused.text and "--config" in refused.text
    run = checkout.call("--dry-run", "figure_c2", "figure_c3", "--config", 'charting={"run":true}')
    assert run.status == 0, run.text
    assert rules(run.jobs) == {"train_standard", "extrapolation", "reduced", "collect", "figure_c2", "figure_c3"}
    trained = [job for job in run.jobs if job.startswith("train_standard")]
    assert len(trained) == 4 * 3 + 2 * 4 + 4 and not [job for job in trained if "flip_flop" in job]
    assert planned(checkout, "results/default/claims/populations.json") == {"claims populations"}


def test_groups_that_rest_on_controls_ask_for_nothing_without_them(checkout: StudyCopy) -> None:
    assert planned(checkout, "results/default/claims/controls.json", "results/default/claims/measure.json") == {
        "claims controls", "claims measure",
    }  # fmt: skip
    asked = checkout.call("--dry-run", "results/default/claims/measure.json", "--config", 'controls={"run":true}')
    assert rules(asked.jobs) == TRAINING | {"similarity", "references", "claims"}


def test_two_figures_of_one_name_are_refused_in_words(fresh: StudyCopy) -> None:
    """A task of one's own that is called like a figure."""
    shutil.copy(fresh.library / "tasks/flip_flop.py", fresh.library / "tasks/chains.py")
    run = fresh.call("--dry-run", "all", "--config", "tasks=[chains]")
    assert run.status != 0 and "Traceback" not in run.text
    assert "figure_chains: two figures have this name, of solutions and of chains" in run.text
    assert "give the task, recording or set of chains that is called so another name" in run.text
