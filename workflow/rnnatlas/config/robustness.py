"""How networks are disturbed: in their connections, and in their state."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from rnnatlas.config.base import Section, setting

Level = Annotated[float, Field(ge=0, le=1)]


class RobustnessSettings(Section):
    """Noise on the recurrent weights, and kicks to the state in a delay."""

    weight_noise: list[Level] = setting([0.0, 0.005, 0.01, 0.02, 0.05, 0.1], "deviation eps of the factor 1 + eps xi on each recurrent weight", min_length=1)  # fmt: skip
    draws: int = setting(8, "draws of xi a network, over which performance is averaged", ge=1, le=1000)
    states: int = setting(64, "trials whose states at the moment of the kick give their spread", ge=2, le=100_000)
    trials: int = setting(8, "trials, the first of these, that are kicked", ge=1, le=1000)
    directions: int = setting(64, "random directions of the kick", ge=1, le=10_000)
    wait: float = setting(2.0, "time from the beginning of the delay to the kick", "tau", gt=0, le=1e4)
    follow: float = setting(20.0, "time from the kick to the output that is compared, or to the go cue at least", "tau", gt=0, le=1e4)  # fmt: skip
    smallest: float = setting(0.1, "smallest kick, in units of the states' RMS spread", gt=0)
    largest: float = setting(10.0, "largest kick, in the same units; what it does not change is censored", gt=0)
    levels: int = setting(13, "kicks in equal ratios between these that are all tried", ge=2, le=1000)
    halvings: int = setting(3, "bisections, on a logarithmic scale, between the last kick that changes nothing and the first that does", ge=0, le=30)  # fmt: skip
    graded: float = setting(0.3, "distance between outputs beyond which a graded memory has changed; of a memory of few values, half their distance counts", "output", source="chord of MemoryPro's limit of 0.1 pi", gt=0)  # fmt: skip

    @model_validator(mode="after")
    def _kicks_grow(self) -> RobustnessSettings:
        if self.largest <= self.smallest:
            raise ValueError(f"largest: {self.largest:g} is no more than smallest, {self.smallest:g}")
        return self

    @model_validator(mode="after")
    def _kicked_are_among_the_trials(self) -> RobustnessSettings:
        if self.trials > self.states:
            raise ValueError(f"trials: {self.trials} are kicked, of {self.states} whose states are known (states)")
        return self
