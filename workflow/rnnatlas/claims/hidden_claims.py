"""Claim A10, an open question: is the earlier state absent from an alternative, or hidden from linear readers?"""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Bool, Float
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.competence import competent
from rnnatlas.claims.intervals import wilson_interval
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence

HIDDEN_KERNEL, HIDDEN_LINEAR = 0.8, 0.1
UNTRAINED = -1
# An open question has no threshold to reach, so that it neither holds nor fails.
A10 = Claim(
    "A10", "Is the earlier state absent from an alternative, or hidden from linear readers?", "new: open question of this project",
    "share of chains whose alt-1 hides the reference: kernel predictivity >= 0.8 while the linear one (centred, tuned alike) is "
    "<= 0.1; absent: kernel predictivity below the untrained networks'; the two do not exclude each other", float("nan"), share=True, question=True,
    figure="hidden",
)  # fmt: skip

Pair = tuple[int, int]  # rows of an alternative and of an earlier solution


def absent_or_hidden(evidence: Evidence) -> Result:
    """A10. The value is the share of chains whose alt-1 hides the reference, over all chains; ``detail`` has the shares and medians
    of every step back in a chain (``alt-2>alt-1 absent``). An alternative that is not competent is neither hidden nor absent."""
    detail: dict[str, float] = {}
    for name, pairs in steps(evidence).items():
        hidden, absent = hidden_and_absent(evidence, pairs)
        found = {"hidden": hidden, "absent": absent, "both": hidden & absent, "neither": ~hidden & ~absent}
        detail |= {f"{name} {kind}": float(share.mean()) for kind, share in found.items()}
        for kind in ("hidden", "absent"):
            low, high = wilson_interval(int(found[kind].sum()), len(pairs))
            detail |= {f"{name} {kind} from": low, f"{name} {kind} to": high}
        detail |= {f"{name} {key}": value for key, value in medians(evidence, pairs).items()}
    first = evidence.rounds()[1]
    hidden, _ = hidden_and_absent(evidence, [(int(n), int(evidence.networks["reference"][n])) for n in first])
    low, high = wilson_interval(int(hidden.sum()), len(first))
    accepted = int(evidence.accepted(first).sum())
    return Result(A10, evidence.task, float(hidden.mean()), low, high, len(first), accepted, detail)


def steps(evidence: Evidence) -> dict[str, list[Pair]]:
    """The pairs of each step back in the chains, by name: ``alt-2>reference``, ``alt-2>alt-1``, …"""
    found: dict[str, list[Pair]] = {}
    for round_, networks in evidence.rounds().items():
        for network in map(int, networks):
            for earlier in evidence.earlier(network):
                number = int(evidence.networks["round"][earlier])
                name = f"alt-{round_}>{f'alt-{number}' if number > 0 else 'reference'}"
                found.setdefault(name, []).append((network, earlier))
    return found


def hidden_and_absent(evidence: Evidence, pairs: list[Pair]) -> tuple[Bool[Array, "pair"], Bool[Array, "pair"]]:
    """Whether each pair's earlier state is hidden in the alternative, and whether it is absent, at the most samples fitted.

    A pair that was not measured, NaN, is neither.
    """
    able = competent(evidence, np.array([new for new, _ in pairs], dtype=np.int64))
    kernel, linear = readings(evidence, pairs, "kernel"), readings(evidence, pairs, "linear")
    untrained = readings(evidence, [(UNTRAINED, old) for _, old in pairs], "kernel")
    return able & (kernel >= HIDDEN_KERNEL) & (linear <= HIDDEN_LINEAR), able & (kernel < untrained)


def readings(evidence: Evidence, pairs: list[Pair], key: str, place: int = -1) -> Float[Array, "pair"]:
    """A column of ``hidden.h5`` for each pair, NaN where the table has none; ``place`` counts in numbers of samples."""
    table = evidence.hidden
    rows = {(int(s), int(t)): k for k, (s, t) in enumerate(zip(table["source"], table["target"], strict=True))}
    column = table[key] if table[key].ndim == 1 else table[key][:, place]
    return np.array([column[rows[pair]] if pair in rows else np.nan for pair in pairs])


def medians(evidence: Evidence, pairs: list[Pair]) -> dict[str, float]:
    """Median readings over pairs, with what they are to be judged against.

    ``climb`` is what the last step of the learning curve added: where it is large, the kernel value is a lower bound.
    """
    kernel = readings(evidence, pairs, "kernel")
    sizes = len(evidence.hidden["samples"])
    found = {
        "kernel": kernel,
        "climb": kernel - readings(evidence, pairs, "kernel", max(0, sizes - 2)),
        "linear": readings(evidence, pairs, "linear"),
        "linear as in A1": np.array([evidence.similarity["null"][pair] for pair in pairs]),
        "untrained": readings(evidence, [(UNTRAINED, old) for _, old in pairs], "kernel"),
        "ceiling": readings(evidence, [(old, old) for _, old in pairs], "kernel"),
    }
    local = [key for key in ("slow_overlap", "slow_floor", "slow_chance") if key in evidence.hidden]
    found |= {key.replace("_", " "): readings(evidence, pairs, key) for key in local}
    return {key: _median(values) for key, values in found.items()}


def _median(values: Float[Array, "pair"]) -> float:
    values = values[np.isfinite(values)]
    return float(np.median(values)) if values.size else float("nan")


def judge_chains(case: Case) -> list[Result]:
    """A10."""
    return [absent_or_hidden(case.evidence)]
