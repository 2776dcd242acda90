"""What the figure of chains shows: one second solution or many (claim A9), and what each alternative still predicts."""

from __future__ import annotations

import numpy as np
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import squareform

from rnnatlas.arrays import Array, Float
from rnnatlas.claims.class_claims import A2, one_or_many
from rnnatlas.claims.clusters import clusters
from rnnatlas.claims.competence import competent
from rnnatlas.claims.predictivity_claims import A1, A1B
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence
from rnnatlas.streams.keys import generator


def chains_data(evidence: Evidence, seed: int) -> dict[str, Array]:
    """The arrays of one task. Of round k (0: the standard networks): ``null/k`` over ordered pairs of networks, ``dsa/k`` over
    unordered ones, ``untrained/k`` [network] as benchmark of the former, and ``tree/k``, ``cluster/k``: SciPy's linkage and the
    clusters of claim A9. ``chain/*`` has a row an alternative, ``threshold/*`` are those of A1, A1b and A2; ``a9`` is the claim's
    value and 95 % interval, as in the scorecard."""
    null, distance = evidence.similarity["null"], evidence.embedding["distance"]
    groups = {0: evidence.standard()} | evidence.rounds()
    data = {"title": np.array(evidence.title), "rounds": np.array(list(groups))}
    for k, rows in groups.items():
        apart = distance[np.ix_(rows, rows)]
        data |= {
            f"null/{k}": null[np.ix_(rows, rows)][~np.eye(len(rows), dtype=bool)],
            f"dsa/{k}": apart[np.triu_indices(len(rows), 1)],
            f"untrained/{k}": evidence.similarity["untrained/null"][rows],
            f"tree/{k}": tree(apart),
            f"cluster/{k}": clusters(apart),
        }
    found = one_or_many(evidence, generator(seed, "scorecard", evidence.task, "A9")) if 1 in groups else None
    thresholds = {"earlier": A1.threshold, "outside": A1B.threshold, "potent": A2.threshold}
    data |= {f"threshold/{name}": np.array(value) for name, value in thresholds.items()}
    data["a9"] = np.array([found.value, found.low, found.high] if found else [np.nan] * 3)
    return data | _of_chains(evidence)


def tree(distances: Float[Array, "network network"]) -> Float[Array, "merge 4"]:
    """Average linkage of the networks, as ``clusters`` cuts it; no rows for a single network."""
    if len(distances) < 2:
        return np.zeros((0, 4))
    return np.asarray(linkage(squareform(distances, checks=False), method="average"))


def _of_chains(evidence: Evidence) -> dict[str, Array]:
    """``number``, ``round``, ``competent``; null-space predictivity of the earlier solution of the chain that is predicted best
    (``earlier``, as in A1), the median over standard networks outside the chain (``outside``, as in A1b), and the share of what is
    predicted of the reference that the readout-potent part predicts already (``potent``, as in A2)."""
    networks, standard = evidence.networks, evidence.standard()
    rows = np.concatenate([np.zeros(0, dtype=int), *evidence.rounds().values()])
    null = evidence.similarity["null"]
    others = [standard[standard != networks["reference"][row]] for row in rows]
    columns = {
        "number": networks["member"][rows],
        "round": networks["round"][rows],
        "competent": competent(evidence, rows),
        "earlier": np.array([max(null[row, evidence.earlier(int(row))]) for row in rows]),
        "outside": np.array(
            [np.median(null[row, o]) if len(o) else np.nan for row, o in zip(rows, others, strict=True)]
        ),
        "potent": evidence.measures["potent_share"][rows],
    }
    return {f"chain/{name}": column for name, column in columns.items()}


def collect(case: Case) -> dict[str, Array]:
    """The arrays of one task."""
    return chains_data(case.evidence, case.seed)
