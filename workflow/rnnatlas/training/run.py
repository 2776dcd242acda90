"""A training run: who is trained, by which engine, and what is said and kept of it meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rnnatlas.arrays import Array, Shaped
from rnnatlas.beacon import Beacon
from rnnatlas.engine.interface import Engine
from rnnatlas.engine.select import select_engine
from rnnatlas.streams.keys import stream_key
from rnnatlas.training.checkpoint import Checkpoint
from rnnatlas.training.member import Member


@dataclass(frozen=True)
class TrainingRun:
    """What every training needs beside its networks, task and settings; of all this only ``members`` and the engine's kind can
    change a result.

    ``members`` names each network's random streams, ``threads`` is how many draw trials and compute a penalty beside the engine
    (which has its own number), ``label`` is what progress and errors call the run, ``checkpoint`` where it is kept meanwhile, ``beacon``
    where it says how far it is.
    """

    members: Sequence[Member]
    engine: Engine
    threads: int = 1
    label: str = "training"
    checkpoint: Checkpoint | None = None
    beacon: Beacon | None = None

    @classmethod
    def from_seed(
        cls, seed: int, members: int, *purpose: str, threads: int = 1, label: str = "training"
    ) -> TrainingRun:
        """Members 0, 1, … of the stream ``(seed, *purpose)`` on the engine "auto", without a checkpoint."""
        named = [Member((seed, *purpose), number) for number in range(members)]
        return cls(named, select_engine("auto", threads), threads, label)

    def keys(self, purpose: str) -> Shaped[Array, "member"]:
        """Each member's key for ``streams.philox`` under this purpose."""
        return np.array([stream_key(*member.words(purpose)) for member in self.members], dtype=np.uint64)
