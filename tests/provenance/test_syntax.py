"""What is kept of a file's syntax is never another text's, and nothing depends on there being a place to keep it."""

from pathlib import Path

import pytest

from rnnatlas.provenance import syntax
from rnnatlas.provenance.syntax import syntax_of


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RNNATLAS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "syntax"


def test_a_text_seen_before_is_not_parsed_again(tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.py"
    file.write_text('"""A."""\nimport json\nx = 1\n')
    first = syntax_of(str(file))
    assert first.imports == ("json",) and len(list(kept.iterdir())) == 1
    monkeypatch.setattr(syntax.ast, "parse", lambda *_, **__: pytest.fail("parsed"))
    assert syntax_of(str(file)) == first


def test_an_edit_is_another_text(tmp_path: Path, kept: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("x = 1\n")
    first = syntax_of(str(file))
    file.write_text("x = 1  # a comment\n")
    assert syntax_of(str(file)) == first
    file.write_text("x = 2\n")
    assert syntax_of(str(file)).digest != first.digest
    assert len(list(kept.iterdir())) == 3


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b'{"a": 1}'])
def test_a_damaged_entry_is_made_anew(tmp_path: Path, kept: Path, damage: bytes) -> None:
    file = tmp_path / "a.py"
    file.write_text("import json\n")
    first = syntax_of(str(file))
    (entry,) = kept.iterdir()
    entry.write_bytes(damage)
    assert syntax_of(str(file)) == first


def test_nothing_is_kept_where_there_is_no_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.py"
    file.write_text("x = 1\n")
    (tmp_path / "taken").write_text("a file")
    monkeypatch.setenv("RNNATLAS_CACHE", str(tmp_path / "taken"))
    assert syntax_of(str(file)).imports == ()

    def homeless() -> Path:
        raise RuntimeError("no home")

    monkeypatch.setattr(syntax, "cache_folder", homeless)
    assert syntax_of(str(file)).imports == ()
