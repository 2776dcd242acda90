"""Limit sets and Lyapunov exponents of one network at one constant input, from a network and states that it visits."""

from __future__ import annotations

from functools import partial

import numpy as np

from rnnatlas.arrays import Array, Count, Float, Index, Positive
from rnnatlas.config.analysis import LimitSetSettings
from rnnatlas.dynamics.ends import Ends, find_limit_sets
from rnnatlas.dynamics.exponents import Exponents, lyapunov_exponents
from rnnatlas.dynamics.motion import Motion, motion_of, readout, state_width
from rnnatlas.dynamics.visited import state_spread
from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble

TURNING = 0.2  # share of a duration in which perturbations turn into the leading directions


def limit_sets(
    network: Ensemble,
    constant_input: Float[Array, "input"],
    starts: Float[Array, "start state"],
    settings: LimitSetSettings | None = None,
    member: int = 0,
    seed: Index = 0,
) -> Ends:
    """What noise-free runs of one member at ``constant_input`` end in: fixed points, limit cycles, tori, chaos; of any cell.

    A run begins from each of ``starts``: states that the network visits, as ``network.simulate(inputs, noise=0.0).states[member]`` has
    them, [start, state]; their spread is the unit of distances. ``seed`` names the perturbations that exponents are measured with. See
    ``find_limit_sets``. Raises ``AtlasError`` for starts of another width than the network's state.
    """
    motion = _motion(network, constant_input, starts, member)
    rng, chosen = np.random.default_rng(seed), settings or LimitSetSettings()
    return find_limit_sets(motion, partial(readout, network, member), starts, state_spread(starts), chosen, rng)


def lyapunov(
    network: Ensemble,
    constant_input: Float[Array, "input"],
    starts: Float[Array, "start state"],
    leading: Count = 1,
    duration: Positive = 500.0,
    member: int = 0,
    seed: Index = 0,
) -> Exponents:
    """The ``leading`` Lyapunov exponents of noise-free runs of one member at ``constant_input`` from each of ``starts``, after a fifth of
    ``duration`` over the rest of it (units: τ, or steps of a gated cell). See ``lyapunov_exponents``, and ``limit_sets`` for the starts.
    Raises ``AtlasError`` for starts of another width than the network's state, and for more exponents than it has."""
    motion = _motion(network, constant_input, starts, member)
    width, steps = starts.shape[1], max(2, round(duration / motion.alpha))
    if leading > width:
        raise AtlasError(
            None, "leading", f"at most {width} is expected, found {leading}", "a state has one for each number"
        )
    settle = int(steps * TURNING)
    return lyapunov_exponents(motion, starts, steps - settle, np.random.default_rng(seed), leading, settle)


def _motion(network: Ensemble, constant_input: Array, starts: Array, member: int) -> Motion:
    width = state_width(network)
    if starts.shape[1] != width:
        raise AtlasError(
            None, "starts", f"[start, {width}] is expected, found {list(starts.shape)}",
            "choose a member's states and put their trials and steps on one axis: states[member].reshape(-1, width)",
        )  # fmt: skip
    return motion_of(network, member, constant_input)
