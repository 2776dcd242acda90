"""The controls and the networks of other cells, trained and analysed beside a finished study."""

from __future__ import annotations

import json

import h5py
from declared import MAY_BE_LEFT, declared, plan_of, read, readers
from study_copy import Changes, StudyCopy

CONTROLS: Changes = {
    "tasks": ["flip_flop"],
    "architectures": ["gru", "lstm"],
    "population/gru/members": 2,
    "population/lstm/members": 2,
    "population/norm_matched/members": 2,
    "controls/run": True,
    "controls/populations": ["matched", "norm_matched"],
    "controls/chains": ["sham", "unprojected", "auto", "reverse", "cka"],
    **{f"chain/{name}/chains": 2 for name in ("unprojected", "auto", "reverse", "cka")},
}


def test_controls_enter_the_scorecard_and_change_no_network_of_the_study(study: StudyCopy) -> None:
    own = ("flip_flop/alternatives/insd_alt2/networks.h5", "flip_flop/similarity.h5", "flip_flop/hidden.h5")
    before = {name: study.digests()[name] for name in own}
    run = study.snakemake(
        "scorecard", "figure_controls", "figure_limit_sets", "figure_5", "figure_experiments", changes=CONTROLS
    )
    assert run.status == 0, run.text
    assert {name: study.digests()[name] for name in own} == before
    trained = {job.removeprefix("train_") for job in run.jobs if job.startswith("train_")}
    assert trained == {
        *(f"standard flip_flop {name}" for name in ("gru", "lstm", "matched", "norm_matched")),
        *(f"alternatives flip_flop {name} 1" for name in ("sham", "unprojected", "auto", "reverse", "cka")),
    }
    found = {row["claim"] for row in json.loads((study.results / "scorecard.json").read_text())}
    assert {"Ca", "Cb", "Cc", "Cd", "auto", "M1", "M2", "M3"} <= found
    drawn = (study.results / "figures/figure_limit_sets.svg").read_text()
    assert "GRU (2)" in drawn and "LSTM (2)" in drawn
    assert "− matched standards" in (study.results / "figures/figure_5.svg").read_text()
    with h5py.File(study.results / "figures/data/experiments/flip_flop.h5") as file:
        assert file["matched"][()]
    # All that is declared is read, of the controls too.
    plan = plan_of(study, CONTROLS)
    for name, (needs, _) in readers().items():
        assert declared(needs, controlled=True) - read(plan, name) <= MAY_BE_LEFT.get(name, set()), name
    # Results at hand stay in the scorecard of a run that does not ask for them.
    kept = study.snakemake("scorecard", changes=CONTROLS | {"controls/run": False})
    assert kept.status == 0 and not kept.jobs
