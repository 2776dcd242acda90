"""Texts are UTF-8 by name, whatever the locale, and no message ends a job because it cannot be shown."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

WORKFLOW = Path(__file__).parents[2] / "workflow"
SOURCES = sorted([*(WORKFLOW / "rnnatlas").rglob("*.py"), *(WORKFLOW / "scripts").glob("*.py")])
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}  # else Python takes UTF-8 in such a locale


def without_encoding(source: bytes) -> Iterator[str]:
    """Calls that read or write text in the locale's encoding, by their line."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or ast.unparse(node.func) == "os.open":  # of bytes
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        named = {keyword.arg: keyword.value for keyword in node.keywords}
        mode = named.get("mode") or (node.args[1] if len(node.args) > 1 else None)
        binary = isinstance(mode, ast.Constant) and "b" in str(mode.value)
        text = name in ("read_text", "write_text") or (name in ("open", "fdopen") and not binary)
        text |= name in ("run", "Popen", "check_output") and bool({"text", "universal_newlines"} & set(named))
        if text and "encoding" not in named:
            yield f"{node.lineno}: {ast.unparse(node)}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(WORKFLOW)))
def test_every_text_has_its_encoding_named(path: Path) -> None:
    assert not list(without_encoding(path.read_bytes()))


@pytest.mark.parametrize("line", ["p.read_text()", "open(p)", "open(p, 'w')", "run(c, text=True)", "open(p, mode='r')"])
def test_a_text_without_encoding_is_seen(line: str) -> None:
    assert list(without_encoding(line.encode()))
    assert not list(without_encoding((line.removesuffix(")") + ", encoding='utf-8')").replace("(, ", "(").encode()))
    assert not list(without_encoding(b"open(p, 'rb'); run(c); p.read_bytes()"))


def test_rules_are_ascii() -> None:
    """Snakemake reads them in the locale's encoding."""
    for path in [WORKFLOW.parent / "Snakefile", *(WORKFLOW / "rules").glob("*.smk")]:
        assert path.read_bytes().isascii(), path


JOB = """
import sys
from pathlib import Path
from types import SimpleNamespace
from rnnatlas.errors import AtlasError
from rnnatlas.job import job

with job(SimpleNamespace(log=[sys.argv[1]], params=SimpleNamespace(cfg={}), rule="probe")):
    print("größe → σ \\udcff")
    raise AtlasError("größe.h5", None, "σ ist zu groß", "kleiner")
"""


@pytest.mark.parametrize("strict", [{}, {"PYTHONIOENCODING": "ascii:strict"}], ids=["as it is", "strict"])
def test_a_message_that_cannot_be_shown_ends_no_job(tmp_path: Path, strict: dict[str, str]) -> None:
    (tmp_path / "program.py").write_text(JOB, encoding="utf-8")
    command = [sys.executable, str(tmp_path / "program.py"), str(tmp_path / "log")]
    run = subprocess.run(command, env=os.environ | ASCII | strict, capture_output=True, check=False)
    said = run.stderr.decode("ascii")
    assert run.returncode == 1 and "error in probe: gr\\xf6\\xdfe.h5: \\u03c3 ist zu gro\\xdf" in said, said
    log = (tmp_path / "log").read_text(encoding="utf-8")
    assert "größe → σ \\udcff" in log and "error: größe.h5: σ ist zu groß" in log
