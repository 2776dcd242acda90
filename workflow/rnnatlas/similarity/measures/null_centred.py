"""Linear predictivity between readout null spaces, training means taken away."""

from functools import partial

from rnnatlas.similarity.predictive import of_pair, predictivity, rates_in_null_space

describe = rates_in_null_space
compare = partial(of_pair, center=True)
matrix = partial(predictivity, center=True)
