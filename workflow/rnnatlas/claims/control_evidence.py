"""Evidence of controls, where they are at hand, and what M2 and M3 are judged on beside it: the training of first rounds."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from rnnatlas.artifacts.schemas import NETWORKS
from rnnatlas.artifacts.store import read_artifact
from rnnatlas.claims.evidence import Evidence, Table


def control_evidence(task: str, folder: str | Path, controlled: Collection[str]) -> Evidence | None:
    """The evidence of the controls of ``task`` in ``folder`` (``results/<run>/<task>``) if it is one of ``controlled``."""
    return Evidence.read(task, folder, controls=True) if task in controlled else None


def first_rounds(folder: Path, *evidence: Evidence) -> dict[str, Table]:
    """``loss``, ``penalty`` [chain, step] and ``accepted`` [chain] of the alt-1 of every set of chains, by the set's name."""
    tables: dict[str, Table] = {}
    for one in evidence:
        first = one.networks["round"] == 1
        for chains, ensemble in zip(one.networks["chains"][first], one.networks["ensemble"][first], strict=True):
            if str(chains) not in tables:
                data = read_artifact(folder / str(ensemble) / "networks.h5", NETWORKS).data
                tables[str(chains)] = {name: data[f"training/{name}"] for name in ("loss", "penalty", "accepted")}
    return tables
