"""What the figure of robustness shows: every network under noise on its weights, and the kicks in the delay that change its memory."""

from __future__ import annotations

from functools import partial

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.claims.competence import competent
from rnnatlas.claims.hard_groups import MATCHED
from rnnatlas.claims.intervals import bootstrap_interval
from rnnatlas.claims.robustness_claims import KIND, kicks, largest_kick, levels
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence
from rnnatlas.streams.keys import generator

Group = tuple[str, int, Evidence, Array]  # its label, its round, and its rows of an evidence


def robustness_data(evidence: Evidence, seed: int, controls: Evidence | None = None) -> dict[str, Array]:
    """The arrays of one task. ``group/*`` has a row a group, in the order shown: ``label``, ``round`` (0: trained on the task alone),
    ``matched``; ``weights`` [group, level, 3], median of its networks' performance at each weight noise ε of ``level``, with its 95 %
    interval over networks; ``kick`` and ``kick_in_x`` [group, 3] the same of the smallest kick, in state spreads and in units of x.
    Medians are over the competent, of standards over all; NaN without any. ``network/*`` has a row a network: ``group``, ``competent``,
    ``weights`` [network, level], and ``kick`` and ``kick_in_x``, at most those of the largest tried, ``largest`` spreads, which ``beyond``
    says did not suffice. There are no kicks of a task without a delay."""
    groups = shown_groups(evidence, controls)
    able = [_counts(evidence, source, round_, rows) for _, round_, source, rows in groups]
    weights = [source.column(rows, KIND, "weights") for *_, source, rows in groups]
    labels = [label for label, *_ in groups]
    words = [(seed, "figure robustness", evidence.task, label) for label in labels]
    data = {
        "title": np.array(evidence.title),
        "level": levels(evidence),
        "group/label": np.array(labels),
        "group/round": np.array([round_ for _, round_, *_ in groups]),
        "group/matched": np.array([label == "matched" for label in labels]),
        "network/group": np.repeat(np.arange(len(groups)), [len(rows) for *_, rows in groups]),
        "network/competent": np.concatenate(able),
        "network/weights": np.concatenate(weights),
    }
    data["group/weights"] = np.stack(
        [
            np.stack([median_with_interval(one[good], (*name, "weights", k)) for k, one in enumerate(of_group.T)])
            for of_group, good, name in zip(weights, able, words, strict=True)
        ]
    )
    if "kick/median" not in evidence.measured(KIND):
        return data
    kick = [kicks(source, rows) for *_, source, rows in groups]
    spread = [source.column(rows, KIND, "kick/spread") for *_, source, rows in groups]
    for key, found in (("kick", kick), ("kick_in_x", [k * r for k, r in zip(kick, spread, strict=True)])):
        rows_ = zip(found, able, words, strict=True)
        data[f"group/{key}"] = np.stack([median_with_interval(one[good], (*name, key)) for one, good, name in rows_])
        data[f"network/{key}"] = np.concatenate(found)
    median = np.concatenate([source.column(rows, KIND, "kick/median") for *_, source, rows in groups])
    return data | {"network/beyond": np.isinf(median), "largest": np.array(largest_kick(evidence))}


def shown_groups(evidence: Evidence, controls: Evidence | None) -> list[Group]:
    """Standards, matched standards where they were trained, what chains begin with if it is another network, and each round; networks
    that were not measured, those of gated cells, are left out."""
    standard = evidence.standard()
    own = evidence.networks["ensemble"][standard] == MATCHED
    groups: list[Group] = [("standard", 0, evidence, standard[~own])]
    matched = controls.populations().get(MATCHED) if controls is not None else None
    if controls is not None and matched is not None:
        groups.append(("matched", 0, controls, matched))
    elif own.any():
        groups.append(("matched", 0, evidence, standard[own]))
    groups.append(("reference", -1, evidence, evidence.references()))
    groups += [(f"alt-{k}", k, evidence, rows) for k, rows in evidence.rounds().items()]
    return [(label, k, source, rows) for label, k, source, rows in groups if len(rows) and _measured(source, rows)]


def _measured(source: Evidence, rows: Array) -> bool:
    return str(source.networks["ensemble"][rows[0]]) in source.each(KIND)


def _counts(evidence: Evidence, source: Evidence, round_: int, rows: Array) -> Array:
    """Which networks a median is over: those competent, of standards all."""
    return np.ones(len(rows), bool) if round_ == 0 or source is not evidence else competent(evidence, rows)


def median_with_interval(values: Float[Array, "network"], words: tuple[str | int, ...]) -> Float[Array, "3"]:
    """The median, and its 95 % bootstrap interval over networks: NaN where it is not defined."""
    if not len(values):
        return np.full(3, np.nan)
    low, high = bootstrap_interval(len(values), partial(_median, values), generator(*words))
    ends = np.array([low, high])
    return np.concatenate([[np.median(values)], np.where(np.isfinite(ends), ends, np.nan)])


def _median(values: Float[Array, "network"], drawn: Array) -> float:
    return float(np.median(values[drawn]))


def collect(case: Case) -> dict[str, Array]:
    """The arrays of one task."""
    return robustness_data(case.evidence, case.seed, case.controls)
