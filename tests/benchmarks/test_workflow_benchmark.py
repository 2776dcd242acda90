"""What the benchmark of the workflow calls; times are not judged here."""

from pathlib import Path

import pytest

from rnnatlas.benchmarks import workflow
from rnnatlas.errors import AtlasError


def test_a_figure_that_is_not_there_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflow, "CHECKOUT", tmp_path)
    study = tmp_path / "results" / "mine"
    with pytest.raises(AtlasError, match="finished study with figure_3"):
        workflow.drawing(study, "figure_3")
    (study / "figures").mkdir(parents=True)
    (study / "figures" / "figure_3.png").touch()
    assert workflow.drawing(study, "figure_3")[-1] == "results/mine/study.yaml"
    with pytest.raises(AtlasError, match="results/<run>"):
        workflow.drawing(tmp_path, "figure_3")


def test_a_call_that_fails_says_what_snakemake_said() -> None:
    with pytest.raises(AtlasError, match="no-such-option"):
        workflow.snakemake("--no-such-option")
