"""The penalty against *nonlinear readers*: how well random features of the new network predict the earlier one, with its gradient.

A network can lower the linear penalty by coding the earlier state in a form that linear readers do not find and kernel readers do
(claim A10). Random Fourier features (Rahimi & Recht 2007) make a kernel reader linear: with X = R(I−P) the new network's rates in
the null space of its readout [sample, unit], d their typical distance, and for each width w of D features each
frequencies Ω_w ~ N(0, 1) and phases b ~ U(0, 2π),

    Φ = [√(2/D) cos(X Ω_w/(w d) + b) for each w, √2 X/d]   [sample, F], each column's mean taken away,

so that ΦΦᵀ estimates the sum over w of the kernels exp(−|x − x'|²/2(w d)²), beside the linear one. With Z [sample, component] what is
to be read of the earlier network, its means taken away, ``ρ = κ·tr(ΦᵀΦ)/F``, ``A = ΦᵀΦ + ρI`` and ``M = A⁻¹ΦᵀZ``:

    S = tr(ZᵀΦ M)/|Z|²,   ∂S/∂Φ = (2/|Z|²) ((Z − ΦM) Mᵀ − (κ/F)|M|² Φ),

the trace form of ``penalty.py``, in [0, 1], the same for every rotation of Z; the gradient goes on through the cosines to X, and through
X = R(I−P) to rates and readout. Nothing is larger than Φ.

d is the median distance of a subset of samples (``typical_distance``). It makes S independent of X's scale, and Φ's last block as large as one
width's features (a median squared distance is about twice the variance). The gradient takes d as c·|X − mean| with c held, the exact
gradient of what is then computed: ⟨∂S/∂X, X⟩ = 0, so that a network does not learn to fall silent. With d itself held, ∂S/∂X has the part −d ∂S/∂d along X;
whatever a step gains by it, the next step's d takes back, so that it drives the rates on and on: in the flip-flop they shrank to a seventh
of the power that they have under the linear penalty.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve, get_blas_funcs
from scipy.spatial.distance import pdist

from rnnatlas.arrays import Array, Float, Positive
from rnnatlas.deflation.null_space import basis_gradient, readout_basis
from rnnatlas.deflation.other_penalties import SILENT
from rnnatlas.deflation.penalty import Order, PenaltyResult, combine

DISTANT = 128  # samples, about, between which the typical distance is measured
BLOCK = 128  # samples that are taken together on the way to features and back
# Of the root mean squared distance: a median below is rounding, as of a network that rests in one state for most of its time.
_LEAST_DISTANCE = 1e-3
_CONSTANT = 1e-10  # of a target's power


class Workspace:
    """The large arrays of a call, kept for the next: fresh pages from the system take as long as what is done on them. For one call at a time."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, type], Array] = {}

    def array(self, place: int, rows: int, columns: int, dtype: type) -> Float[Array, "_ _"]:
        """An array in Fortran's order, of whatever content."""
        kept = self._kept.get((place, dtype))
        if kept is None or kept.size < rows * columns:
            kept = self._kept[place, dtype] = np.zeros(rows * columns, dtype)
        return kept[: rows * columns].reshape(rows, columns, order="F")


class Features(NamedTuple):
    """Random features: frequencies over their widths, Ω_w/w, phases, and the amplitude √(2/D)."""

    frequency: Float[Array, "unit feature"]
    phase: Float[Array, "feature"]
    amplitude: float


def feature_penalty(
    rates: Float[Array, "sample unit"],
    readout: Float[Array, "unit output"],
    targets: list[Float[Array, "sample _"]],
    features: Features,
    ridge: Positive,
    null_space: bool = True,
    order: Order = 1.0,
    workspace: Workspace | None = None,
) -> PenaltyResult:
    """``(Σ_i S(Φ → Z_i)ᵖ)^(1/p)`` over ``targets`` Z_i, p = ``order`` (1: the sum), and its gradient with respect to the new network's
    rates and readout.

    What has samples stays in the dtype of ``rates``, what is F × F is float64; ``ridge`` is κ. A network that is silent in its null space
    (of less than 10⁻⁶ of its power there) is told nothing and has no gradient, as has one without samples; a target without
    variance has S = 0. A ``workspace`` that is given is used and can be given to the next call. NaN throughout if rates, readout or a target are not finite.
    """
    count, exact = len(targets), rates.dtype
    given = (rates, readout, *targets)
    if not all(np.isfinite(part).all() for part in given):  # a diverged network: the caller freezes it
        lost = [float("nan")] * count
        return PenaltyResult(float("nan"), lost, np.full_like(rates, np.nan), np.full(readout.shape, np.nan))
    basis = readout_basis(readout) if null_space else np.zeros((readout.shape[0], 0))
    removed = basis.astype(exact)
    x = rates - (rates @ removed) @ removed.T
    if count == 0 or _power(_centred(x)) <= SILENT * _power(rates):
        return PenaltyResult(0.0, [0.0] * count, np.zeros_like(rates), np.zeros(readout.shape))
    distance = typical_distance(x)
    scaled = Features(
        features.frequency.astype(exact) / exact.type(distance), features.phase.astype(exact), features.amplitude
    )
    beside = exact.type(np.sqrt(2.0) / distance)
    workspace = workspace or Workspace()
    phi = _features(x, scaled, beside, workspace)
    z = np.concatenate([_centred(target.astype(exact)) for target in targets], axis=1)
    widths = [target.shape[1] for target in targets]
    m, cross, kappa_each = _solved(phi, z, ridge, workspace)
    owner = np.repeat(np.arange(count), widths)
    power = np.bincount(owner, np.einsum("sk,sk->k", z, z, dtype=np.float64), count)
    # What is constant leaves rounding when its mean is taken away, which is not to be read.
    power = np.maximum(power, [_CONSTANT * _power(target) + 1e-30 for target in targets])
    each = np.bincount(owner, np.sum(cross * m, axis=0), count) / power
    combined, weights = combine([float(value) for value in each], order)
    pull = 2.0 * np.array(weights) / power
    shift = kappa_each * float(np.bincount(owner, np.sum(m * m, axis=0), count) @ pull)
    through = _back(x, phi, z, m, pull[owner], shift, scaled, beside)
    spread = _centred(x)
    spread *= exact.type(float(np.vdot(through, x)) / _power(spread))
    through -= spread  # through d = c |X − mean|
    gradient = through - (through @ removed) @ removed.T
    mixed = (rates.T @ through).astype(np.float64)
    through_readout = basis_gradient(mixed, readout) if null_space else np.zeros(readout.shape)
    return PenaltyResult(combined, [float(value) for value in each], gradient, through_readout)


def typical_distance(x: Float[Array, "sample unit"]) -> float:
    """Median Euclidean distance of pairs among about ``DISTANT`` samples, evenly spaced; not below a thousandth of the root mean square of all
    distances. 0 for a network without variance."""
    centred = _centred(x)
    spread = np.sqrt(2.0 * _power(centred) / max(len(x), 1))
    distances = pdist(centred[:: max(1, len(x) // DISTANT)])
    median = float(np.median(distances)) if distances.size else 0.0
    return max(median, _LEAST_DISTANCE * float(spread))


def _features(
    x: Float[Array, "sample unit"], scaled: Features, beside: np.floating, workspace: Workspace
) -> Float[Array, "sample feature"]:
    """Φ, of frequencies over the typical distance, and of ``beside`` times X."""
    random = len(scaled.phase)
    phi = workspace.array(0, random + x.shape[1], len(x), x.dtype.type).T
    for rows in _blocks(len(x)):
        np.cos(_angles(x[rows], scaled), out=phi[rows, :random])
        phi[rows, :random] *= x.dtype.type(scaled.amplitude)
    np.multiply(x, beside, out=phi[:, random:])
    phi -= _mean(phi)
    return phi


def _angles(x: Float[Array, "sample unit"], scaled: Features) -> Float[Array, "sample random"]:
    angle = x @ scaled.frequency
    angle += scaled.phase
    return angle


def _blocks(samples: int) -> Iterator[slice]:
    """Rows that stay in a core's cache from one operation to the next, and whose temporaries the system need not clear."""
    return (slice(first, first + BLOCK) for first in range(0, samples, BLOCK))


def _solved(
    phi: Float[Array, "sample feature"], z: Float[Array, "sample component"], ridge: float, workspace: Workspace
) -> tuple[Float[Array, "feature component"], Float[Array, "feature component"], float]:
    """M, ΦᵀZ, and κ/F."""
    each = ridge / phi.shape[1]
    cross = (phi.T @ z).astype(np.float64)
    try:
        factor = _factor(phi, each, workspace)
    except LinAlgError:  # the rounding of single precision exceeds ρ
        factor = _factor(phi.astype(np.float64), each, workspace)
    return cho_solve((factor, False), cross, check_finite=False), cross, each


def _factor(phi: Float[Array, "sample feature"], each: float, workspace: Workspace) -> Float[Array, "feature feature"]:
    """The upper Cholesky factor of A; what stands below its diagonal has no meaning."""
    (product,) = get_blas_funcs(("syrk",), (phi,))
    size = phi.shape[1]
    gram = product(1.0, phi.T, c=workspace.array(1, size, size, phi.dtype.type), overwrite_c=True)  # its upper triangle
    system = workspace.array(2, size, size, np.float64)
    np.copyto(system, gram)
    diagonal = np.einsum("ff->f", system)
    diagonal += each * float(diagonal.sum())
    factor, _ = cho_factor(system, lower=False, overwrite_a=True, check_finite=False)
    return factor


def _back(
    x: Float[Array, "sample unit"], phi: Float[Array, "sample feature"], z: Float[Array, "sample component"],
    m: Float[Array, "feature component"], pull: Float[Array, "component"], shift: float, scaled: Features, beside: np.floating,
) -> Float[Array, "sample unit"]:  # fmt: skip
    """∂S/∂X from ``∂S/∂Φ = (Z − ΦM) diag(pull) Mᵀ − shift Φ``, whose columns have mean 0 as those of Z and Φ have."""
    exact, random = phi.dtype, len(scaled.phase)
    read, pulled = m.astype(exact), (m * pull).T.astype(exact)
    onward = scaled.frequency.T * exact.type(-scaled.amplitude)
    found = np.empty_like(x)
    for rows in _blocks(len(x)):
        through = (z[rows] - phi[rows] @ read) @ pulled
        through -= phi[rows] * exact.type(shift)
        sine = _angles(x[rows], scaled)
        np.sin(sine, out=sine)
        sine *= through[:, :random]
        np.matmul(sine, onward, out=found[rows])
        found[rows] += through[:, random:] * beside
    return found


def _centred(values: Float[Array, "sample column"]) -> Float[Array, "sample column"]:
    return values - _mean(values)


def _power(values: Float[Array, "sample column"]) -> float:
    return float(np.vdot(values, values))


def _mean(values: Float[Array, "sample column"]) -> Float[Array, "column"]:
    """As a product, since NumPy's own mean over rows takes longer."""
    return np.ones(len(values), values.dtype) @ values / values.dtype.type(max(len(values), 1))
