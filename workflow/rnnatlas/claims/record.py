"""A result as it is written down: what scorecard, captions and pages are made from, without the code that judged it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np

from rnnatlas.claims.claim import Result, Verdict
from rnnatlas.errors import AtlasError


@dataclass(frozen=True)
class Record:
    """One claim in one task. ``p`` is NaN where no test was made, ``figure`` the name of the row of ``figures/catalogue.py`` that
    shows what the claim is about, ``chains`` the set of chains that a claim on alternatives was judged on; numbers that are not defined are NaN here and null in JSON."""

    claim: str
    task: str
    sentence: str
    source: str
    statistic: str
    threshold: float
    holds_if: str
    value: float
    interval: tuple[float, float]
    networks_or_chains: int
    accepted: int
    smallest: int
    verdict: Verdict
    figure: str
    p: float = float("nan")
    detail: Mapping[str, float] = field(default_factory=dict)
    bounds: Mapping[str, str] = field(default_factory=dict)  # such as {"delay": "≤ 0.1"}, by entries of ``detail``
    chains: str = ""

    @property
    def open(self) -> bool:
        """An open question, printed without a verdict."""
        return self.holds_if == "printed"

    @classmethod
    def of(cls, result: Result) -> Record:
        claim = result.claim
        return cls(
            claim=claim.key,
            task=result.task,
            sentence=claim.sentence,
            source=claim.source,
            statistic=claim.statistic,
            threshold=float("nan") if claim.question else claim.threshold,
            holds_if="printed" if claim.question else "at least" if claim.above else "at most",
            value=result.value,
            interval=(result.low, result.high),
            networks_or_chains=result.count,
            accepted=result.accepted,
            smallest=claim.smallest,
            verdict=result.verdict,
            figure=claim.figure,
            p=result.p,
            detail=dict(result.detail),
            bounds=dict(claim.bounds),
            chains=result.chains,
        )


def to_json(records: Sequence[Record]) -> str:
    """Every number, and all that is needed to print it."""
    return json.dumps([_plain(vars(record)) for record in records], indent=1) + "\n"


def from_json(path: str | Path) -> list[Record]:
    """The records that ``to_json`` wrote. Raises ``AtlasError`` for a file that is something else."""
    remedy = "look at its name; where it is the workflow's, delete it and run the same command again"
    try:
        rows = json.loads(Path(path).read_text(encoding="utf-8"))
        return [_record(row) for row in rows]
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise AtlasError(path, None, f"this file could not be read: {error}", remedy) from error
    except (TypeError, AttributeError, KeyError, ValueError) as error:
        raise AtlasError(path, None, "the records of claims are expected; this file is something else", remedy) from error  # fmt: skip


def _record(row: Mapping[str, Any]) -> Record:
    values: dict[str, Any] = {n: _number(v) if n in ("threshold", "value", "p") else v for n, v in row.items()}
    low, high = map(_number, row["interval"])
    detail = {key: _number(value) for key, value in row["detail"].items()}
    return Record(**values | {"interval": (low, high), "detail": detail})


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (float, np.floating)):
        return float(value) if np.isfinite(value) else None
    return value


def _number(value: Any) -> float:
    return float("nan") if value is None else float(cast("float", value))
