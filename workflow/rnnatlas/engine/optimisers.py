"""What an optimiser does with a gradient: the numbers that all engines share. ``training.optimiser`` is the reference.

Adam (Kingma & Ba 2015): ``m ← β₁m + (1−β₁)g``, ``v ← β₂v + (1−β₂)g²``, ``θ ← θ − η·m̂/(√v̂ + ε)``, with bias-corrected m̂ and v̂.

Muon (Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks") for the recurrent matrix alone, Adam for the
rest: Nesterov momentum ``m ← μm + (1−μ)g``, ``u = μm + (1−μ)g``, of which the singular values are brought near 1,
``J ← J − η·0.2·√N·O(u)``. O is five Newton-Schulz iterations ``X ← X(aI + bXᵀX + c(XᵀX)²)`` from ``X = u/|u|``: they take a singular
value s ≥ 0.005 of X to between 0.68 and 1.21, and smaller ones to at most 485 s, so that what is rounding stays small, which an exact
polar factor would blow up to 1. The factor makes the update's root mean square 0.2 η, about that of Adam's (Liu et al. 2025, "Muon is
scalable for LLM training"). A gated cell's blocks are orthogonalised each by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

BETA1, EPSILON = 0.9, 1e-8
MOMENTUM, RMS, ITERATIONS = 0.95, 0.2, 5
COEFFICIENTS = (3.4445, -4.7750, 2.0315)  # a, b, c
LEAST_NORM = 1e-30  # below, the gradient is zero, and so is the update


@dataclass(frozen=True)
class Optimiser:
    """How gradients become steps. ``clip`` is the largest norm of a member's gradient; ``beta2`` is Adam's, in [0, 1)."""

    clip: float
    kind: Literal["adam", "muon"] = "adam"
    beta2: float = 0.999
