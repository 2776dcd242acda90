"""Fixed and slow points of one network at one constant input."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

from rnnatlas.arrays import Array, Bool, Count, Float, Positive
from rnnatlas.checks.records import check_fields
from rnnatlas.config.analysis import FixedPointSettings
from rnnatlas.dynamics.between import roots_between
from rnnatlas.dynamics.descent import descend
from rnnatlas.dynamics.distinct import distinct
from rnnatlas.dynamics.motion import Field, motion_of, reachable, state_width
from rnnatlas.dynamics.stability import Spectrum, spectra
from rnnatlas.dynamics.visited import VisitedStates, state_spread
from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble


@dataclass(frozen=True)
class FixedPoints:
    """Distinct points; ``fixed`` marks those with q below the tolerance, the others are slow points.

    ``distance`` (to the nearest visited state) is in units of the state spread; ``converged`` is the share of starts
    that ended at a fixed point.
    """

    state: Float[Array, "point state"]
    speed: Float[Array, "point"]
    distance: Float[Array, "point"]
    fixed: Bool[Array, "point"]
    counted: Bool[Array, "point"]
    spectrum: Spectrum
    converged: float

    def __post_init__(self) -> None:
        check_fields(self)

    def __len__(self) -> int:
        return len(self.state)

    def __repr__(self) -> str:
        fixed = int(self.fixed.sum())
        return (
            f"FixedPoints({fixed} fixed, {int((self.fixed & self.spectrum.stable).sum())} of them stable; {len(self) - fixed} slow; "
            f"{self.converged:.0%} of the starts converged)"
        )


def search_fixed_points(
    field: Field,
    visited: VisitedStates,
    settings: FixedPointSettings,
    longest: Positive,
    rng: np.random.Generator,
    threads: Count = 1,
) -> FixedPoints:
    """Search from visited states; ``longest`` is the longest trial or delay in units of τ (of a gated cell: in steps), for the slow
    criterion. ``field`` may be that of any cell (see ``motion_of``).

    Fixed points are roots of F found by minimising q to ``settings.tolerance``. Slow points are, for each start, the
    first iterate with ``speed · longest ≤ settings.slow · spread``. Points within ``settings.distinct`` (slow:
    ``distinct_slow``) spreads are one; slow points that close to a fixed point are not repeated. Up to ``settings.between``
    rounds search further from midpoints of the roots found (see ``roots_between``). What no run can come to (``motion.reachable``) is left out. q, speed and spectra are computed at the points returned; ``threads`` never changes them. Raises ``AtlasError`` if a start is not
    finite.
    """
    starts = visited.starts(settings.starts, rng)
    if not np.all(np.isfinite(starts)):
        raise AtlasError(
            None, "starts", "finite states are expected, found NaN or infinity", "check the network's weights"
        )
    slow_speed = settings.slow * visited.spread / longest
    descent = descend(field, starts, settings.tolerance, slow_speed, settings.iterations, threads)
    at_root = (descent.q <= settings.tolerance) & reachable(field, descent.state)
    radius, slow_radius = settings.distinct * visited.spread, settings.distinct_slow * visited.spread
    roots = distinct(descent.state[at_root], descent.q[at_root], radius)
    how = (settings.tolerance, settings.iterations, threads)
    roots = roots_between(field, roots, radius, settings.between, settings.starts, *how)
    slow_found = descent.slow_state[reachable(field, descent.slow_state) & ~np.isnan(descent.slow_state[:, 0])]
    slow = distinct(slow_found, np.sum(field.flow(slow_found) ** 2, axis=1), slow_radius)
    if len(roots) and len(slow):
        slow = slow[KDTree(roots).query(slow)[0] > max(radius, slow_radius)]
    state = np.concatenate([roots, slow])
    distance = KDTree(visited.states).query(state)[0] / visited.spread if len(state) else np.zeros(0)
    return FixedPoints(
        state=state,
        speed=np.linalg.norm(field.flow(state), axis=1),
        distance=distance,
        fixed=np.arange(len(state)) < len(roots),
        counted=distance <= settings.counted,
        spectrum=spectra(field, state),
        converged=float(at_root.mean()),
    )


def find_fixed_points(
    network: Ensemble,
    constant_input: Float[Array, "input"],
    starts: Float[Array, "start state"],
    settings: FixedPointSettings | None = None,
    longest: Positive = 20.0,
    member: int = 0,
    threads: Count = 1,
) -> FixedPoints:
    """Fixed and slow points of one member of ``network`` at ``constant_input``, searched from all ``starts`` (states); of any cell.

    Spread, counting and distances refer to ``starts``, so give states that the network visits, such as
    ``states[member].reshape(-1, states.shape[-1])`` of ``states = network.simulate(inputs, noise=0.0).states``: x of rate units, h of a
    GRU, (h, c) of an LSTM. ``longest`` is in τ, of a gated cell in steps. See ``search_fixed_points``. Raises ``AtlasError`` for starts of another width than the
    network's state.
    """
    field, width = motion_of(network, member, constant_input), state_width(network)
    if np.ndim(starts) != 2 or np.shape(starts)[1] != width:
        raise AtlasError(
            None, "starts", f"[start, {width}] is expected, found {list(np.shape(starts))}",
            "choose a member's states and put their trials and steps on one axis: states[member].reshape(-1, width)",
        )  # fmt: skip
    chosen = (settings or FixedPointSettings()).model_copy(update={"starts": len(starts)})
    visited = VisitedStates(np.asarray(starts, dtype=np.float64), state_spread(starts))
    return search_fixed_points(field, visited, chosen, longest, np.random.default_rng(0), threads)
