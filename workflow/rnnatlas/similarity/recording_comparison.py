"""Compare a recording with all networks of its task: what they predict of each other, and their dynamics.

Networks see the recording's inputs without private noise; their rates in a condition meet the recording's mean over its repeats.
Maps are fitted on some conditions and scored on others, which no trial of the fit belongs to, so fit and score share no noise.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.config.analysis import SimilaritySettings
from rnnatlas.config.recording import RecordingAnalysisSettings
from rnnatlas.engine.interface import Engine
from rnnatlas.errors import AtlasError
from rnnatlas.networks.gather import Gathered
from rnnatlas.similarity.dynamical import DelayOperator, spectral_distance
from rnnatlas.similarity.embedding import metric_mds
from rnnatlas.similarity.held_out import deal, held_out_predictivity
from rnnatlas.similarity.recording_dynamics import View, choose_view
from rnnatlas.similarity.recordings import Recording
from rnnatlas.similarity.split_halves import Halves, lengthening, pooled_correlation, spearman_brown, split
from rnnatlas.similarity.untrained import untrained_networks
from rnnatlas.simulation.rates import roll_out

Table = dict[str, Array]


def compare_recording(
    recording: Recording,
    gathered: Gathered,
    dt: float,
    settings: RecordingAnalysisSettings,
    similarity: SimilaritySettings,
    seed: int,
    engine: Engine,
    threads: int = 1,
) -> tuple[Table, View]:
    """The arrays of a ``recording`` artifact, and how the systems were seen for DSA; ``dt`` is the task's, in ms.

    ``predicts`` is R² of the recording by each network, ``predicted`` R² of each network by the recording, see ``held_out.py``;
    ``floor/*`` the same for untrained networks of the first ensemble's size. Raises ``AtlasError`` where halves of the
    repeats have nothing in common, where trials are too few or short for DSA, and where a network has other inputs.
    """
    networks = gathered.ensembles
    fresh = untrained_networks(networks[0], seed)
    inputs = recording.inputs.astype(np.float32)
    systems = [x for e in (*networks, fresh) for x in roll_out(e, inputs, 0.0, ("recording",), engine).rates]
    rows = gathered.table()
    count = len(rows["network"])
    table = {key: rows[key] for key in ("network", "ensemble", "chains", "round", "accepted")}
    halves = [split(recording, number, seed) for number in range(settings.splits)]

    valid = recording.valid()
    dealt = deal(recording.conditions, settings.folds, seed)
    fold = np.broadcast_to(dealt[:, None], valid.shape)[valid]
    recorded = recording.means()[valid]
    table["ceiling/predicts"], table["ceiling/predicted"] = ceilings(recording, halves, fold, settings.ridges)

    def both_ways(rates: Array) -> tuple[float, float]:
        x = rates[valid]
        return (
            held_out_predictivity(x, recorded, fold, settings.ridges),
            held_out_predictivity(recorded, x, fold, settings.ridges),
        )

    with ThreadPoolExecutor(threads) as pool:
        scores = np.array(list(pool.map(both_ways, systems)))
    for column, key in enumerate(("predicts", "predicted")):
        table[key], table[f"floor/{key}"] = scores[:count, column], scores[count:, column]

    smoothing = settings.smoothing / dt
    view = choose_view(recording, halves, smoothing, similarity.delays, similarity.rank, settings.reliable)
    table |= _dynamics(recording, halves, systems, count, view, threads)
    table["position"], stress = metric_mds(table["distance"], seed)
    return table | {"stress": np.array(stress)}, view


def ceilings(
    recording: Recording, halves: list[Halves], fold: Array, ridges: list[float]
) -> tuple[Float[Array, "split"], Float[Array, "split"]]:
    """What the recording's own noise leaves to be predicted, by split.

    Of the recording, by a network that holds its whole signal: the reliability S/(S + N/n) of the condition means, from the
    correlation r of two halves by Spearman and Brown. Of a network, by the recording, whose noise is now in the source: half a
    predicts half b with R² = q r, where q is the share of the *signal* that half the repeats predict; q, stepped up alike, is
    what a network with the recording's own signal would reach. (A network whose activity lies in the recording's largest
    directions can exceed this second benchmark.) Raises ``AtlasError`` if r is not positive on average.
    """
    valid, k = recording.valid(), lengthening(recording)
    samples = [(a[valid], b[valid]) for a, b in halves]
    r = np.array([pooled_correlation(a, b, fold) for a, b in samples])
    if not r.mean() > 0.0:
        raise AtlasError(
            recording.file, "rates", f"repeats of a condition that resemble each other are expected: halves of them correlate with {r.mean():.3f}",
            "check that `conditions` and `inputs` belong to the trials of `rates`; else more repeats, or wider time steps, are needed",
        )  # fmt: skip
    share = np.array([held_out_predictivity(a, b, fold, ridges) for a, b in samples]) / r.mean()
    return spearman_brown(r, k), spearman_brown(share, k)


def _dynamics(
    recording: Recording, halves: list[Halves], systems: list[Array], count: int, view: View, threads: int
) -> Table:
    """DSA distances, all seen alike: the first ``count`` systems and the recording; its halves; and the other systems."""
    length = recording.length

    def operator(rates: Array) -> DelayOperator:
        return view.operator(rates, length)

    try:
        with ThreadPoolExecutor(threads) as pool:
            operators = list(pool.map(operator, [*systems, recording.means()]))
            split_operators = list(pool.map(operator, [x for pair in halves for x in pair]))
    except AtlasError as error:
        raise AtlasError(
            recording.file, "rates", f"enough time steps for DSA are expected: {error.expected}",
            f"{error.remedy} (analysis.similarity.delays and rank)",
        ) from error  # fmt: skip
    own = operators[-1]
    shown = [*operators[:count], own]
    distances = np.zeros((count + 1, count + 1))
    for i, j in zip(*np.triu_indices(count + 1, k=1), strict=True):
        distances[i, j] = distances[j, i] = spectral_distance(shown[i], shown[j])
    pairs = zip(split_operators[::2], split_operators[1::2], strict=True)
    return {
        "distance": distances,
        "ceiling/distance": np.array([spectral_distance(a, b) for a, b in pairs]),
        "floor/distance": np.array([spectral_distance(own, other) for other in operators[count:-1]]),
    }
