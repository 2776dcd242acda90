"""Gated networks in a study: one's own can begin chains, and where an analysis is of rate units alone the study says so at once."""

from __future__ import annotations

import pytest
import torch
from study_copy import StudyCopy, small_study

from rnnatlas.artifacts.dynamics_schemas import FIXED_POINTS, LIMIT_SETS
from rnnatlas.artifacts.store import read_artifact
from rnnatlas.networks import Ensemble

STUDY = """
run: gated
tasks: [flip_flop]
populations: [g1.5]
architectures: []
chains: [mine]
chain: {mine: {reference: mine.h5, chains: 1, rounds: 1}}
analysis:
  limit_sets: {starts: 4, duration: 60}
  hidden: {samples: [60], scored: 60, tuned: 60, untrained: 1, states: 6}
"""
FILES = ("--configfile", "small.yaml", "study.yaml")


@pytest.fixture
def study(fresh: StudyCopy) -> StudyCopy:
    torch.manual_seed(0)
    gru, readout = torch.nn.GRU(3, 12), torch.nn.Linear(12, 3)
    state = {f"rnn.{k}": v for k, v in gru.state_dict().items()} | {
        f"fc.{k}": v for k, v in readout.state_dict().items()
    }
    Ensemble.from_torch(state, "gru").to_file(fresh.folder / "mine.h5")
    (fresh.folder / "small.yaml").write_text(small_study("flip_flop"))
    (fresh.folder / "study.yaml").write_text(STUDY)
    return fresh


def test_chains_can_begin_with_a_gated_network_of_ones_own(study: StudyCopy) -> None:
    run = study.call("figure_3", "figure_training", "scorecard", "--cores", "2", *FILES)
    assert run.status == 0, run.text
    results = study.folder / "results" / "gated"
    assert (results / "scorecard.md").exists() and (results / "figures" / "figure_training.png").exists()
    assert "reference" in (results / "figures" / "figure_3.svg").read_text()
    reference = results / "flip_flop" / "standard" / "mine_reference"
    assert (reference / "limit_sets.h5").exists() and not (reference / "attractors.h5").exists()
    points = read_artifact(reference / "fixed_points.h5", FIXED_POINTS).data
    begun = ~read_artifact(reference / "limit_sets.h5", LIMIT_SETS).data["run/visited"]
    assert points["state"].shape[1] == 12 and points["fixed"].any() and begun.sum() == 2 * points["fixed"].sum()


def test_a_study_of_gated_networks_says_before_training_what_it_cannot_have(study: StudyCopy) -> None:
    gated = STUDY.replace("[mine]", "[]") + "task: {flip_flop: {network: {cell: gru}}}\n"
    (study.folder / "study.yaml").write_text(gated)
    refused = study.call("--dry-run", "all", *FILES)
    assert (
        refused.status != 0
        and "attractors, finer_steps, robustness are of rate units only, found the cell 'gru'" in refused.text
    )
    targets = (
        "similarity.h5",
        "standard/g1.5/limit_sets.h5",
        "standard/g1.5/fixed_points.h5",
        "standard/g1.5/generalisation.h5",
    )
    run = study.call(*(f"results/gated/flip_flop/{name}" for name in targets), "--dry-run", *FILES)
    assert run.status == 0 and "train_standard flip_flop g1.5" in run.jobs, run.text
