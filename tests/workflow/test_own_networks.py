"""A network of one's own beside the study's chains, as docs/recordings.md has it: it shows in every figure and claim, by its name."""

from __future__ import annotations

import json
import re

import pytest
import torch
from study_copy import StudyCopy, small_study

from rnnatlas.figures.catalogue import FIGURES, figure_name
from rnnatlas.networks import Ensemble

STUDY = """
run: own
tasks: [flip_flop]
chains: [mine, insd]
chain: {mine: {reference: mine.h5, chains: 1, rounds: 1}}
analysis:
  measures: {samples: 200, rdm_samples: 60, delays: [2, 3], ranks: [3, 6]}
  decoding: {trials: 24, folds: 3, reader_trials: 16}
  limit_sets: {starts: 4, duration: 20, rounds: 1}
  hidden: {samples: [60], scored: 60, tuned: 60, untrained: 1, states: 6}
"""
FILES = ("--configfile", "small.yaml", "study.yaml")


@pytest.fixture
def study(fresh: StudyCopy) -> StudyCopy:
    torch.manual_seed(0)
    rnn, readout = torch.nn.RNN(3, 12), torch.nn.Linear(12, 3)
    state = {f"rnn.{k}": v for k, v in rnn.state_dict().items()} | {
        f"fc.{k}": v for k, v in readout.state_dict().items()
    }
    Ensemble.from_torch(state).to_file(fresh.folder / "mine.h5")
    (fresh.folder / "small.yaml").write_text(small_study("flip_flop"))
    (fresh.folder / "study.yaml").write_text(STUDY)
    return fresh


def test_a_network_of_ones_own_shows_in_every_figure_and_group_of_claims(study: StudyCopy) -> None:
    run = study.call("all", "--cores", "2", *FILES)
    assert run.status == 0, run.text
    results = study.folder / "results" / "own"
    figures = {file.stem for file in (results / "figures").glob("*.png")}
    names = {figure_name(row, "flip_flop") for row in FIGURES.values() if row.by_chains}
    assert names <= figures and {f"{name}_insd" for name in names} <= figures

    for name in names - {
        "figure_hidden",
        "figure_chains",
        "figure_experiments",
        "figure_3",
    }:  # not what chains begin with
        text = (results / "figures" / f"{name}.svg").read_text(encoding="utf-8")
        assert ("reference" in text) == (name != "figure_training"), name  # which has a curve of what was trained here
        assert "(mine)" in text.replace("\n", " "), name
        assert "reference" not in (results / "figures" / f"{name}_insd.svg").read_text(encoding="utf-8"), name
    both = (results / "figures" / "figure_similarity.svg").read_text(encoding="utf-8")
    assert all(name in both for name in ("mine reference", "mine alt-1", "insd alt-1"))
    assert not any("alt--1" in file.read_text(encoding="utf-8") for file in (results / "figures").glob("*.svg"))

    records = json.loads((results / "scorecard.json").read_text(encoding="utf-8"))
    judged = {name: [r["claim"] for r in records if r["chains"] == name] for name in ("mine", "insd")}
    assert judged["mine"] == judged["insd"] and "A1" in judged["mine"] and "A10" in judged["mine"]
    assert not [r for r in records if r["claim"].startswith("S") and r["chains"]]
    page = (results / "scorecard.html").read_text(encoding="utf-8")
    assert "A1 (mine)" in page and "A1 (insd)" in page
    links = set(re.findall(r'href="figures/(\w+)\.png"', page))
    assert {"figure_chains", "figure_chains_insd"} <= links <= figures


def test_networks_of_another_study_are_taken_and_say_where_they_are_from(study: StudyCopy) -> None:
    first = study.folder / "first.yaml"
    first.write_text(STUDY.replace("run: own", "run: first").replace("[mine, insd]", "[insd]"))
    assert (
        study.call(
            "results/first/flip_flop/table.h5", "--cores", "2", "--configfile", "small.yaml", "first.yaml"
        ).status
        == 0
    )
    (study.folder / "study.yaml").write_text(STUDY + "networks_from: first\n")

    target = "results/own/flip_flop/table.h5"
    run = study.call(target, "--cores", "2", *FILES)
    assert run.status == 0, run.text
    for ensemble in ("standard/g1.5", "alternatives/insd_alt1"):
        ours, others = (
            study.folder / "results" / name / "flip_flop" / ensemble / "networks.h5" for name in ("own", "first")
        )
        assert ours.read_bytes() == others.read_bytes()
        log = study.folder / "results/own/logs/flip_flop" / ensemble / "networks.log"
        assert "taken from results/first/" in log.read_text(encoding="utf-8")
    assert (study.folder / "results/own/flip_flop/alternatives/mine_alt1/networks.h5").exists()  # trained here
    assert study.call(target, "--dry-run", *FILES).jobs == set()

    (study.folder / "study.yaml").write_text(STUDY + "networks_from: first\nseed: 5\n")
    refused = study.call(target, "--dry-run", *FILES)
    assert (
        refused.status != 0 and "these networks were trained with" in refused.text and "Traceback" not in refused.text
    )
