"""The results of one group of claims in one task: on its networks, and on each set of chains of alternatives."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

from rnnatlas.claims.claim import Result
from rnnatlas.evidence.case import Case


def judged(module: str, case: Case) -> list[Result]:
    """What the module of a row of ``catalogue.py`` finds, the sets of chains in the order of the study."""
    group = import_module(f"rnnatlas.claims.{module}")
    results: list[Result] = group.judge(case) if hasattr(group, "judge") else []
    for chains in sets_of(case) if hasattr(group, "judge_chains") else ():
        results += [replace(result, chains=chains) for result in group.judge_chains(case.about(chains))]
    return results


def sets_of(case: Case) -> list[str]:
    """The sets of chains of the task that have alternatives."""
    return [chains for chains in case.evidence.sets() if case.evidence.rounds(chains)]
