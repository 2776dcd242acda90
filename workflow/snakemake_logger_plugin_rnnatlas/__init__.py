"""Snakemake's logger plugin of rnn-atlas: ``snakemake --logger rnnatlas`` shows a run as docs/running.md says.

At a terminal the display takes the place of Snakemake's words, which go to its log file. Everywhere else, and in dry runs, with
--quiet, --verbose or $RNNATLAS_DISPLAY=plain, they stay as they are, with a line more after each job that is done.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from pathlib import Path
from typing import Any

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

INTERRUPTED = "Terminating processes on user request"  # what Snakemake says of Ctrl-C
FAILED = ("CalledProcessError", "At least one job did not complete", "Exiting because a job execution failed")

__all__ = ["LogHandler"]


class LogHandler(LogHandlerBase):
    """Hands records to the display of rnnatlas, to Snakemake's own handler, or to both. Called in one thread."""

    writes_to_stream = True
    writes_to_file = False
    has_filter = True
    has_formatter = True
    needs_rulegraph = False

    def __post_init__(self) -> None:
        from snakemake.logging import ColorizingTextHandler, DefaultFilter, DefaultFormatter

        about = self.common_settings
        self.stream = sys.stdout if about.stdout else sys.stderr
        self.usual: Any = ColorizingTextHandler(
            about.nocolor,
            self.stream,
            DefaultFormatter(about.quiet, about.show_failed_logs),  # pyright: ignore[reportArgumentType]
            DefaultFilter(about.quiet, about.debug_dag, about.verbose, about.dryrun, about.printshellcmds),  # pyright: ignore[reportArgumentType]
        )
        self.state: Any = None
        self.live: Any = None
        self.places: dict[int, int] = {}  # Snakemake's number of a job: its place in the run
        self.early: list[logging.LogRecord] = []  # said before it is known whether there is anything to show
        self.wants_live = _terminal(self.stream) and not (
            about.dryrun or about.quiet or about.verbose or about.debug_dag
        )

    def emit(self, record: logging.LogRecord) -> None:
        """One event; a fault of the display ends the display, and Snakemake's own words go on."""
        try:
            shown = self._show(record)
        except Exception as error:
            self.wants_live, shown = False, False
            self._end()
            self.stream.write(f"the display has ended, Snakemake's own words follow: {error!r}\n")
        if not shown:
            self._say_as_usual(record)
            if self.state is not None and _event(record) == LogEvent.PROGRESS:
                self._say_how_far()

    def close(self) -> None:
        """End the display with its last words, before the process ends."""
        self._end()
        self._say_as_usual()
        super().close()

    def _end(self) -> None:
        if self.live is not None:
            live, self.live = self.live, None
            for line in live.close():
                self.stream.write(f"{line}\n")
            self.stream.flush()

    def _say_as_usual(self, *records: logging.LogRecord) -> None:
        early, self.early = self.early, []
        for record in (*early, *records):
            self.usual.handle(record)

    def _say_how_far(self) -> None:
        from rnnatlas.display.lines import plain

        self.stream.write(f"{plain(self.state, time.time())}\n")
        self.stream.flush()

    def _show(self, record: logging.LogRecord) -> bool:
        """Whether the record is dealt with."""
        if place := getattr(record, "atlas_run", None):
            self._begin(Path(place))
            return self.live is not None
        if self.state is not None:
            self._follow(record)
        if self.live is not None:
            if str(record.msg).startswith(INTERRUPTED):
                self.live.interrupted = True
            elif _lasts(record):
                self.live.say(self.usual.format(record))
            return True
        if self.wants_live and record.levelno < logging.WARNING and _event(record) != LogEvent.JOB_STARTED:
            self.early.append(record)
            return True
        self.wants_live = self.wants_live and _event(record) != LogEvent.JOB_STARTED
        return False

    def _begin(self, file: Path) -> None:
        from rnnatlas.display.live import Live
        from rnnatlas.display.run import Run
        from rnnatlas.display.speed import Speed
        from rnnatlas.display.state import State
        from rnnatlas.display.terminal import Terminal

        run = Run.read(file)
        if run is None:
            return
        self.state = State(run, Speed.kept())
        self.places = {job.number: place for place, job in enumerate(run.jobs)}
        if self.wants_live:
            encoding = getattr(self.stream, "encoding", None) or "ascii"
            colours = not (self.common_settings.nocolor or os.environ.get("NO_COLOR"))
            self.live = Live(self.state, Terminal(self.stream.fileno(), run.raw_log, encoding, colours))
            self.early.clear()

    def _follow(self, record: Any) -> None:
        """Keep the state of the run."""
        to, now = self.live or self.state, time.time()
        event = _event(record)
        if event == LogEvent.JOB_STARTED:
            happens, numbers = to.start, record.jobs
        elif event == LogEvent.JOB_FINISHED:
            happens, numbers = to.finish, [record.job_id]
        elif event == LogEvent.JOB_ERROR:
            happens, numbers = to.fail, [record.jobid]
        else:
            return
        for number in numbers:
            if number in self.places:
                happens(self.places[number], now)


def _event(record: logging.LogRecord) -> Any:
    return getattr(record, "event", None)


def _terminal(stream: Any) -> bool:
    """Whether lines can be written anew there and are wanted."""
    able = os.environ.get("TERM", "dumb") != "dumb" and os.name == "posix"
    return bool(stream.isatty()) and able and os.environ.get("RNNATLAS_DISPLAY") != "plain"


def _lasts(record: logging.LogRecord) -> bool:
    """Whether it is to be read at a terminal too: warnings, errors that are not those of a job (which are shown with the end of its
    log, and are counted at the end), and where the report is."""
    text = str(record.msg)
    if record.levelno < logging.WARNING:
        return text.startswith("Report created")
    return _event(record) != LogEvent.JOB_ERROR and not any(words in text for words in FAILED)
