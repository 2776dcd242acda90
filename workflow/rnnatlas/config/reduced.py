"""Thresholds of reduced dynamics: how trajectories become a graph."""

from __future__ import annotations

from rnnatlas.config.base import Section, setting

CODE = "released code of Turner et al. 2021"


class ReducedSettings(Section):
    """From trajectories to a graph. Distances are between places: rates of a rate cell, h of a GRU, (h, c) of an LSTM; a step is the task's dt."""

    steps: int = setting(500, "how long a trajectory without input is followed, if it does not come to rest before", "steps", source=CODE, ge=20, le=10_000)  # fmt: skip
    rest: float = setting(5e-5, "a trajectory has come to rest where a step is shorter, as a root mean square over units", source=CODE, gt=0)  # fmt: skip
    skip: int = setting(100, "steps before a cycle is looked for: transients", "steps", source=CODE, ge=1)
    prominence: float = setting(
        0.1, "by how much nearer a step is that returns than those around it", source=CODE, gt=0
    )
    shortest_lag: int = setting(20, "a period is longer: within so few steps a state may be near again by going slowly or to and fro", "steps", source=CODE, ge=1)  # fmt: skip
    lag_count: int = setting(10, "more steps than this return after one period", "steps", source=CODE, ge=1)
    coverage: float = setting(3.0, "at least one in so many of the steps returns after that period", source=CODE, ge=1)
    lag_prominence: float = setting(0.05, "prominence of a peak of the autocorrelation, in short trajectories", source=CODE, gt=0)  # fmt: skip
    arrived: float = setting(1e-5, "distance at which a short trajectory has returned, whatever its speed", source=CODE, gt=0)  # fmt: skip
    same_place: float = setting(1e-6, "distance at which two places are one, whatever the speed", gt=0)
    joined: float = setting(1.0, "two trajectories run together where they are nearer than a step is long, in mean lengths of their steps", source=CODE, gt=0)  # fmt: skip
    agreeing: int = setting(3, "more steps than this agree on the shift between two trajectories that run together", "steps", source=CODE, ge=1)  # fmt: skip
    alike_length: int = setting(5, "or their lengths differ by less", "steps", source=CODE, ge=1)
    majority: float = setting(2.0, "a shift wins that has more than so many times the votes of the next; else the last one", source=CODE, ge=1)  # fmt: skip
    same_output: float = setting(0.01, "outputs of two trajectories that are one differ by no more", source=CODE, gt=0)
    quiet_spread: float = setting(1.5, "the last quiet step: output below the 80th percentile and so many times its distance from the 10th", source=CODE, ge=0)  # fmt: skip
    end_steps: int = setting(10_000, "how long the ends of trajectories go on to see whether they are one", "steps", source=CODE, ge=1)  # fmt: skip
    orders: int = setting(6, "random orders of compression that a graph's key is tried with, beside each threshold a quarter smaller and larger; 0: how firm it is is not asked", ge=0, le=1000)  # fmt: skip
    end_distance: float = setting(1e-3, "distance at which they are one then", source=CODE, gt=0)
