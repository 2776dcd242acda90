"""Linear predictivity of rates, uncentred."""

from functools import partial

from rnnatlas.similarity.predictive import of_pair, predictivity, rates_as_they_are

describe = rates_as_they_are
compare = partial(of_pair, center=False)
matrix = partial(predictivity, center=False)
