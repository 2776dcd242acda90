"""A program at a terminal of its own, with the keys that are pressed there."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

HANGS = 3600.0  # seconds after which it is given up


def at_a_terminal(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    columns: int = 80,
    press: bytes = b"",
    when: Callable[[str], bool] = lambda said: False,
) -> tuple[int, str]:
    """Exit status and all that a program wrote to a terminal of so many columns; the keys are pressed once, ``when`` what it has
    said so far calls for them."""
    child, terminal = pty.fork()
    if child == 0:
        try:
            os.chdir(folder)
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # which whoever runs the tests in the background ignores
            os.execvpe(command[0], list(command), dict(environment))
        finally:
            os._exit(127)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    data, end = b"", time.monotonic() + HANGS
    while time.monotonic() < end:
        ready, _, _ = select.select([terminal], [], [], 1.0)
        try:
            part = os.read(terminal, 65536) if ready else None
        except OSError:  # the program is gone
            break
        if part == b"":
            break
        data += part or b""
        if press and when(data.decode(errors="replace")):
            os.write(terminal, press)
            press = b""
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), data.decode(errors="replace")
