"""How trained networks are analysed."""

from __future__ import annotations

from rnnatlas.config.base import Section, setting


class SimilaritySettings(Section):
    """Linear predictivity and dynamical similarity between networks."""

    ridge: float = setting(1e-8, "kappa of the fitted map, in units of the mean diagonal of X'X", ge=0)
    delays: int = setting(10, "DSA: number of delays in the embedding", ge=1)
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


class AnalysisSettings(Section):
    """Trials that networks are analysed on, and the analyses."""

    trials: int = setting(128, "trials of the analysis set, on which maps are fitted", ge=2)
    test_trials: int = setting(128, "trials of the test set, on which they are scored", ge=2)
    fixed_points: FixedPointSettings = setting(FixedPointSettings(), "fixed and slow points")
    similarity: SimilaritySettings = setting(SimilaritySettings(), "similarity of representation and dynamics")
