"""Figures: all there, drawn again in seconds without what is upstream; the report."""

from __future__ import annotations

import base64
import json
import re
import struct
from typing import Any

import pytest
from study_copy import StudyCopy, replace_once

FIGURES = {
    "figure_1": "Method",
    "figure_2": "Solutions",
    "figure_3": "Solutions",
    "figure_5": "Generalisation",
    "figure_c1": "Charting",
    "figure_chains": "Similarity",
    "figure_controls": "Controls",
    "figure_decoding": "Decoding",
    "figure_experiments": "Generalisation",
    "figure_hidden": "Similarity",
    "figure_limit_sets": "Dynamics",
    "figure_robustness": "Generalisation",
    "figure_similarity": "Similarity",
    "figure_tasks": "Method",
    "figure_training": "Training",
}
TASK_OF = {"figure_2": "context_integration", "figure_3": "flip_flop"}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_has_all_its_files(finished: StudyCopy, name: str) -> None:
    pdf, svg, png = ((finished.results / f"figures/{name}.{kind}").read_bytes() for kind in ("pdf", "svg", "png"))
    assert pdf.startswith(b"%PDF")
    assert b"<svg" in svg
    assert png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", png[16:24])
    assert width >= 1000
    assert height >= 300


def test_an_edited_figure_is_drawn_again_alone(study: StudyCopy) -> None:
    drawn = tuple(f"figures/figure_3.{kind}" for kind in ("pdf", "svg", "png"))
    before = study.digests(*drawn)
    replace_once(study.library / "figures/solutions.py", '"spectra at fixed points"', '"spectra at these fixed points"')
    run = study.snakemake("figure_3")
    assert run.status == 0, run.text
    assert run.jobs == {"figure_3"}
    assert "at these fixed points" in (study.results / "figures/figure_3.svg").read_text()
    assert study.digests(*drawn) == before
    assert study.would_run() == {"figure_2"}  # the other figure that this module draws


def test_no_figure_job_loads_torch(audit: list[dict[str, Any]]) -> None:
    figures = [record for record in audit if record["rule"] in FIGURES]
    assert len(figures) == len(FIGURES)
    assert not [record["rule"] for record in figures if "torch" in record["loaded"]]


@pytest.fixture(scope="module")
def report(finished: StudyCopy, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report, made by a run that had nothing to do."""
    study = finished.copy(tmp_path_factory.mktemp("report") / "study")
    run = study.snakemake("all", "--report-after-run", "--report", "results/tiny/report.html")
    assert run.status == 0, run.text
    assert not run.jobs
    return (study.results / "report.html").read_text()


def shown(report: str) -> dict[str, Any]:
    """What the report shows, by the stem of the file's name."""
    found = re.search(r"var results = (\{.*?\});?\s*\n", report)
    assert found
    return {item["name"].split(".")[0]: item for item in json.loads(found[1]).values()}


def test_the_report_shows_figures_scorecard_and_configuration(finished: StudyCopy, report: str) -> None:
    results = shown(report)
    assert set(results) == {*FIGURES, "scorecard", "study"}
    for name in FIGURES:
        assert results[name]["caption"]
        image = (finished.results / f"figures/{name}.png").read_bytes()
        assert base64.b64encode(image).decode() in results[name]["data_uri"]
    for name in ("scorecard.html", "study.yaml"):
        text = (finished.results / name).read_bytes()
        assert base64.b64encode(text).decode() in results[name.split(".")[0]]["data_uri"]
    for category in {*FIGURES.values(), "Scorecard", "Configuration"}:
        assert f'"{category}"' in report
    assert "study <em>tiny</em>" in report


def test_the_first_page_of_the_report_has_a_figure(finished: StudyCopy, report: str) -> None:
    described = re.search(r"workflow_desc = (\".*\");?\s*\n", report)
    assert described
    image = base64.b64encode((finished.results / "figures/figure_3.png").read_bytes()).decode()
    assert f'src="data:image/png;base64,{image}"' in json.loads(described[1])


@pytest.mark.parametrize("name", TASK_OF)
def test_the_report_tells_which_task_a_figure_is_about(report: str, name: str) -> None:
    """Before the figure is opened: in its labels, or in its caption."""
    about = json.dumps([shown(report)[name]["labels"], shown(report)[name]["caption"]]).lower()
    assert TASK_OF[name].split("_")[0] in about


def test_a_caption_names_the_claims_of_its_figure_with_their_verdicts(finished: StudyCopy, report: str) -> None:
    records = json.loads((finished.results / "scorecard.json").read_text())
    captions = {name: item["caption"] for name, item in shown(report).items()}
    rows = {"hard": "figure_5", "metric": "figure_1", "two_neuron": "figure_c1"}
    for record in records:
        own = next((name for name, task in TASK_OF.items() if task == record["task"]), "")
        name = own if record["figure"] == "solutions" else rows.get(record["figure"], f"figure_{record['figure']}")
        line = re.search(rf"<strong>{record['claim']}</strong>.*", captions[name])
        assert line, (name, record["claim"])
        assert f"<em>{record['verdict']}</em>" in line[0]
        assert f"figures/{name}.png" in captions["scorecard"]
        assert f'href="figures/{name}.png"' in (finished.results / "scorecard.html").read_text()
    assert "scorecard.html" in captions["figure_5"]


def test_a_figure_has_its_caption_before_there_is_a_scorecard(study: StudyCopy) -> None:
    for name in ("scorecard.json", "scorecard.html", "scorecard.md"):
        (study.results / name).unlink()
    report = study.results / "one.html"
    run = study.snakemake("figure_5", "--report-after-run", "--report", str(report.relative_to(study.folder)))
    assert run.status == 0, run.text
    found = shown(report.read_text())
    assert set(found) == {"figure_5"}
    assert "harder than training" in found["figure_5"]["caption"] and "Claims" not in found["figure_5"]["caption"]
