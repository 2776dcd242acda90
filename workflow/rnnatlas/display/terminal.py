"""A block of lines at the end of a terminal that is written anew, with everything else above it."""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress

HIDE, SHOW, BELOW = "\x1b[?25l", "\x1b[?25h", "\x1b[J"
BOLD, RED, RESET = "\x1b[1m", "\x1b[31m", "\x1b[0m"


class Terminal:
    """Writes to the terminal behind ``descriptor``; until it is closed, whatever else goes there (this process and its jobs) is
    appended to the file ``aside``, so that no line is torn."""

    def __init__(self, descriptor: int, aside: str, encoding: str, colours: bool) -> None:
        self.descriptor, self.encoding, self.colours = descriptor, encoding, colours
        self.own = os.dup(descriptor)
        self.shown: list[str] = []
        target = os.open(aside or os.devnull, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        os.dup2(target, descriptor)
        os.close(target)
        self._write(HIDE)

    def size(self) -> tuple[int, int]:
        """Columns and lines, as they are now; the last column stays free, for some terminals break a full line."""
        try:
            columns, rows = os.get_terminal_size(self.own)
        except OSError:
            columns, rows = shutil.get_terminal_size()
        return max((columns or 80) - 1, 1), max((rows or 24) - 1, 1)

    def draw(self, lines: Sequence[str], above: Sequence[str] = ()) -> None:
        """Write ``above`` for good and the block below it; the first line of the block is bold."""
        head = [f"{BOLD}{lines[0]}{RESET}" if self.colours else lines[0]] if lines else []
        self._write(self._back() + "".join(f"{line}\r\n" for line in above) + "\r\n".join([*head, *lines[1:]]))
        self.shown = list(lines)

    def red(self, text: str) -> str:
        return f"{RED}{text}{RESET}" if self.colours else text

    def close(self) -> None:
        """Give the terminal back, with its cursor, as often as it is called."""
        if self.own < 0:
            return
        self._write(self._back() + SHOW)
        with suppress(OSError):
            os.dup2(self.own, self.descriptor)
        os.close(self.own)
        self.own, self.shown = -1, []

    def _back(self) -> str:
        """To the beginning of the block, and nothing below: a terminal made narrower since has broken its lines."""
        columns, _ = self.size()
        rows = sum(max(math.ceil(len(line) / (columns + 1)), 1) for line in self.shown)
        return "\r" + (f"\x1b[{rows - 1}A" if rows > 1 else "") + BELOW

    def _write(self, text: str) -> None:
        data = text.encode(self.encoding, "replace")
        with suppress(OSError):  # a terminal that is gone
            while data:
                data = data[os.write(self.own, data) :]
