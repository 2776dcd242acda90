"""Groups of claims: what each reads, and the module that judges it. A group is a target, ``results/<run>/claims/<group>.json``.

A module has one of these functions, or both: ``judge(case) -> list[Result]``, called once a task, and ``judge_chains(case)``, called
for each set of chains of a task, which ``case.evidence`` is then about. To add a group: a module, and a row here.
"""

from __future__ import annotations

from dataclasses import dataclass

from rnnatlas.evidence.needs import Needs


@dataclass(frozen=True)
class Group:
    """``claims`` are the keys that its module judges, in the order in which the scorecard has them."""

    module: str
    claims: tuple[str, ...]
    needs: Needs


GROUPS = {
    "predictivity": Group("predictivity_claims", ("S4", "A1", "A1b", "A3"), Needs(own=("similarity",))),
    "classes": Group("class_claims", ("S6", "A2", "A7", "A9"), Needs(own=("similarity", "embedding", "measures"))),
    "attractors": Group(
        "attractor_claims", ("S1", "S2", "S3", "A5"), Needs(own=("fixed_points", "attractors", "similarity"))
    ),
    "rotation": Group("rotation_claims", ("A6",), Needs(own=("attractors", "decoding", "similarity"))),
    "limit_sets": Group(
        "limit_set_claims", ("S5", "A4"), Needs(own=("limit_sets", "fixed_points", "attractors", "similarity"))
    ),
    "decoding": Group("decoding_claims", ("S7", "S8", "A8", "A8b"), Needs(own=("decoding", "similarity"))),
    "hidden": Group("hidden_claims", ("A10",), Needs(own=("hidden", "similarity"))),
    "irrelevant_dynamics": Group("metric_claims", ("M1",), Needs(study=("metric_asymmetry",))),
    "measure": Group(
        "measure_claims",
        ("M2", "M3"),
        Needs(beside=("similarity", "networks"), controls=("similarity", "networks")),
    ),
    "hard": Group(
        "hard_conditions",
        ("H1", "H2", "H3", "H4"),
        Needs(own=("generalisation", "similarity"), controls=("generalisation",)),
    ),
    "robustness": Group(
        "robustness_claims", ("K1",), Needs(own=("robustness", "similarity"), controls=("robustness",))
    ),
    "finer_steps": Group("finer_step_claims", ("Cd",), Needs(own=("finer_steps",))),
    "time_step": Group(
        "time_step_claims",
        ("A4t", "A12"),
        Needs(own=("finer_steps", "fixed_points", "limit_sets", "attractors", "similarity")),
    ),
    "capacity": Group("capacity_claims", ("A13",), Needs(own=("similarity",))),
    "two_neuron": Group("two_neuron_claims", ("T1", "T2", "T3", "T6"), Needs(study=("two_neuron",))),
    "compared": Group("compared_claims", ("T4", "R1", "R2"), Needs(study=("compared_networks", "compared_features"))),
    "populations": Group("population_claims", ("T5",), Needs(charted=("networks",))),
    "extrapolation": Group(
        "extrapolation_claims", ("T7", "T8"), Needs(charted=("networks", "extrapolation", "limit_sets", "reduced"))
    ),
    "types": Group("type_claims", ("R3", "R4", "R5", "R7"), Needs(charted=("networks", "reduced", "features"))),
    "controls": Group(
        "control_claims",
        ("Ca", "Cb", "Cc", "auto"),
        Needs(
            beside=("fixed_points", "limit_sets", "attractors", "decoding"),
            controls=("fixed_points", "limit_sets", "attractors", "decoding", "similarity", "embedding"),
        ),
    ),
}

# Standard networks, alternatives, the measure, hard conditions, controls, charting.
ORDER = [f"S{k}" for k in range(1, 9)]
ORDER += ["A1", "A1b", "A2", "A3", "A4", "A4t", *(f"A{k}" for k in range(5, 9)), "A8b", "A9", "A10", "A12", "A13"]
ORDER += ["M1", "M2", "M3", "H1", "H2", "H3", "H4", "K1", "Ca", "Cb", "Cc", "Cd", "auto"]
ORDER += [*(f"T{k}" for k in range(1, 9)), *(f"R{k}" for k in range(1, 6)), "R7"]
