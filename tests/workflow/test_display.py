"""What a run of the workflow shows: at a terminal, without one, interrupted, failed, and what `make status` says then."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from pseudo_terminal import at_a_terminal
from screen import Screen
from study_copy import Changes, StudyCopy

TARGETS = ["flip_flop/alternatives/insd_alt1/networks.h5", "flip_flop/trials/test.h5"]
JOBS = 4  # two populations, a round of alternatives, trials


def environment(study: StudyCopy, **more: str) -> dict[str, str]:
    """That of a user at a terminal; the copy's library comes first, as if it were the installed one."""
    return dict(os.environ) | {"PYTHONPATH": str(study.folder / "workflow"), "TERM": "xterm", "PYTHONIOENCODING": "utf-8"} | more  # fmt: skip


def command(study: StudyCopy, *more: str, changes: Changes | None = None) -> list[str]:
    file = study.configuration(changes).relative_to(study.folder)
    targets = [f"results/tiny/{name}" for name in TARGETS]
    return [sys.executable, "-m", "snakemake", *targets, "--logger", "rnnatlas", "--cores", "2", *more, "--configfile", str(file)]  # fmt: skip


def status(study: StudyCopy) -> str:
    run = subprocess.run(
        [sys.executable, "-m", "rnnatlas.display.status", "results/tiny"],
        cwd=study.folder, env=environment(study), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return run.stdout


def raw_log(study: StudyCopy) -> str:
    (file,) = (study.folder / ".snakemake" / "log").glob("*.snakemake.log")
    return file.read_text()


def test_without_a_terminal_lines_are_plain_and_say_how_far_it_is(fresh: StudyCopy) -> None:
    run = subprocess.run(command(fresh), cwd=fresh.folder, env=environment(fresh), capture_output=True, text=True, check=False)  # fmt: skip
    text = run.stdout + run.stderr
    assert run.returncode == 0, text
    assert "\x1b" not in text and "\r" not in text
    assert len(re.findall("^localrule ", text, re.MULTILINE)) == JOBS
    shares = [int(share) for share in re.findall(r"^(\d+) % of the time, ", text, re.MULTILINE)]
    assert len(shares) == JOBS and shares == sorted(shares) and shares[-1] == 100
    assert f"100 % of the time, {JOBS} of {JOBS} jobs, done" in text
    said = status(fresh)
    assert f"tiny: 100 % of the time, {JOBS} of {JOBS} jobs" in said and "finished" in said
    assert not list(fresh.results.rglob("*.part"))


@pytest.mark.parametrize(("columns", "more"), [(100, {}), (40, {"NO_COLOR": "1", "PYTHONIOENCODING": "ascii"})])
def test_at_a_terminal_the_display_is_all_there_is(fresh: StudyCopy, columns: int, more: dict[str, str]) -> None:
    code, text = at_a_terminal(command(fresh), fresh.folder, environment(fresh, **more), columns)
    assert code == 0, text
    shown = text[text.index("\x1b[?25l") :]  # before it, Snakemake names its profile
    screen = Screen(columns).feed(shown)
    assert screen.cursor and "localrule" not in text
    assert screen.text.replace("\n", "").count(
        "done: train flip_flop"
    ) == 2 and "2 of 2 networks accepted" in screen.text.replace("\n", "")
    assert f"tiny: {JOBS} of {JOBS} jobs done, " in screen.text.replace(
        "\n", ""
    ) and ".snakemake.log" in screen.text.replace("\n", "")
    assert raw_log(fresh).count("localrule") == JOBS
    assert ("\x1b[1m" in text) == (not more) and ("█" in text) == (not more)


def test_ctrl_c_ends_it_in_order_and_the_same_command_goes_on(fresh: StudyCopy) -> None:
    long: Changes = {"task/flip_flop/training/steps": 10**6}
    code, text = at_a_terminal(
        command(fresh, changes=long), fresh.folder, environment(fresh), press=b"\x03", when=lambda said: "step " in said
    )
    screen = Screen(80).feed(text[text.index("\x1b[?25l") :])
    assert code != 0 and screen.cursor and "Traceback" not in text and "failed" not in text
    assert "tiny: interrupted after" in screen.text and "The same command goes on where it stopped." in screen.text
    said = status(fresh)
    assert "stands still" in said and re.search("interrupted: train flip_flop g[01].5", said), said
    assert "begun by: snakemake results/tiny/flip_flop" in said
    again = subprocess.run(command(fresh, "--dry-run", changes=long), cwd=fresh.folder, env=environment(fresh), capture_output=True, text=True, check=False)  # fmt: skip
    assert again.returncode == 0 and "train_standard" in again.stdout, again.stdout + again.stderr


def test_a_job_that_fails_shows_the_end_of_its_log(fresh: StudyCopy) -> None:
    script = fresh.folder / "workflow" / "scripts" / "train_standard.py"
    script.write_text(script.read_text().replace("    penalty = None\n", "    raise ValueError('of my own')\n"))  # fmt: skip
    code, text = at_a_terminal(command(fresh), fresh.folder, environment(fresh))
    assert code != 0
    screen = Screen(80).feed(text[text.index("\x1b[?25l") :])
    assert "failed: train flip_flop g" in screen.text and "| ValueError: of my own" in screen.text
    assert "results/tiny/logs/flip_flop/standard/g" in screen.text and "tiny: not finished after" in screen.text
    assert "CalledProcessError" not in text and "CalledProcessError" in raw_log(fresh)
    assert "| ValueError: of my own" in status(fresh)


def test_a_dry_run_is_as_without_the_display(fresh: StudyCopy) -> None:
    with_it = command(fresh, "--dry-run")
    without = [word for word in with_it if word not in ("--logger", "rnnatlas")]
    said = [
        subprocess.run(words, cwd=fresh.folder, env=environment(fresh, PYTHONHASHSEED="0"), capture_output=True, text=True, check=True).stdout
        for words in (with_it, without)
    ]  # fmt: skip
    varies = re.compile(r"\[|  (Date|Workflow ID|Command):|    jobid:")  # times and numbers
    lines = [sorted(line for line in text.splitlines() if not varies.match(line)) for text in said]
    assert lines[0] == lines[1] and len(lines[0]) > 20
    assert not (fresh.results / "logs").exists()


def test_a_run_that_has_nothing_to_do_says_so_at_a_terminal(fresh: StudyCopy) -> None:
    subprocess.run(command(fresh), cwd=fresh.folder, env=environment(fresh), capture_output=True, check=True)
    code, text = at_a_terminal(command(fresh), fresh.folder, environment(fresh))
    assert code == 0 and "Nothing to be done" in text and "\x1b[?25l" not in text
