"""What is learned of a machine, and kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from rnnatlas.display.speed import WEIGHT, Speed


def test_nothing_known_is_the_reference_machine() -> None:
    assert Speed().ratio() == Speed().ratio("decoding") == 1.0


def test_short_jobs_say_little_and_long_ones_settle_it() -> None:
    speed = Speed()
    speed.learn("trials", 0.1, 5.0)
    assert speed.ratio() == pytest.approx((5 + WEIGHT) / (0.1 + WEIGHT))
    speed.learn("train_standard", 3000.0, 6000.0)
    assert speed.ratio("train_standard") == pytest.approx(2.0, rel=0.02)


def test_a_rule_that_is_not_known_is_as_slow_as_the_rest() -> None:
    speed = Speed({"": 3.0, "decoding": 1.5})
    assert speed.ratio("embedding") == 3.0 and speed.ratio("decoding") == 1.5


def test_it_is_kept(tmp_path: Path) -> None:
    speed = Speed()
    speed.learn("decoding", 300.0, 900.0)
    speed.keep(tmp_path / "cache" / "speed.json")
    again = Speed.kept(tmp_path / "cache" / "speed.json")
    assert again.ratios() == pytest.approx(speed.ratios()) and set(again.ratios()) == {"", "decoding"}


@pytest.mark.parametrize("text", ["", "[1]", "{", '{"": "fast"}', '{"": 0}', '{"": 1e9}', '{"": -1}'])
def test_a_file_that_makes_no_sense_is_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "speed.json").write_text(text)
    assert Speed.kept(tmp_path / "speed.json").ratio() == 1.0


def test_where_it_cannot_be_kept_nothing_happens(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    speed = Speed()
    speed.learn("decoding", 300.0, 900.0)
    speed.keep(tmp_path / "file" / "speed.json")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_run_of_seconds_is_not_kept(tmp_path: Path) -> None:
    speed = Speed()
    speed.learn("decoding", 10.0, 90.0)
    speed.keep(tmp_path / "speed.json")
    assert not list(tmp_path.iterdir())


def test_a_quiet_run_after_a_busy_one_is_not_taken_for_another_busy_one() -> None:
    """What was learned beside other work is seven times too long, of rules that have not run yet as well."""
    speed = Speed({"": 7.0, "short": 7.0, "long": 14.0})
    assert speed.ratio("long") == 14.0 and speed.ratio("new") == 7.0
    speed.learn("short", 300.0, 300.0)
    assert speed.ratio() == (300 + 30 * 7) / 330
    assert speed.ratio("long") == 2.0 * speed.ratio() and speed.ratio("new") == speed.ratio()
