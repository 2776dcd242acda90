"""What a claim is, and how its verdict follows from numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Verdict = Literal["holds", "fails", "undecided", "too small", "open"]

SMALLEST = 4  # networks or chains that a verdict needs, where a claim does not ask for more


@dataclass(frozen=True)
class Claim:
    """A sentence of a paper with its statistic and threshold, fixed before any study ran.

    ``above`` says on which side of ``threshold`` it holds; ``share`` that the statistic is a share, whose lower bound must
    exceed one half as well; ``smallest`` how many networks or chains a verdict needs; ``question`` that it is an open question,
    whose numbers are printed without a verdict. ``figure`` names the row of ``figures/catalogue.py`` that shows what it is about (empty: none does).
    ``bounds`` are those that its statistic joins, by entries of ``Result.detail``: what is printed instead of the statistic.
    """

    key: str
    sentence: str
    source: str
    statistic: str
    threshold: float
    figure: str
    above: bool = True
    share: bool = False
    smallest: int = SMALLEST
    question: bool = False
    bounds: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """The statistic of one claim in one task.

    ``p`` is the p value where the claim rests on a test (NaN: it does not); ``flips`` says that the verdict is another one for
    other settings of the measure, which makes it undecided. ``chains`` is the set of chains that a claim on alternatives was judged on.
    """

    claim: Claim
    task: str
    value: float
    low: float
    high: float
    count: int
    accepted: int
    detail: dict[str, float] = field(default_factory=dict)
    p: float = float("nan")
    flips: bool = False
    chains: str = ""

    @property
    def verdict(self) -> Verdict:
        """*holds*: the estimate reaches the threshold (and, for a share, the lower end exceeds ½); *fails*: even the end of
        the interval nearest to the threshold misses it; else *undecided*."""
        claim = self.claim
        if claim.question:
            return "open"
        if self.count < claim.smallest:
            return "too small"
        reached = self.value >= claim.threshold if claim.above else self.value <= claim.threshold
        if self.flips:
            return "undecided"
        if reached and (not claim.share or self.low > 0.5):
            return "holds"
        missed = self.high < claim.threshold if claim.above else self.low > claim.threshold
        return "fails" if missed else "undecided"


def overall(verdicts: list[Verdict]) -> Verdict:
    """Verdict over several tasks: a claim holds if it holds in each, and fails if it fails in one."""
    if not verdicts:
        return "too small"
    for verdict in ("open", "fails", "too small", "undecided"):
        if verdict in verdicts:
            return verdict
    return "holds"
