"""Dynamical similarity analysis (DSA): distance between the spectra of the networks' delay operators."""

from __future__ import annotations

from typing import NamedTuple

from rnnatlas.similarity.alignment import AlignmentDescription, describe_for_alignment
from rnnatlas.similarity.dynamical import DelayOperator, fit_operator, spectral_distance, standardise
from rnnatlas.similarity.systems import Runs


class Dynamics(NamedTuple):
    """A network's operator, for either score, since to fit it is what costs."""

    operator: DelayOperator
    aligned: AlignmentDescription


def describe(system: Runs) -> Dynamics:
    """The operator of a network's standardised rates, so that neither offset nor scale counts."""
    x = standardise(system.rates, system.length)
    operator = fit_operator(x, system.delays, system.rank, length=system.length)
    return Dynamics(operator, describe_for_alignment(operator))


def compare(a: Dynamics, b: Dynamics) -> float:
    """``spectral_distance`` of the operators."""
    return spectral_distance(a.operator, b.operator)
