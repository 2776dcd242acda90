"""A terminal's screen, as far as the display uses one."""

from __future__ import annotations

import re

_PART = re.compile(r"\x1b\[(\??[0-9;]*)([A-Za-z])|(\r)|(\n)|([^\x1b\r\n]+)")


class Screen:
    """Lines written by a program, of ``width`` columns; everything that it does not know is an error."""

    def __init__(self, width: int) -> None:
        self.width, self.lines, self.row, self.column = width, [""], 0, 0
        self.cursor = True

    def feed(self, text: str) -> Screen:
        for code, letter, start, down, words in _PART.findall(text):
            if words:
                self._put(words)
            elif start:
                self.column = 0
            elif down:
                self._down()
            elif letter == "A":
                self.row = max(self.row - int(code or 1), 0)
            elif letter == "J":
                self.lines = [*self.lines[: self.row], self.lines[self.row][: self.column]]
            elif (code, letter) in {("?25", "h"), ("?25", "l")}:
                self.cursor = letter == "h"
            else:
                assert letter == "m", (code, letter)
        return self

    def _put(self, words: str) -> None:
        for sign in words:
            if self.column == self.width:
                self.column = 0
                self._down()
            line = self.lines[self.row].ljust(self.column)
            self.lines[self.row] = line[: self.column] + sign + line[self.column + 1 :]
            self.column += 1

    def _down(self) -> None:
        self.row += 1
        if self.row == len(self.lines):
            self.lines.append("")

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.lines)
