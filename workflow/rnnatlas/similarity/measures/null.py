"""Linear predictivity between readout null spaces, uncentred: what INSD penalises."""

from functools import partial

from rnnatlas.similarity.predictive import of_pair, predictivity, rates_in_null_space

describe = rates_in_null_space
compare = partial(of_pair, center=False)
matrix = partial(predictivity, center=False)
