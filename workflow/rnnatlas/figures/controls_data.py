"""What the figure of controls shows: alternatives at finer time steps, and beside networks that were not deflated (a to c, M2, M3)."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.claims.class_claims import A7
from rnnatlas.claims.competence import competent
from rnnatlas.claims.control_claims import CONTROLLED, SENTENCES, control_groups, criterion, evidence_of
from rnnatlas.claims.hard_groups import CHANCE, Cell, Groups, NoiseKind, cell_scores, high_level
from rnnatlas.claims.measure_claims import KEPT, REACHED, RIGHT, WRONG, at_end, first_rounds
from rnnatlas.claims.pairs import pairwise_median
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence

FINER = "finer"
HARD: dict[str, NoiseKind] = {"context_integration": "input_noise"}  # as claims H; private noise in the others


def controls_data(evidence: Evidence, controls: Evidence | None = None) -> dict[str, Array]:
    """The arrays of one task. Control (d), ``finer/*``: ``factor``, and of each network ``round``, ``competent``, performance ``noisy``
    and ``clean`` [network, factor], and ``gains``, stable counted fixed points that dt had none of. With ``controls``, for
    ``standard``, ``alt-1`` and each of (a) to (c): ``<group>/meets`` alt-1's criterion, ``<group>/competent``, ``<group>/distance``, the
    DSA distance from standards as in A7, ``<group>/hard``, performance at the high noise of the H claims [network]; and ``M2/*`` and
    ``M3/*`` [chain] where their chains were trained; they stand beside the set of chains that they are controls of alone. ``threshold/*`` are those of A7 and M2."""
    thresholds = {"distinct": A7.threshold, "reached": REACHED, "kept": KEPT}
    data = {"title": np.array(evidence.title)} | _finer(evidence)
    data |= {f"threshold/{name}": np.array(value) for name, value in thresholds.items()}
    if controls is None or evidence.chains not in ("", CONTROLLED):
        return data
    return data | _beside(evidence, controls) | _measure(evidence, controls)


def _finer(evidence: Evidence) -> dict[str, Array]:
    ensembles, measured = evidence.networks["ensemble"], evidence.each("finer_steps")
    chosen = np.array([n for n in evidence.shown() if str(ensembles[n]) in measured])  # not those of gated cells
    tables = [evidence.of(int(network), "finer_steps") for network in chosen]
    stable = np.stack([table["stable"].sum(axis=0) for table in tables])  # over constant inputs: [network, factor]
    found = {
        "round": evidence.networks["round"][chosen],
        "competent": competent(evidence, chosen) | (evidence.networks["round"][chosen] == 0),
        "gains": (stable[:, 0] == 0) & (stable[:, 1:] > 0).any(axis=1),
        "factor": evidence.of_ensemble(int(chosen[0]), "finer_steps")["factor"],
    }
    found |= {name: np.stack([table[name] for table in tables]) for name in ("noisy", "clean")}
    return {f"{FINER}/{name}": array for name, array in found.items()}


def _beside(evidence: Evidence, controls: Evidence) -> dict[str, Array]:
    """(a) to (c) beside standards and alt-1; distances are in units of the median within a population of the same artifact."""
    groups = {name: (controls, rows) for name, rows in control_groups(controls).items()}
    first = evidence.rounds().get(1, np.array([], dtype=int))
    groups = {"standard": (evidence, evidence.standard()), "alt-1": (evidence, first)} | groups
    own = [rows for name, rows in controls.populations().items() if name.removeprefix("standard/") not in SENTENCES]
    ours = {id(evidence): list(evidence.populations().values()), id(controls): own}
    judged = evidence_of(controls, np.concatenate(own))
    kind = HARD.get(evidence.task, "private_noise")
    level = high_level(Groups.of_round(evidence, 1, controls), kind) if evidence.task in CHANCE else None
    meets = criterion(evidence)
    data = {
        "hard/kind": np.array(kind.replace("_", " ")),
        "hard/level": np.array(np.nan if level is None else level),
        "groups": np.array([name for name, (_, rows) in groups.items() if len(rows)]),
    }
    for name, (source, rows) in groups.items():
        if not len(rows):
            continue
        met = np.zeros(len(rows), bool) if meets is None else meets(source, rows)
        data[f"{name}/meets"] = met
        data[f"{name}/competent"] = competent(judged if source is controls else evidence, rows)
        data[f"{name}/distance"] = _distances(source, rows, ours[id(source)])
        cell = None if level is None else Cell()._replace(**{kind: level})
        scores = None if cell is None else cell_scores(source, rows, cell)
        data[f"{name}/hard"] = np.full(len(rows), np.nan) if scores is None else scores.mean(axis=1)
    return data


def _distances(source: Evidence, rows: Array, populations: list[Array]) -> Array:
    """Median DSA distance of each network from the standards (other than itself) over the median within a population; NaN where no
    population has two networks."""
    distance = source.embedding["distance"].astype(np.float64)
    np.fill_diagonal(distance, np.nan)
    within = [pairwise_median(distance, group) for group in populations if len(group) > 1]
    if not within:
        return np.full(len(rows), np.nan)
    return np.nanmedian(distance[np.ix_(rows, np.concatenate(populations))], axis=1) / np.median(within)


def _measure(evidence: Evidence, controls: Evidence) -> dict[str, Array]:
    """M2: own penalty at the end of training, and held-out null-space predictivity of the reference; M3: task loss at the end."""
    training = first_rounds(evidence, controls)
    data: dict[str, Array] = {}
    if RIGHT in training and any(name in training for name in WRONG):
        for name in (name for name in (RIGHT, *WRONG) if name in training):
            source = evidence if name == RIGHT else controls
            rows = source.rounds(name)[1]
            data[f"M2/{name}/penalty"] = at_end(training[name]["penalty"])
            data[f"M2/{name}/kept"] = source.similarity["null"][rows, source.networks["reference"][rows]]
    if RIGHT in training and "unprojected" in training:
        data |= {f"M3/{name}": at_end(training[name]["loss"]) for name in (RIGHT, "unprojected")}
    return data


def collect(case: Case) -> dict[str, Array]:
    """The arrays of one task."""
    return controls_data(case.evidence, case.controls)
