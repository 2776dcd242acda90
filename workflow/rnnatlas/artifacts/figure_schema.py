"""The artifact of what a figure shows."""

from rnnatlas.artifacts.schema import Dataset, Schema

FIGURE = Schema("figure", 1, "collect", {"*": Dataset("...", "any")})
