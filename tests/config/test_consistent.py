"""Conditions between keys: found when the study is read, each at its own key and with what to do."""

from __future__ import annotations

from typing import Any

import pytest

from rnnatlas.config.load import load_study
from rnnatlas.errors import AtlasError

Values = dict[str, Any]


def laid(**changes: Any) -> Values:
    """A study of the flip-flop; double underscores divide the parts of a key."""
    values: Values = {"tasks": ["flip_flop"]}
    for path, value in changes.items():
        *keys, last = path.split("__")
        here = values
        for key in keys:
            here = here.setdefault(key, {})
        here[last] = value
    return values


IMPOSSIBLE: dict[str, tuple[Values, str, str]] = {
    "run two dots": (laid(run=".."), "run", "'..'"),
    "run one dot": (laid(run="."), "run", "'.'"),
    "run hidden": (laid(run=".hidden"), "run", "'.hidden'"),
    "run like an option": (laid(run="-x"), "run", "'-x'"),
    "run empty": (laid(run=""), "run", "pattern"),
    "run too long": (laid(run="a" * 65), "run", "64"),
    "run with a separator": (laid(run="a/b"), "run", "pattern"),
    "population of dots": (laid(populations=[".."], population={"..": {}}), "populations", "'..'"),
    "population too long": (laid(populations=["p" * 65], population={"p" * 65: {}}), "populations", "64"),
    "recording with a separator": (
        laid(recording={"a/b": {"task": "flip_flop", "file": "x.h5"}}),
        "recording",
        "'a/b'",
    ),
    "population called like a reference": (laid(population={"insd_reference": {}}), "population.insd_reference", "insd"),
    "charting of nothing": (laid(charting={"run": True, "tasks": []}), "charting.tasks", "one task at least"),
    "charting without a population": (
        laid(charting={"run": True, "populations": ["gru_20"]}),
        "charting.populations",
        "'delayed_discrimination'",
    ),
    "charting that is no section": (laid(charting=True), "charting", "dictionary"),
    "repeats what is not charted": (
        laid(charting__populations=["vanilla_20_again"]),
        "population.vanilla_20_again.repeats",
        "charted on the same tasks",
    ),
    "repeats on another schedule": (
        laid(population__vanilla_20__schedule="alternatives", population__vanilla_20_again__schedule="alternatives"),
        "population.vanilla_20_again.schedule",
        "'standard' is expected",
    ),
    "repeats itself": (laid(population__vanilla_20_again__repeats="vanilla_20_again"), "population.vanilla_20_again.repeats", "another population"),
    "repeats another size": (laid(population__vanilla_20_again__repeats="vanilla_30"), "population.vanilla_20_again.repeats", "differs in units"),
    "repeats a repetition": (
        laid(population__vanilla_20_again__repeats="vanilla_30_again", population__vanilla_20_again__units=30),
        "population.vanilla_20_again.repeats",
        "differs in repeats",
    ),
    "repeats with fresh trials": (
        laid(task__interval_reproduction__training__trials="fresh", task__interval_reproduction__training__stop=None,
             task__interval_reproduction__training__accepted_loss=None),
        "task.interval_reproduction.training.trials",
        "a set of trials is expected",
    ),
    "repeats outside of charting": (laid(populations=["vanilla_20_again"], charting__populations=["vanilla_20"]), "population.vanilla_20_again.repeats", "alone"),
    "charted and standard": (laid(populations=["vanilla_20"]), "populations", "'vanilla_20'"),
    "charted but not defined": (laid(charting__populations=["vanila_20"]), "charting.populations", "did you mean 'vanilla_20'?"),
    "a charted task that is not there": (laid(charting__tasks=["interval"]), "charting.tasks", "interval_"),
    "population that is its control": (laid(populations=["g0.5", "matched"]), "controls.populations", "'matched'"),
    "population that is an architecture": (laid(populations=["g0.5", "gru"]), "architectures", "'gru'"),
    "chains that are their control": (laid(chains=["insd", "sham"]), "controls.chains", "'sham'"),
    "chains of no task": (laid(chain__insd__tasks=["flipflop"]), "chain.insd.tasks", "did you mean 'flip_flop'?"),
    "chains of another task": (laid(chain__insd__tasks=["memory_pro"]), "chain.insd.tasks", "no alternative"),
    "no reference": (laid(chain__insd__reference=""), "chain.insd.reference", "at least 1 character"),
    "braces in a reference": (laid(chain__insd__reference="a{b}.h5"), "chain.insd.reference", "without braces"),
    "braces in a recording": (
        laid(recording={"mine": {"task": "flip_flop", "file": "{a}.h5"}}),
        "recording.mine.file",
        "without braces",
    ),
    "activity of nothing": (laid(population__g1__activity="insd_alt1", populations=["g1"]), "population.g1.activity", "alternatives/insd_alt1"),
    "activity of a later round": (
        laid(population__g1__activity="alternatives/insd_alt9", populations=["g0.5", "g1"]),
        "population.g1.activity",
        "insd_alt9",
    ),
    "activity of its own": (laid(population__g1__activity="standard/g1", populations=["g1"]), "population.g1.activity", "waits for them"),
    "activity of what waits for it": (
        laid(population__g1__activity="alternatives/insd_alt1", populations=["g0.5", "g1"]),
        "population.g1.activity",
        "waits for them",
    ),
    "controls without insd": (laid(controls__run=True, chains=[]), "population.norm_matched.activity", "alternatives/insd_alt1"),
    "a trial without end": (laid(task__flip_flop__trial__duration=1e9), "task.flip_flop.trial.duration", "100000 steps"),
    "a step of nothing": (laid(task__flip_flop__trial__dt=1e-9), "task.flip_flop.trial.duration", "steps"),
    "a load without end": (laid(task__flip_flop__hard__load=[1.0, 1e6]), "task.flip_flop.hard.load.1", "100000 steps"),
    "tau below the step": (laid(task__flip_flop__network__tau=10), "task.flip_flop.network.tau", "dt = 20"),
    "no trials in a batch": (laid(task__flip_flop__training__batch=0), "task.flip_flop.training.batch", "greater"),
    "ridges of nothing": (laid(analysis__measures__ridges=[]), "analysis.measures.ridges", "at least 1"),
    "a negative ridge": (laid(analysis__hidden__ridges=[1.0, -1.0]), "analysis.hidden.ridges.1", "greater than 0"),
    "no delays": (laid(analysis__measures__delays=[0]), "analysis.measures.delays.0", "greater"),
    "attempts of alternatives": (
        laid(task__flip_flop__deflation__training__attempts=2),
        "task.flip_flop.deflation",
        "ask for more chains",
    ),
    "a stop without epochs": (
        laid(task__flip_flop__training__stop=1e-4),
        "task.flip_flop.training",
        "give trials, a number or 'complete'",
    ),
    "a batch larger than the set": (
        laid(task__flip_flop__training__trials=16),
        "task.flip_flop.training",
        "must not be larger than the set of trials, 16",
    ),
    "a set of no trials": (laid(task__flip_flop__training__trials=0), "task.flip_flop.training.trials", "fresh"),
}  # fmt: skip


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_an_impossible_study_is_told_so_at_its_key(name: str) -> None:
    values, key, words = IMPOSSIBLE[name]
    with pytest.raises(AtlasError) as caught:
        load_study(values, "my_study.yaml")
    text = str(caught.value)
    assert text.startswith(f"my_study.yaml › {key}: ") and words in text, text


def test_what_is_not_asked_for_may_name_what_is_not_there() -> None:
    """The default study's controls name alternatives and tasks that a smaller study does not have."""
    load_study(laid(chains=[]))
    load_study({"tasks": ["memory_pro"], "controls": {"run": True}})
    load_study(
        laid(population__g1__activity="alternatives/insd_alt2", controls__populations=["g1"], controls__run=True)
    )
    load_study(laid(chain__mine={"reference": "my path/with spaces ü/net.h5"}, chains=["mine"]))
    load_study(laid(populations=["g1", "g0.5"], population__g1__activity="standard/g0.5"))
