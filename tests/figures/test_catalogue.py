"""The lists of figures and of groups of claims, the modules that they name, and how the two belong together."""

import ast
import inspect
import pkgutil
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

import rnnatlas.claims
from rnnatlas.claims.catalogue import GROUPS, ORDER
from rnnatlas.claims.claim import Claim
from rnnatlas.claims.control_claims import SENTENCES
from rnnatlas.claims.predictivity_claims import A1
from rnnatlas.claims.record import Record
from rnnatlas.claims.scorecard import finished
from rnnatlas.figures.caption import Caption
from rnnatlas.figures.catalogue import FIGURES, figure_name
from rnnatlas.figures.solutions_data import about
from rnnatlas.tasks.registry import get_task

COLLECTED = [key for key, row in FIGURES.items() if row.draws == "figure"]


def claims() -> dict[str, Claim]:
    """Every claim that a module defines, by its key."""
    names = [info.name for info in pkgutil.iter_modules(rnnatlas.claims.__path__, "rnnatlas.claims.")]
    found = [value for name in names for value in vars(import_module(name)).values() if isinstance(value, Claim)]
    return {claim.key: claim for claim in found}


def parameters(function: Callable[..., object]) -> list[str]:
    return list(inspect.signature(function).parameters)


def names_are_defined(function: Callable[..., object]) -> bool:
    """Whether the function's annotations, which nobody evaluates, name what its module has."""
    module = vars(inspect.getmodule(inspect.unwrap(function)))
    return all(eval(text, module) is not None for text in function.__annotations__.values() if text != "None")


# Figures


@pytest.mark.parametrize("key", FIGURES)
def test_a_row_has_a_module_that_draws_with_a_caption(key: str) -> None:
    module = import_module(f"rnnatlas.figures.{key}")
    assert parameters(module.draw) == ["artifacts", "files"] and names_are_defined(module.draw)
    title, blank, *caption = (module.__doc__ or "").splitlines()
    assert title.endswith((".", "?")) and not blank and caption
    text = Caption(key, {}).text()
    assert text == inspect.cleandoc("\n".join(caption)) and len(text) > 80 and text.endswith(".")


@pytest.mark.parametrize("key", COLLECTED)
def test_a_figure_that_is_drawn_from_collected_data_has_a_module_that_collects(key: str) -> None:
    module = import_module(f"rnnatlas.figures.{key}_data")
    assert parameters(module.collect) == ["case"] and names_are_defined(module.collect) and module.collect.__doc__


@pytest.mark.parametrize("key", COLLECTED)
def test_what_is_drawn_comes_with_the_data(key: str) -> None:
    """Thresholds of claims too, so that a claim's edit draws no figure anew without its data."""
    drawing = Path(inspect.getfile(import_module(f"rnnatlas.figures.{key}")))
    imported = [
        n.module for n in ast.walk(ast.parse(drawing.read_text())) if isinstance(n, ast.ImportFrom) and n.module
    ]
    assert not [name for name in imported if name.startswith(("rnnatlas.claims", "rnnatlas.evidence"))]


def test_figures_have_names_of_their_own_and_say_what_they_show() -> None:
    subjects = {
        "study": ("default",),
        "charting": ("default",),
        "task": ("flip_flop", "mine"),
        "recording": ("mine", "yours"),
    }
    names = [figure_name(row, subject) for row in FIGURES.values() for subject in subjects[row.of]]
    assert len(set(names)) == len(names) and all(re.fullmatch(r"figure_\w+", name) for name in names)
    assert all(
        row.category and row.shows and ("{" in row.shows) == (row.of in ("task", "recording"))
        for row in FIGURES.values()
    )
    assert {"figure_3", "figure_mine", "figure_recording_mine", "figure_recording_yours"} <= set(names)


def test_labels_of_solutions_come_with_the_threshold_of_their_claim() -> None:
    found = about(get_task("memory_pro"), "MemoryPro (mine)", 0.2)
    assert found["about/decoupled"] == A1.threshold and found["about/alpha"] == 0.2
    assert (
        found["about/title"] == "MemoryPro (mine)"
        and found["about/circular"]
        and all(a.ndim == 0 for a in found.values())
    )


# Claims


@pytest.mark.parametrize("name", GROUPS)
def test_a_group_has_a_module_that_judges(name: str) -> None:
    module = import_module(f"rnnatlas.claims.{GROUPS[name].module}")
    found = [function for name in ("judge", "judge_chains") if (function := getattr(module, name, None))]
    assert found
    for judge in found:
        assert parameters(judge) == ["case"] and names_are_defined(judge) and judge.__doc__


def test_every_claim_belongs_to_one_group_and_has_a_place_in_the_scorecard() -> None:
    keys = [key for group in GROUPS.values() for key in group.claims]
    assert len(set(keys)) == len(keys) and sorted(keys) == sorted(ORDER) and len(set(ORDER)) == len(ORDER)
    modules = [group.module for group in GROUPS.values()]
    assert len(set(modules)) == len(modules)
    assert set(ORDER) == set(claims()) | {key for key, _ in SENTENCES.values()}


def test_a_claim_without_a_place_is_not_lost_in_the_scorecard() -> None:
    row = Record("Z9", "flip_flop", "", "", "", 0.0, "at least", 0.0, (0.0, 0.0), 9, 9, 4, "holds", "hard")
    with pytest.raises(ValueError, match="Z9"):
        finished([row])


def test_every_claim_names_a_figure_that_shows_tasks() -> None:
    shown = {key for key, row in FIGURES.items() if row.of != "recording"}
    assert {
        claim.figure for claim in claims().values() if claim.key not in ("T4", "R1", "R2")
    } <= shown  # others' networks are in none
    assert all(claim.key and claim.sentence and claim.source and claim.statistic for claim in claims().values())


@pytest.mark.parametrize("key", sorted({claim.figure for claim in claims().values()} - {""}))
def test_a_caption_that_names_claims_names_those_of_its_figure(key: str) -> None:
    """S1 to H4; what other claims it names, it shows as well."""
    named = set(re.findall(r"\bclaims? ([SAMH]\d+b?)", Caption(key, {}).text()))
    assert named <= set(ORDER)


def test_figures_that_a_claim_is_about_read_what_it_is_judged_by() -> None:
    """Each claim's figure is collected from at least one kind that its group reads, or drawn from the same artifact."""
    found = claims()
    for name, group in GROUPS.items():
        read = {*group.needs.own, *group.needs.beside, *group.needs.controls, *group.needs.study, *group.needs.charted}
        for key in group.claims:
            if key in found and not found[key].figure:
                continue
            row = FIGURES[found[key].figure if key in found else "controls"]
            shown = {*row.needs.own, *row.needs.beside, *row.needs.controls, *row.needs.charted, row.draws}
            assert read & shown, (name, key)
