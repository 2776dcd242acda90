"""One mistake, one message: where it is, what was found, what is nearest."""

from typing import Any

import pytest

from rnnatlas.config.defaults import DEFAULT
from rnnatlas.config.load import load_study
from rnnatlas.errors import AtlasError


def study(path: str, value: Any) -> dict[str, Any]:
    """A small study in which ``value`` stands at ``path`` (keys joined by slashes)."""
    values: dict[str, Any] = {"tasks": ["flip_flop"]}
    here = values
    *keys, last = path.split("/")
    for key in keys:
        here = here.setdefault(key, {})
    here[last] = value
    return values


def message(path: str, value: Any) -> str:
    with pytest.raises(AtlasError) as caught:
        load_study(study(path, value), "my_study.yaml")
    text = str(caught.value)
    assert text.startswith("my_study.yaml › ") and "Traceback" not in text
    return text


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("sed", "seed"),
        ("populaton", "population"),
        ("population/g1.0/gian", "gain"),
        ("chain/insd/round", "rounds"),
        ("task/flip_flop/trainig", "training"),
        ("task/flip_flop/trial/bit", "bits"),
        ("task/flip_flop/training/learningrate", "learning_rate"),
        ("task/flip_flop/deflation/training/stepz", "steps"),
        ("analysis/fixed_points/start", "starts"),
    ],
)
def test_an_unknown_key_is_named_with_its_path_and_the_nearest_key(path: str, nearest: str) -> None:
    text = message(path, 1)
    assert f"› {path.replace('/', '.')}: no such key" in text and f"did you mean {nearest!r}?" in text


def test_a_key_like_no_other_gets_the_list_of_valid_keys() -> None:
    text = message("task/flip_flop/network/xyzzy", 1)
    assert "task.flip_flop.network.xyzzy" in text and "units, tau, noise" in text


@pytest.mark.parametrize(
    ("path", "value", "where", "nearest"),
    [
        ("tasks", ["flipflop"], "tasks", "flip_flop"),
        ("task/flip_flp", {}, "task.flip_flp", "flip_flop"),
        ("populations", ["g1.00"], "populations", "g1.0"),
        ("chains", ["inds"], "chains", "insd"),
    ],
)
def test_a_name_that_is_not_defined_is_shown_with_the_nearest_one(
    path: str, value: Any, where: str, nearest: str
) -> None:
    text = message(path, value)
    assert text.startswith(f"my_study.yaml › {where}: ") and f"did you mean {nearest!r}?" in text


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("population/g1.0/gain", -1.0),
        ("population/g1.0/gain", float("nan")),
        ("population/g1.0/members", 0),
        ("population/g1.0/members", 1.5),
        ("population/g1.0/members", "many"),
        ("chain/insd/chains", 0),
        ("seed", -1),
        ("run", "../elsewhere"),
        ("engine", "nativ"),
        ("task/flip_flop/network/noise", -0.1),
        ("task/flip_flop/network/tau", 0),
        ("task/flip_flop/trial/bits", None),
        ("task/flip_flop/training/steps", 0),
        ("task/flip_flop/training/acceptance", 1.1),
        ("task/flip_flop/deflation/strength", "autoo"),
        ("task/flip_flop/deflation/strength", -0.3),
        ("task/flip_flop/deflation/strength", float("inf")),
        ("task/flip_flop/deflation/ridge", 0.0),
        ("task/flip_flop/deflation/form", "tarce"),
    ],
)
def test_a_bad_value_is_one_problem_at_its_own_key_with_what_was_found(path: str, value: Any) -> None:
    text = message(path, value)
    assert text.startswith(f"my_study.yaml › {path.replace('/', '.')}: ")
    assert f"found {value!r}" in text and "to mend as well" not in text


@pytest.mark.parametrize("key", ["private_noise", "input_noise", "load"])
def test_a_hard_condition_below_zero_is_refused_with_its_place(key: str) -> None:
    assert f"task.flip_flop.hard.{key}.1" in message(f"task/flip_flop/hard/{key}", [1.0, -2.0])


def test_a_misspelt_choice_is_shown_with_what_there_is() -> None:
    assert "'trace' or 'norm'" in message("task/flip_flop/deflation/form", "tarce")
    assert "'auto'" in message("task/flip_flop/deflation/strength", "autoo")
    assert "'auto', 'native', 'torch' or 'cuda'" in message("engine", "nativ")


@pytest.mark.parametrize(
    "path", ["tasks", "task", "task/flip_flop", "task/flip_flop/network", "population", "analysis"]
)
@pytest.mark.parametrize("value", [None, 3, "text"])
def test_a_section_of_the_wrong_kind_is_named(path: str, value: Any) -> None:
    text = message(path, value)
    assert text.startswith(f"my_study.yaml › {path.replace('/', '.')}: ") and f"found {value!r}" in text


def test_of_several_problems_the_unknown_key_comes_first_and_the_others_are_named() -> None:
    values = study("task/flip_flop/training/stepz", 5)
    values["seed"] = -1
    with pytest.raises(AtlasError, match=r"stepz.*to mend as well: seed"):
        load_study(values)


def test_a_study_holds_what_is_given_and_the_defaults_elsewhere() -> None:
    loaded = load_study(study("task/flip_flop/deflation/strength", "auto"))
    assert loaded.of("flip_flop").deflation.strength == "auto"
    assert loaded.of("flip_flop").deflation.form == "trace" and loaded.seed == 0
    assert load_study(study("task/flip_flop/deflation/strength", 0)).of("flip_flop").deflation.strength == 0
    assert load_study(DEFAULT).tasks == ["context_integration", "flip_flop", "memory_pro"]


def test_what_is_given_is_laid_over_the_default_study() -> None:
    """Sections merge, so that the values beside the one given stay; lists replace."""
    given = study("task/flip_flop/deflation/training/steps", 7)
    given["task"]["flip_flop"]["hard"] = {"load": [3.0]}
    given["population"] = {"mine": {"gain": 2.0}}
    loaded, default = load_study(given), load_study({})
    mine, plain = loaded.of("flip_flop"), default.of("flip_flop")
    assert mine.deflation.training.steps == 7 and mine.hard.load == [3.0] and loaded.tasks == ["flip_flop"]
    assert mine.deflation.training.learning_rate == plain.deflation.training.learning_rate == 0.025
    assert (mine.deflation.ridge, mine.network.units) == (plain.deflation.ridge, plain.network.units) == (1e-3, 64)
    assert loaded.population["mine"].gain == 2.0 and default.population.items() <= loaded.population.items()
    assert load_study({}).plain() == load_study(DEFAULT).plain()


def test_measures_to_compare_are_those_of_the_list() -> None:
    assert load_study({}).analysis.measures.compare == ["cka", "rsa", "cca", "procrustes"]
    assert load_study(study("analysis/measures/compare", ["rsa"])).analysis.measures.compare == ["rsa"]
    text = message("analysis/measures/compare", ["rsa", "ckaa"])
    assert "analysis.measures.compare.1" in text and "cka, rsa, cca, procrustes" in text and "found 'ckaa'" in text


def test_numbers_may_be_written_as_yaml_reads_them() -> None:
    """PyYAML reads 1e-3, without a point, as text."""
    assert load_study(study("task/flip_flop/deflation/ridge", "1e-3")).of("flip_flop").deflation.ridge == 1e-3


def test_a_rules_configuration_is_plain_and_sorted() -> None:
    plain = load_study(DEFAULT).plain()

    def check(value: Any) -> None:
        assert type(value) in (dict, list, str, int, float, bool, type(None))
        if isinstance(value, dict):
            assert list(value) == sorted(value)
        for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            check(part)

    check(plain)
    assert load_study(plain).plain() == plain
