"""Populations on fixed sets of trials, from training to figures and the scorecard, in one small study."""

from __future__ import annotations

import json
from pathlib import Path

import yaml
from declared import declared, read, readers
from study_copy import StudyCopy

from rnnatlas.config.load import load_study
from rnnatlas.networks.ensemble import Ensemble, TrainingRecord
from rnnatlas.plan.plan import Plan

TRAINING = {"epochs": 4, "acceptance_trials": 8}
STUDY = {
    "run": "tiny",
    "charting": {"run": True, "populations": ["vanilla_20", "gru_20"]},
    "population": {"vanilla_20": {"members": 2}, "gru_20": {"members": 2}},
    "task": {
        "delayed_discrimination": {"trial": {"beyond_delays": [100.0, 600.0]}, "training": TRAINING | {"attempts": 2}},
        "interval_discrimination": {
            "trial": {"beyond": [100.0, 700.0]},
            "training": TRAINING | {"attempts": 1, "stop": 1.0},
        },
        "interval_reproduction": {"training": TRAINING | {"attempts": 1, "accepted_loss": 1.0}},
    },
}


def test_populations_are_trained_charted_and_judged(tmp_path: Path) -> None:
    study = StudyCopy.of_checkout(tmp_path / "study")
    file = study.folder / "charted.yaml"
    tiny = yaml.safe_load((study.folder / "config/presets/tiny.yaml").read_text())
    own = STUDY | {"charting": tiny["charting"] | STUDY["charting"], "task": tiny["task"] | STUDY["task"]}
    own |= {"population": tiny["population"] | STUDY["population"]}
    file.write_text(yaml.safe_dump(tiny | own))
    targets = (
        "figure_c2",
        "figure_c3",
        "figure_c4",
        "figure_c5",
        "results/tiny/claims/populations.json",
        "results/tiny/claims/extrapolation.json",
        "results/tiny/claims/types.json",
    )
    run = study.call("--cores", "2", *targets, "--configfile", str(file))
    assert run.status == 0, run.text
    for name in ("figure_c2", "figure_c3", "figure_c4", "figure_c5"):
        assert (study.results / "figures" / f"{name}.png").stat().st_size > 20_000
    records = json.loads((study.results / "claims/populations.json").read_text())
    assert [(one["claim"], one["task"]) for one in records] == [("T5", task) for task in STUDY["task"]]

    def record(task: str, population: str) -> TrainingRecord:
        found = Ensemble.from_file(study.results / task / "standard" / population / "networks.h5").training
        assert found is not None
        return found

    failed = record("delayed_discrimination", "vanilla_20")
    assert failed.attempts.tolist() == [2, 2] and failed.final_loss.shape == (2, 2) and not failed.accepted.any()
    stopped = record("interval_discrimination", "vanilla_20")
    assert stopped.loss.shape == (2, 14)  # one epoch of 420 trials
    good = record("interval_reproduction", "gru_20")
    assert good.accepted.all() and good.loss.shape == (2, 4 * 4)
    assert records[-1]["value"] == 1.0 and set(records[-1]["detail"]) == {
        "cell rate",
        "cell gru",
        "vanilla_20",
        "gru_20",
    }
    plan = Plan(load_study(yaml.safe_load(file.read_text())), str(study.results), study.results)
    for name, (needs, _) in readers(charted=True).items():
        assert declared(needs, controlled=False) == read(plan, name), name
    # A second run has nothing to do; another number of epochs trains that task alone.
    again = study.call("--dry-run", *targets, "--configfile", str(file))
    assert again.status == 0 and not again.jobs, again.text
    tiny |= own
    tiny["task"]["delayed_discrimination"]["training"]["epochs"] = 5
    file.write_text(yaml.safe_dump(tiny))
    changed = study.call("--dry-run", *targets, "--configfile", str(file))
    assert {job.split()[1] for job in changed.jobs if job.startswith("train_standard")} == {"delayed_discrimination"}
