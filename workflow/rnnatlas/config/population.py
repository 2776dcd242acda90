"""Which networks a study holds: populations of standard networks, and chains of alternatives."""

from __future__ import annotations

from rnnatlas.config.base import Section, setting


class PopulationSettings(Section):
    """Standard networks that share a cell and an initial gain."""

    gain: float = setting(1.0, "g: initial recurrent weights are drawn from N(0, g^2/N)", source="INSD: 0.01, 0.5, 1.0, 1.5", ge=0)  # fmt: skip
    members: int = setting(10, "networks in this population", source="INSD: 10 a gain", ge=1)


class ChainSettings(Section):
    """Chains of alternatives: a reference, then alt-1, alt-2, ... each unlike all before it."""

    chains: int = setting(8, "chains, each from another accepted standard network, drawn round-robin over the populations", ge=1)  # fmt: skip
    rounds: int = setting(2, "alternatives in each chain", source="INSD: alt-1 and alt-2", ge=1)
    gain: float = setting(1.0, "g of the alternatives' fresh initial weights", ge=0)
