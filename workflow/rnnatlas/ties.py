"""Which of several settings a reader takes where cross-validation does not tell them apart."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Float

# Relative to the error. Rounding moves it by 1e-6 to 5e-5 where kernels are solved in single precision, by 1e-8 at most elsewhere;
# other trials move it by some 1e-2.
TIED = 1e-3
# Relative to the error where nothing is read: below it, a target is read to the last digit and errors are rounding.
READ_WHOLLY = 1e-12


def first_of_ties(errors: Float[Array, "setting"], unread: float, least: float | None = None) -> int:
    """The number of the first setting whose cross-validated error is tied with ``least``, for settings in order, the most
    regularised first: ``e ≤ least + TIED · |least| + READ_WHOLLY · unread``.

    Without this rule rounding would choose among settings that do equally well, as all do where there is nothing to read, and
    another processor would choose otherwise. ``unread`` is the error where nothing is read, ``least`` the least of all unless given.
    """
    least = float(errors.min()) if least is None else least
    return int(np.flatnonzero(errors <= least + TIED * abs(least) + READ_WHOLLY * unread)[0])
