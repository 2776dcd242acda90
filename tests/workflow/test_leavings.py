"""What editors and file managers leave in the tree, and the locale, are no part of a study: a dry run has nothing to do."""

from pathlib import Path

import pytest
from study_copy import StudyCopy

ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}  # else Python takes UTF-8 in such a locale


def leave(library: Path) -> None:
    """Vim's swap file and backup, Emacs's lock, macOS's and Jupyter's leavings, in each folder that is looked into."""
    for folder, name in (("engine/native", "pointwise.h"), ("tasks", "flip_flop.py"), ("figures", "hard.py")):
        place = library / folder
        (place / f".{name}.swp").write_bytes(b"b0VIM 9.0\0\xff\xfe")
        (place / f"{name}~").write_bytes((place / name).read_bytes())
        (place / f".#{name}").symlink_to("somebody@somewhere.1234")
        (place / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
        (place / f"._{name}").write_bytes(b"\0\5\x16\7\xff")
        (place / ".ipynb_checkpoints").mkdir()
        (place / ".ipynb_checkpoints" / name).write_bytes(b"x")


@pytest.mark.parametrize("environment", [{}, ASCII], ids=["leavings", "and another locale"])
def test_nothing_runs_again(study: StudyCopy, environment: dict[str, str]) -> None:
    leave(study.library)
    run = study.snakemake("--dry-run", "all", environment=environment)
    assert run.status == 0, run.text
    assert not run.jobs and "Nothing to be done" in run.text
