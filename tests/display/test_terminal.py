"""The block at the end of a terminal, on a pseudo-terminal."""

from __future__ import annotations

import fcntl
import os
import struct
import subprocess
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest
from screen import Screen

from rnnatlas.display.terminal import Terminal


class Pair:
    """Both ends of a pseudo-terminal."""

    def __init__(self) -> None:
        self.reader, self.writer = os.openpty()
        self.descriptor = os.dup(self.writer)  # what the display takes over
        self.resize(40, 10)

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.writer, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def said(self) -> str:
        os.write(self.writer, b"\x00")  # whatever was written before it has arrived
        data = b""
        while not data.endswith(b"\x00"):
            data += os.read(self.reader, 65536)
        return data[:-1].decode()


@pytest.fixture
def pair() -> Iterator[Pair]:
    both = Pair()
    yield both
    for end in (both.reader, both.writer, both.descriptor):
        os.close(end)


def test_the_block_is_written_anew_and_what_lasts_stands_above(pair: Pair, tmp_path: Path) -> None:
    terminal = Terminal(pair.descriptor, str(tmp_path / "raw.log"), "utf-8", colours=True)
    terminal.draw(["half", "  a", "  b"])
    terminal.draw(["more", "  b"], above=["done: a"])
    terminal.draw(["most", "  b", "  c"])
    terminal.close()
    terminal.close()
    screen = Screen(40).feed(pair.said())
    assert screen.text == "done: a\n" and screen.cursor


def test_while_it_lasts_the_block_is_all_there_is(pair: Pair, tmp_path: Path) -> None:
    terminal = Terminal(pair.descriptor, str(tmp_path / "raw.log"), "utf-8", colours=False)
    terminal.draw(["half", "  a", "  b"])
    terminal.draw(["more", "  ä"], above=["done: a"])
    os.write(pair.descriptor, b"torn\n")
    subprocess.run(["sh", "-c", "echo torn too >&2"], stderr=pair.descriptor, check=True)
    assert (tmp_path / "raw.log").read_text() == "torn\ntorn too\n"
    screen = Screen(40).feed(pair.said())
    assert screen.text == "done: a\nmore\n  ä" and not screen.cursor
    terminal.close()


def test_a_terminal_made_narrower_breaks_its_lines_and_they_go_all_the_same(pair: Pair, tmp_path: Path) -> None:
    terminal = Terminal(pair.descriptor, str(tmp_path / "raw.log"), "ascii", colours=False)
    terminal.draw(["x" * 39, "y" * 39])
    pair.resize(20, 10)
    pair.said()
    terminal.draw(["short"])
    assert pair.said().startswith("\r\x1b[3A\x1b[J")  # two lines of 39 are four of 20
    terminal.close()


def test_signs_that_an_encoding_lacks_do_no_harm(pair: Pair, tmp_path: Path) -> None:
    terminal = Terminal(pair.descriptor, str(tmp_path / "raw.log"), "ascii", colours=False)
    terminal.draw(["task ä"])
    terminal.close()
    assert "task ?" in pair.said()


def test_no_file_for_the_rest_is_no_hindrance(pair: Pair) -> None:
    terminal = Terminal(pair.descriptor, "", "utf-8", colours=False)
    os.write(pair.descriptor, b"lost")
    terminal.close()
    assert "lost" not in pair.said()
