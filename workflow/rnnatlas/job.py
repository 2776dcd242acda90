"""The frame of a workflow script: its log, its threads, and errors that a user can read."""

from __future__ import annotations

import hashlib
import io
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from rnnatlas.beacon import Beacon
from rnnatlas.errors import AtlasError


@contextmanager
def job(snakemake: Any) -> Iterator[dict[str, Any]]:
    """Run a script's body: output goes to the rule's log, BLAS keeps to one thread (parallelism is ours, so that results do
    not depend on it), an ``AtlasError`` ends the job with its message alone, and an interruption without a word. A beacon says
    that the job runs and how it ended; ``Beacon(snakemake.log[0])`` in the script says more. Yields the rule's ``cfg``."""
    for stream in (sys.__stdout__, sys.__stderr__):  # what a terminal cannot show must not end a job
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    log = open(snakemake.log[0], "w", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115 (on a full disk, to close it fails and would hide the message)
    beacon = Beacon(snakemake.log[0])
    beacon.tell(rule=snakemake.rule)
    with redirect_stdout(log), redirect_stderr(log), threadpool_limits(1, "blas"):
        try:
            yield snakemake.params.cfg
        except AtlasError as error:
            with suppress(OSError):
                print(f"error: {error}", file=log, flush=True)
            print(f"\nerror in {snakemake.rule}: {error}\n", file=sys.__stderr__, flush=True)
            beacon.end("failed")
            sys.exit(1)
        except KeyboardInterrupt:
            beacon.end("interrupted")
            sys.exit(130)
        except BaseException:
            with suppress(OSError):
                traceback.print_exc(file=log)
                log.flush()
            beacon.end("failed")
            raise
    beacon.end("done")


def warn(message: str) -> None:
    """A warning in the job's log, and where the user sees it."""
    for stream in (sys.stdout, sys.__stderr__):
        print(f"warning: {message}", file=stream, flush=True)


def identity(snakemake: Any, engine: str) -> tuple[Path, dict[str, Any]]:
    """Where a training job keeps its checkpoint, and what tells its training from every other: settings, code, engine, and the
    content of its inputs."""
    inputs = [hashlib.sha256(Path(name).read_bytes()).hexdigest() for name in snakemake.input]
    run = Path(snakemake.output[0]).parents[3]  # above <task>/<kind>/<ensemble>/networks.h5
    params = snakemake.params
    return run / ".checkpoints", {"cfg": params.cfg, "code": params.code, "engine": engine, "inputs": inputs}
