"""Linear predictivity of rates, training means taken away."""

from functools import partial

from rnnatlas.similarity.predictive import of_pair, predictivity, rates_as_they_are

describe = rates_as_they_are
compare = partial(of_pair, center=True)
matrix = partial(predictivity, center=True)
