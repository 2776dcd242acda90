"""What a figure or a group of claims reads, said once: its rule's inputs follow from this, and reading anything else raises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Needs:
    """Kinds of artifacts by the names of their schemas, for each task of a study.

    ``own`` are those of the study's own networks, ``controls`` those of the controls (with the standard networks that these are
    compared with), which count where the controls are asked for or at hand; ``beside`` are those of the study's own networks that are
    read beside controls alone. Each brings its table of networks with it. ``first`` are those of the first population of standard
    networks alone, ``architectures`` those of the populations of other cells. ``charted`` are those of the populations that are charted: what
    declares them is about the tasks that these are trained on, and declares nothing else.
    ``trials`` are sets of trials: ``analysis``, ``test``, ``hard`` (one file a load). ``study`` are kinds made once for a whole study,
    which stand with its first task.
    """

    own: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    architectures: tuple[str, ...] = ()
    charted: tuple[str, ...] = ()
    trials: tuple[str, ...] = ()
    study: tuple[str, ...] = ()


class Item(NamedTuple):
    """One file among the needs of a task: under which of the declared ``part``s it stands, of which ensemble (its folder; empty for
    a file of all networks), and of which kind (of trials: the set)."""

    part: str
    ensemble: str
    kind: str
