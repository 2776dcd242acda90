"""The search for a kernel reader's width and ridge: of least cross-validated error on a grid, for each of several targets.

Among settings that cross-validation does not tell apart (``ties.py``), the largest ridge is taken, and of these the largest width.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from rnnatlas.arrays import Array, Bool, Float, Int
from rnnatlas.config.analysis import HiddenSettings
from rnnatlas.similarity.kernel_ridge import gaussian, kernel_reading, target_errors
from rnnatlas.ties import first_of_ties

Choice = tuple[float, float]  # width, ridge


class KernelSearch:
    """The cross-validated errors of one set of samples; each choice of settings is tried once at most.

    ``squares`` are squared distances of samples in units of the widths, ``folds`` the samples left out in turn, and target t has
    the columns of ``y`` from ``starts[t]`` on. All targets share the kernel, and what is tried for one is known for all.
    """

    def __init__(
        self,
        squares: Float[Array, "sample sample"],
        y: Float[Array, "sample column"],
        folds: Sequence[Bool[Array, "sample"]],
        starts: Int[Array, "_"],
        settings: HiddenSettings,
    ) -> None:
        self.squares, self.y, self.folds, self.starts = squares, y, folds, starts
        self.widths, self.ridges = sorted(set(settings.widths)), sorted(set(settings.ridges))
        self.unread = target_errors(y.mean(0), y, starts)
        self.errors: dict[Choice, Float[Array, "target"]] = {}

    def best(self) -> list[Choice]:
        """The best of the whole grid, for each target."""
        choices = [(width, ridge) for ridge in reversed(self.ridges) for width in reversed(self.widths)]
        self._try(choices)
        errors = np.array([self.errors[choice] for choice in choices])
        return [choices[first_of_ties(*target)] for target in zip(errors.T, self.unread, strict=True)]

    def descend(self, begin: Sequence[Choice]) -> list[Choice]:
        """From each target's choice to the best of its neighbours, one step in width or in ridge, until none is better; then to
        more regularised neighbours that are tied with the least error that the target has met.

        It ends: the least error falls, or it stays and the choice becomes more regularised. Some neighbour is always tied with it,
        for a choice is its own neighbour.
        """
        chosen = list(begin)
        self._try(chosen)
        least = [float(self.errors[choice][t]) for t, choice in enumerate(chosen)]
        while True:
            around = [self._neighbours(choice) for choice in chosen]
            self._try({choice for choices in around for choice in choices})
            moved: list[Choice] = []
            for t, choices in enumerate(around):
                errors = np.array([self.errors[choice][t] for choice in choices])
                if errors.min() < least[t]:
                    least[t] = float(errors.min())
                    moved.append(choices[int(errors.argmin())])
                else:
                    moved.append(choices[first_of_ties(errors, self.unread[t], least[t])])
            if moved == chosen:
                return chosen
            chosen = moved

    def _neighbours(self, choice: Choice) -> list[Choice]:
        """The choice and those one step away, the most regularised first."""
        width, ridge = self.widths.index(choice[0]), self.ridges.index(choice[1])
        steps = [(width, ridge + 1), (width + 1, ridge), (width, ridge), (width - 1, ridge), (width, ridge - 1)]
        inside = [(i, j) for i, j in steps if 0 <= i < len(self.widths) and 0 <= j < len(self.ridges)]
        return [(self.widths[i], self.ridges[j]) for i, j in inside]

    def _try(self, choices: Iterable[Choice]) -> None:
        new = set(choices) - self.errors.keys()
        for width in sorted({choice[0] for choice in new}):
            kernel = gaussian(self.squares, width)
            ridges = sorted(ridge for own, ridge in new if own == width)
            found = np.zeros((len(ridges), len(self.starts) - 1))
            for out in self.folds:
                near, apart = kernel[np.ix_(~out, ~out)], kernel[np.ix_(out, ~out)]
                for place, ridge in enumerate(ridges):
                    read = kernel_reading(near, apart, self.y[~out], ridge)
                    found[place] += target_errors(read, self.y[out], self.starts)
            self.errors |= {(width, ridge): error for ridge, error in zip(ridges, found, strict=True)}
