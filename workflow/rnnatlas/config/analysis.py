"""How trained networks are analysed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from rnnatlas.config.base import Section, setting

Positive = Annotated[float, Field(gt=0)]


class SimilaritySettings(Section):
    """Linear predictivity and dynamical similarity between networks."""

    ridge: float = setting(1e-8, "kappa of the fitted map, in units of the mean diagonal of X'X", ge=0)
    delays: int = setting(10, "DSA: number of delays in the embedding", ge=1, le=10_000)
    rank: int = setting(30, "DSA: rank of the fitted linear operator", ge=1)
    dsa_trials: int = setting(64, "DSA: noise-free analysis trials that the operator is fitted on", ge=1)


class FixedPointSettings(Section):
    """The search for fixed and slow points."""

    starts: int = setting(512, "visited states that the search starts from, a network and constant input", ge=1)
    tolerance: float = setting(1e-20, "a point is fixed if q = |dx/dt|^2 / 2 falls below this", "1/tau^2", ge=0)
    iterations: int = setting(200, "damped Newton steps at most", ge=1)
    between: int = setting(
        4, "rounds, at most, of further searches from midpoints of pairs of roots, where saddles lie", ge=0
    )
    distinct: float = setting(1e-3, "points closer than this, in units of the RMS state spread, are one", gt=0)
    distinct_slow: float = setting(0.05, "the same for slow points, which sample a manifold", gt=0)
    counted: float = setting(1.0, "a point is counted if it lies within this many RMS state spreads of a visited state", gt=0)  # fmt: skip
    slow: float = setting(
        0.2, "a point is slow if speed * (longest trial) is at most this share of the state spread", gt=0
    )


class HoldSettings(Section):
    """Silent holds after the last pulse, for tasks that remember pulses."""

    trials: int = setting(1024, "trials that retention is counted on", ge=1)
    longest: int = setting(20, "longest silence, in mean intervals between the pulses of a bit", ge=1)


class LimitSetSettings(Section):
    """Noise-free runs, and what they end in."""

    starts: int = setting(64, "visited states that runs begin from, a network and constant input", ge=1)
    perturbed: int = setting(2, "runs from each fixed point, on opposite sides of it in pairs", ge=0)
    perturbation: float = setting(
        0.01, "how far from the fixed point they begin, in units of the RMS state spread", gt=0
    )
    duration: float = setting(1000.0, "duration of a run; its second half is measured", "tau", gt=0, le=1e7)
    rounds: int = setting(2, "a run that drifts still is continued for as long again, up to this many durations", ge=1)
    rest: float = setting(1e-4, "a run may be at rest if its speed is at most this many RMS state spreads a tau; a root must then lie near", gt=0)  # fmt: skip
    same: float = setting(1e-3, "fixed points closer than this, in units of the RMS state spread, are one", gt=0)
    recurrence: float = setting(0.01, "a cycle returns to itself within this share of its extent", gt=0)
    zero: float = setting(0.01, "an exponent smaller than this is zero", "1/tau", gt=0)
    blocks: int = setting(20, "blocks of a run whose exponents give the standard error", ge=2)


class HiddenSettings(Section):
    """Nonlinear readers of earlier solutions from later ones, and the slow directions that the two share (A10)."""

    samples: list[Annotated[int, Field(ge=10)]] = setting([500, 1000, 2000, 4000], "samples that readers are fitted on, a learning curve", min_length=1)  # fmt: skip
    scored: int = setting(3000, "samples of the test set that readers are scored on", ge=2)
    tuned: int = setting(2000, "samples up to which the whole grid of widths and ridges is tried; with more, neighbours of the choice so far", ge=10)  # fmt: skip
    folds: int = setting(3, "parts of the trials, each left out in turn, when settings are chosen", ge=2)
    widths: list[Positive] = setting([0.25, 0.5, 1.0, 2.0, 4.0], "widths of the kernel to choose from, in units of the median distance between samples", min_length=1)  # fmt: skip
    ridges: list[Positive] = setting([1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0], "ridges of the kernel reader to choose from, in units of the kernel's diagonal", min_length=1)  # fmt: skip
    linear_ridges: list[Positive] = setting([1e-8, 1e-6, 1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0], "ridges of the linear reader to choose from, in units of the mean diagonal of X'X", min_length=1)  # fmt: skip
    untrained: int = setting(3, "untrained networks, whose median is the benchmark", ge=1)
    states: int = setting(48, "matched states at which Jacobians are compared", ge=2)
    modes: int = setting(4, "slow directions of a Jacobian: the modes of Re lambda nearest to 0, a complex pair counting twice", ge=1)  # fmt: skip


class DecodingSettings(Section):
    """Decoders of task variables over time, and the readers of context."""

    bin: float = setting(100.0, "duration over which rates are averaged", "ms", gt=0)
    gap: float = setting(500.0, "bins at least this far apart tell whether a code lasts", "ms", gt=0)
    angles: int = setting(20, "equidistant values of an angle", ge=3)
    repeats: int = setting(16, "trials of each angle, each with its own noise", ge=1)
    trials: int = setting(320, "trials of tasks without an angle", ge=8)
    folds: int = setting(5, "parts of the trials, each left out in turn", ge=2)
    ridge: float = setting(1e-2, "ridge of the decoders, in units of the mean diagonal of X'X", gt=0)
    reader_trials: int = setting(96, "trials, at most, that classifiers of context are fitted and scored on", ge=8)
    reader_folds: int = setting(3, "parts of a classifier's training trials, within which its settings are chosen", ge=2)  # fmt: skip
    penalties: list[Positive] = setting([1.0, 100.0], "C of the kernel classifier to choose from", min_length=1)
    linear_penalties: list[Positive] = setting([0.01, 1.0, 100.0, 10000.0], "C of logistic regression to choose from", min_length=1)  # fmt: skip
    widths: list[Positive] = setting([0.25, 0.5, 1.0], "widths of the kernel to choose from, in units of the median distance between samples", min_length=1)  # fmt: skip


class AttractorSettings(Section):
    """Line and ring attractors."""

    angles: int = setting(200, "angles whose delay states are left alone", ge=2)
    relaxation: float = setting(5.0, "how long", "tau", gt=0)
    bins: int = setting(20, "bins of the circle that these states may cover", ge=2)
