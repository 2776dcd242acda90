"""Which measures of similarity are computed, and how."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from rnnatlas.config.base import Section, setting
from rnnatlas.measures import of_artifact

Count = Annotated[int, Field(ge=1)]


def _known(name: str) -> str:
    names = [measure.name for measure in of_artifact("measures")]
    if name not in names:
        raise ValueError(f"one of {', '.join(names)} is expected")
    return name


class MeasureSettings(Section):
    """Measures of similarity beside linear predictivity, and how far the verdicts depend on their settings."""

    compare: list[Annotated[str, AfterValidator(_known)]] = setting([measure.name for measure in of_artifact("measures")], "measures between all networks, of those in rnnatlas/measures.py")  # fmt: skip
    samples: int = setting(4096, "samples (trial x time) of the analysis set for CKA, CCA and Procrustes, at most", ge=2)  # fmt: skip
    rdm_samples: int = setting(600, "of these, samples in the dissimilarity matrices of RSA, at most", ge=3)
    ridges: list[Annotated[float, Field(ge=0)]] = setting([1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8], "sweep of kappa of the fitted map", min_length=1)  # fmt: skip
    delays: list[Count] = setting([5, 10, 20], "DSA sweep: numbers of delays", min_length=1)
    ranks: list[Count] = setting([10, 20, 30], "DSA sweep: ranks", min_length=1)
