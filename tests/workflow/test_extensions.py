"""A figure and a measure of one's own, as docs/add_a_figure.md and docs/add_a_measure.md show them, in a study that has run."""

from __future__ import annotations

import re

import h5py
from study_copy import CHECKOUT, StudyCopy, each, replace_once


def blocks(page: str) -> list[str]:
    """The pieces of Python on a page, in their order; the last, which is no whole file, is given as text."""
    return re.findall(
        r"^```(?:python|text)\n(.*?)^```", (CHECKOUT / "docs" / page).read_text(), re.MULTILINE | re.DOTALL
    )


def add_the_figure(study: StudyCopy) -> None:
    collects, draws, row = blocks("add_a_figure.md")
    (study.library / "figures/null_share_data.py").write_text(collects)
    (study.library / "figures/null_share.py").write_text(draws)
    replace_once(study.library / "figures/catalogue.py", "FIGURES = {\n", "FIGURES = {\n" + row)


def test_a_figure_of_ones_own_is_two_modules_and_a_row(study: StudyCopy) -> None:
    add_the_figure(study)
    mine = each("collect null_share {flip_flop,context_integration}", "figure_null_share")
    assert study.would_run() == mine | {"scorecard"}  # which links claims to figures, and nothing else
    run = study.snakemake("figure_null_share", "--report-after-run", "--report", "results/tiny/one.html")
    assert run.status == 0, run.text
    assert run.jobs == mine
    drawn = (study.results / "figures/figure_null_share.svg").read_text()
    assert "share in the null space" in drawn and "Flip-flop" in drawn
    report = (study.results / "one.html").read_text()
    assert "lies in the null space of the readout" in report and "what readouts do not see" in report


def test_a_figure_cannot_read_what_it_does_not_declare(study: StudyCopy) -> None:
    add_the_figure(study)
    replace_once(
        study.library / "figures/null_share_data.py",
        'evidence.similarity["null_share"]',
        'evidence.measures["targets"]',
    )
    run = study.snakemake("figure_null_share")
    assert run.status != 0 and "Traceback" not in run.text
    # whichever task comes first
    assert re.search(
        "measures: only what was declared may be read of (flip_flop|context_integration): similarity", run.text
    )
    assert "figures/catalogue.py" in run.text


def test_a_measure_of_ones_own_is_a_file_and_a_row(study: StudyCopy) -> None:
    file, row = blocks("add_a_measure.md")
    (study.library / "similarity/measures/overlap.py").write_text(file)
    replace_once(study.library / "measures.py", "MEASURES = (\n", "MEASURES = (\n" + row)
    before = {
        name: digest for name, digest in study.digests().items() if name.endswith(("networks.h5", "fixed_points.h5"))
    }
    (study.folder / "config/config.yaml").unlink()  # `make config` writes it anew
    run = study.snakemake("figure_similarity")
    assert run.status == 0, run.text
    assert not [job for job in run.jobs if job.startswith(("train", "fixed_points", "limit_sets", "decoding"))]
    assert {name: study.digests()[name] for name in before} == before
    with h5py.File(study.results / "flip_flop/measures.h5") as found:
        networks = len(found["network"])
        assert found["overlap"].shape == (networks, networks) and found["floor/overlap"].shape == (networks,)
    assert "overlap" in (study.results / "figures/figure_similarity.svg").read_text()
