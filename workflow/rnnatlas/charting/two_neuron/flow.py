"""Many two-neuron networks at once, in float64: the flow by Runge-Kutta steps, and the loss with its exact discrete gradient.

Arrays have the network on their last axis, ``W [2, 2, network]`` and ``x [2, network]``, so that each operation runs over networks. A
Runge-Kutta step from x is ``x + h/6 (k₁ + 2k₂ + 2k₃ + k₄)``, ``kᵢ = f(sᵢ)``, ``s₁ = x``, ``s₂ = x + h/2 k₁``, ``s₃ = x + h/2 k₂``, ``s₄ = x + h k₃``.
Its adjoint follows from the chain rule stage by stage, so that the gradient is that of the loss that is computed, to rounding,
and not that of the differential equation.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.charting.two_neuron.problem import START, TARGET, Problem

# By stage: how far it lies from the step's beginning along the slope of the stage before, and what it counts in the sum.
AHEAD = (0.0, 0.5, 0.5, 1.0)
COUNTS = (1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0)


class Flow:
    """The flow of ``count`` networks, with the arrays that it works in."""

    def __init__(self, problem: Problem, count: int, gradient: bool = False) -> None:
        self.problem, self.count = problem, count
        self._slope, self._product, self._stage, self._sum = (np.empty((2, count)) for _ in range(4))
        # What is kept for the way back: the rates of all stages.
        self._rates = np.empty((problem.steps if gradient else 1, 4, 2, count))

    def step(
        self, w: Float[Array, "2 2 network"], x: Float[Array, "2 network"], rates: Float[Array, "4 2 network"]
    ) -> None:
        """One Runge-Kutta step, in place; the rates of its stages are kept."""
        h, total, stage = self.problem.step, self._sum, x
        for k in range(4):
            if k:
                np.multiply(self._slope, AHEAD[k] * h, out=self._stage)
                np.add(self._stage, x, out=self._stage)
                stage = self._stage
            r = rates[k]
            if self.problem.linear:
                r[:] = stage
            else:
                np.tanh(stage, out=r)
            np.multiply(w[:, 0], r[0], out=self._slope)
            np.multiply(w[:, 1], r[1], out=self._product)
            np.add(self._slope, self._product, out=self._slope)
            np.subtract(self._slope, stage, out=self._slope)
            np.multiply(self._slope, COUNTS[k] * h, out=self._product if k else total)
            if k:
                np.add(total, self._product, out=total)
        np.add(x, total, out=x)

    def states(
        self, w: Float[Array, "2 2 network"], x: Float[Array, "2 network"], steps: int
    ) -> Iterator[Float[Array, "2 network"]]:
        """The states after 1, 2, … ``steps`` steps from ``x``: each time the same array, which is worked in."""
        x = x.copy()
        for _ in range(steps):
            self.step(w, x, self._rates[0])
            yield x

    def end(self, w: Float[Array, "2 2 network"]) -> Float[Array, "2 network"]:
        """The states at the end, from the start."""
        x = np.repeat(START[:, None], self.count, axis=1)
        for n in range(self.problem.steps):
            self.step(w, x, self._rates[n % len(self._rates)])
        return x

    def loss_and_gradient(
        self, w: Float[Array, "2 2 network"]
    ) -> tuple[Float[Array, "network"], Float[Array, "2 2 network"]]:
        """``½|x(T) − target|²`` and ∂/∂W. The flow must have been made for gradients."""
        back = self.end(w) - TARGET[:, None]
        loss = 0.5 * (back**2).sum(0)
        return loss, self.pull_back(w, back)

    def pull_back(self, w: Float[Array, "2 2 network"], back: Float[Array, "2 network"]) -> Float[Array, "2 2 network"]:
        """∂/∂W of what has the gradient ``back`` with respect to x(T), of the run that ``end`` did last; ``back`` is worked in."""
        h, gradient = self.problem.step, np.zeros((2, 2, self.count))
        onto, through, product = np.empty_like(back), np.empty_like(back), np.empty_like(back)
        for n in range(self.problem.steps - 1, -1, -1):
            rates = self._rates[n]
            steepness = np.ones_like(rates) if self.problem.linear else 1.0 - rates * rates
            total = np.zeros_like(back)
            for k in range(3, -1, -1):
                np.multiply(back, COUNTS[k] * h, out=onto)  # ∂L/∂k, through the sum and through the stage after it
                if k < 3:
                    np.multiply(through, AHEAD[k + 1] * h, out=product)
                    np.add(onto, product, out=onto)
                for j in range(2):
                    np.multiply(onto, rates[k, j], out=product)
                    np.add(gradient[:, j], product, out=gradient[:, j])
                np.multiply(w[0], onto[0], out=through)  # ∂L/∂s = (tanh'(s) ∘ Wᵀ − I) ∂L/∂k
                np.multiply(w[1], onto[1], out=product)
                np.add(through, product, out=through)
                np.multiply(through, steepness[k], out=through)
                np.subtract(through, onto, out=through)
                np.add(total, through, out=total)
            np.add(back, total, out=back)
        return gradient


def columns(weights: Float[Array, "network 2 2"]) -> Float[Array, "2 2 network"]:
    """The layout of this module, from that of files and notebooks: always a copy, which may be worked in."""
    return np.array(np.moveaxis(weights, 0, -1), dtype=np.float64, order="C")


def rows(w: Float[Array, "2 2 network"]) -> Float[Array, "network 2 2"]:
    """The layout of files and notebooks."""
    return np.ascontiguousarray(np.moveaxis(w, -1, 0))
