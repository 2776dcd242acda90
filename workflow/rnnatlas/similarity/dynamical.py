"""Dynamical similarity analysis: do two networks move alike, whatever their geometry?

Ostrow, Eisen, Kozachkov & Fiete (2023): a linear operator is fitted to each network's delay-embedded rates (HAVOK,
Brunton et al. 2017), and operators are compared up to a change of coordinates, here by their spectra. Nothing is
centred or scaled on the way, because a constant offset changes the answer: use ``standardise`` first, knowingly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from scipy.linalg import eigh
from scipy.optimize import linear_sum_assignment

from rnnatlas.arrays import Array, Bool, Complex, Count, Float, Int, MayBeNan, NotNegative
from rnnatlas.errors import AtlasError
from rnnatlas.similarity.inputs import ROUNDING, refuse_nonfinite


@dataclass(frozen=True, eq=False)
class DelayOperator:
    """One-step operator of a network in its own delay coordinates, ``v_{t+1} ≈ v_t A``, and how it was fitted."""

    matrix: Float[Array, "rank rank"]
    eigenvalues: Complex[Array, "rank"]
    n_delays: int
    rank: int
    ridge: float


def dsa(
    systems: Sequence[Annotated[Float[Array, "trial time _"], MayBeNan]],
    n_delays: Count,
    rank: Count,
    score: Literal["wasserstein"] = "wasserstein",
    ridge: NotNegative = 0.0,
    length: Int[Array, "trial"] | None = None,
) -> Float[Array, "system system"]:
    """Distance of every pair of systems, symmetric, 0 = the same spectrum, see ``spectral_distance``.

    Fits once a system and compares once a pair. Systems may differ in units, but should see the same inputs.
    ``length``, the same for all, ends each trial where its padding begins.
    """
    if score != "wasserstein":
        raise AtlasError(None, "score", f"'wasserstein' was expected, not {score!r}", "leave score out")
    operators = [fit_operator(system, n_delays, rank, ridge, length) for system in systems]
    distances = np.zeros((len(operators), len(operators)))
    for i, j in zip(*np.triu_indices(len(operators), k=1), strict=True):
        distances[i, j] = distances[j, i] = spectral_distance(operators[i], operators[j])
    return distances


def fit_operator(
    system: Annotated[Float[Array, "trial time unit"], MayBeNan],
    n_delays: Count,
    rank: Count,
    ridge: NotNegative = 0.0,
    length: Int[Array, "trial"] | None = None,
) -> DelayOperator:
    """The operator A (rank × rank) of one system; steps at or beyond ``length`` are padding and take no part.

    Rows of H [trial × window, delay × unit] are ``n_delays`` consecutive rates of one trial. With H = V S Eᵀ, the
    first ``rank`` columns of V are whitened coordinates, and ``A = (V₋ᵀV₋ + ridge·I)⁻¹ V₋ᵀV₊`` maps each window to
    the next of its trial. E and S come from the eigenvectors of HᵀH: H is never decomposed, nor even built.
    """
    gram, cross = _one_step(system, n_delays, rank, length)
    if len(gram) < rank:
        raise AtlasError(
            None,
            "rank",
            f"the delay embedding has only {len(gram)} directions above rounding, {rank} were asked for",
            "lower rank: the further coordinates would be whitened rounding noise",
        )
    return _solve(gram, cross, n_delays, rank, ridge)


def fit_operators(
    system: Annotated[Float[Array, "trial time unit"], MayBeNan],
    n_delays: Count,
    ranks: Sequence[int],
    ridge: NotNegative = 0.0,
    length: Int[Array, "trial"] | None = None,
) -> dict[int, DelayOperator]:
    """``fit_operator`` at several ranks for the price of the largest; a rank beyond the embedding's own is left out.

    The coordinates of a rank are the first of every larger one, so one decomposition serves all. Raises ``AtlasError`` as
    ``fit_operator`` does where there are too few windows for ``n_delays``.
    """
    gram, cross = _one_step(system, n_delays, min(max(ranks), n_delays * system.shape[2]), length)
    found = len(gram)  # coordinates of the largest variance stand last
    return {
        rank: _solve(gram[found - rank :, found - rank :], cross[found - rank :, found - rank :], n_delays, rank, ridge)
        for rank in ranks
        if rank <= found
    }


def spectral_distance(a: DelayOperator, b: DelayOperator) -> float:
    """2-Wasserstein distance of two spectra, ``(min_π mean_k |λ_k − μ_π(k)|²)^½``, in units of eigenvalues.

    Each spectrum is ``rank`` equal masses in the complex plane, so optimal transport is an assignment, solved exactly.
    A metric between spectra; invariant to any invertible linear map of a system's state.
    """
    if (a.n_delays, a.rank, a.ridge) != (b.n_delays, b.rank, b.ridge):
        raise AtlasError(
            None,
            None,
            "operators fitted alike were expected, (n_delays, rank, ridge) are "
            f"{(a.n_delays, a.rank, a.ridge)} and {(b.n_delays, b.rank, b.ridge)}",
            "fit both with the same settings",
        )
    costs = np.abs(a.eigenvalues[:, None] - b.eigenvalues) ** 2
    return float(np.sqrt(costs[linear_sum_assignment(costs)].mean()))


def standardise(
    rates: Annotated[Float[Array, "trial time unit"], MayBeNan], length: Int[Array, "trial"] | None = None
) -> Float[Array, "trial time unit"]:
    """Each unit's mean over trials and time taken away, then everything divided by one number: the RMS of what is left.

    One number for all units, because scaling units one by one would change how much each counts. Steps at or beyond
    ``length`` are padding: they take no part, and are 0 in the result.
    """
    x, valid = _without_padding(rates, length)
    samples = x[valid]
    mean = samples.mean(axis=0)
    rms = np.sqrt(np.mean((samples - mean) ** 2))
    if rms <= ROUNDING * np.max(np.abs(samples), initial=0.0):
        raise AtlasError(None, None, "rates that vary were expected, every unit is constant", "leave this network out")
    return np.where(valid[..., None], (x - mean) / rms, 0.0)


def _one_step(
    system: Float[Array, "trial time unit"], n_delays: int, rank: int, length: Int[Array, "trial"] | None
) -> tuple[Float[Array, "found found"], Float[Array, "found found"]]:
    """``V₋ᵀV₋`` and ``V₋ᵀV₊`` of the ``found`` ≤ ``rank`` leading whitened coordinates above rounding, the largest last."""
    x, valid = _without_padding(system, length)
    size = n_delays * x.shape[2]
    windows = np.maximum(valid.sum(axis=1) - n_delays + 1, 0)  # of each trial
    check_embedding(windows, size, n_delays, rank)
    values, vectors = eigh(_delay_gram(x, windows, n_delays), subset_by_index=[size - rank, size - 1])
    kept = values > size * np.finfo(np.float64).eps * values[-1]
    values, vectors = values[kept], vectors[:, kept]
    to_coordinates = (vectors / np.sqrt(values)).reshape(n_delays, x.shape[2], len(values))
    last = x.shape[1] - n_delays + 1
    v = np.zeros((len(x), last, len(values)))
    for lag in range(n_delays):
        v += x[:, lag : lag + last] @ to_coordinates[lag]
    step = np.arange(last - 1) < windows[:, None] - 1  # from a window to the next of the same trial
    now, following = v[:, :-1][step], v[:, 1:][step]
    return now.T @ now, now.T @ following


def _solve(
    gram: Float[Array, "rank rank"], cross: Float[Array, "rank rank"], n_delays: int, rank: int, ridge: float
) -> DelayOperator:
    matrix = np.linalg.solve(gram + ridge * np.eye(rank), cross)
    return DelayOperator(matrix, np.linalg.eigvals(matrix).astype(np.complex128), n_delays, rank, ridge)


def _without_padding(
    rates: Float[Array, "trial time unit"], length: Int[Array, "trial"] | None
) -> tuple[Float[Array, "trial time unit"], Bool[Array, "trial time"]]:
    """In float64 with zeros for padding, and the steps that are none."""
    trials, time, _ = rates.shape
    ends = np.full(trials, time) if length is None else length
    if ends.shape != (trials,) or np.any(ends < 1) or np.any(ends > time):
        raise AtlasError(
            None,
            "length",
            f"{trials} lengths from 1 to {time} were expected, found {ends.size} from {ends.min()} to {ends.max()}",
            "give trials.length of the trials that were simulated",
        )
    valid = np.arange(time) < ends[:, None]
    refuse_nonfinite(rates[valid])
    return np.where(valid[..., None], rates, 0.0).astype(np.float64), valid


def _delay_gram(
    x: Float[Array, "trial time unit"], windows: Int[Array, "trial"], n_delays: int
) -> Float[Array, "embedded embedded"]:
    """HᵀH, whose block [i, j] is ``Σ_t x_{t+i}ᵀ x_{t+j}`` over the windows t of each trial.

    Going down a diagonal of blocks, the sum loses its first window and gains one: only the blocks of i = 0 are
    summed in full, which costs ``n_delays``/2 times less than the product of H.
    """
    units, last, each = x.shape[2], x.shape[1] - n_delays + 1, np.arange(len(x))
    gram = np.empty((n_delays, units, n_delays, units))
    starts = np.where((np.arange(last) < windows[:, None])[..., None], x[:, :last], 0.0).reshape(-1, units)
    for lag in range(n_delays):
        block = starts.T @ x[:, lag : lag + last].reshape(-1, units)
        for i in range(n_delays - lag):
            gram[i, :, i + lag], gram[i + lag, :, i] = block, block.T
            if i + lag + 1 < n_delays:
                gained = x[each, i + windows].T @ x[each, i + lag + windows]
                block = block - x[:, i].T @ x[:, i + lag] + gained
    return gram.reshape(n_delays * units, n_delays * units)


def check_embedding(windows: Int[Array, "trial"], size: int, n_delays: int, rank: int) -> None:
    """Raise ``AtlasError`` (key ``n_delays`` or ``rank``) if trials with so many ``windows`` each cannot tell an operator of ``rank``
    on ``size`` = units × n_delays coordinates."""
    found, steps = int(windows.sum()), int(np.maximum(windows - 1, 0).sum())
    if n_delays < 1 or found < size or steps < min(rank, size):
        raise AtlasError(
            None,
            "n_delays",
            "trials × (time − n_delays + 1) ≥ units × n_delays, and rank steps from window to window, were expected; "
            f"n_delays {n_delays} leaves {found} windows with {steps} steps in {len(windows)} trials "
            f"for {size} coordinates",
            "use more or longer trials, or fewer delays",
        )
    if not 1 <= rank <= size:
        raise AtlasError(
            None, "rank", f"1 ≤ rank ≤ units × n_delays = {size} was expected, not {rank}", "choose a smaller rank"
        )
