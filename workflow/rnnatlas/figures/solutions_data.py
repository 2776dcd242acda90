"""What the figure of a task's solutions shows: one chain in detail, and all networks compared."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.artifacts.trials_file import read_trials
from rnnatlas.claims.predictivity_claims import A1
from rnnatlas.engine.interface import Engine
from rnnatlas.engine.select import select_engine
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.files import read_ensemble
from rnnatlas.simulation.rates import roll_out
from rnnatlas.tasks.registry import get_task
from rnnatlas.tasks.task import Task
from rnnatlas.tasks.trials import Trials

SHOWN_TRIALS = 24
COMPONENTS = 3


def shown_networks(evidence: Evidence) -> list[int]:
    """A standard network and the alternatives of one chain: the first chain whose alternatives were all accepted, else the
    first. Without chains, the first accepted standard network."""
    rounds = evidence.rounds()
    if not rounds:
        standard = evidence.standard()
        return [int(standard[np.argmax(evidence.accepted(standard))])]
    chains = np.stack(list(rounds.values()))  # [round, chain]
    good = evidence.networks["accepted"][chains].all(axis=0)
    chosen = chains[:, int(np.argmax(good))]
    return [*evidence.earlier(int(chosen[0])), *map(int, chosen)]


def _predicts_earlier(evidence: Evidence, network: int) -> float:
    """Largest null-space predictivity of an earlier solution of the chain; NaN for what a chain begins with."""
    values = [evidence.similarity["null"][network, earlier] for earlier in evidence.earlier(network)]
    return float(max(values, default=np.nan))


def principal_components(rates: Float[Array, "sample unit"], count: int) -> tuple[Array, Array, Array]:
    """Mean, components [count, unit] and the share of variance of each."""
    mean = rates.mean(0)
    _, s, vt = np.linalg.svd(rates - mean, full_matrices=False)
    signs = np.sign(vt[np.arange(len(vt)), np.abs(vt).argmax(1)])
    return mean, (vt * signs[:, None])[:count], (s**2 / np.sum(s**2))[:count]


def no_points(units: int) -> dict[str, Array]:
    """The points of a gated network, which are not sought."""
    flags = {name: np.zeros(0, dtype=bool) for name in ("counted", "fixed", "stable")}
    return flags | {
        "state": np.zeros((0, units)),
        "unstable": np.zeros(0, dtype=np.int64),
        "eigenvalues": np.zeros((0, units), dtype=complex),
    }


def solution_data(
    evidence: Evidence, ensembles: dict[str, Ensemble], task: Task[Any], trials: Trials, engine: Engine
) -> dict[str, Array]:
    """Arrays of the figure: for each network shown, noise-free trajectories and points in its own principal components
    (rates), spectra of its counted fixed points; and for all networks the matrices and the map."""
    table = evidence.networks
    shown = shown_networks(evidence)
    few = trials[:SHOWN_TRIALS]
    data: dict[str, Array] = {
        **about(task, evidence.title, next(iter(ensembles.values())).cell.alpha),
        "shown/network": table["network"][shown],
        "shown/round": table["round"][shown],
        "shown/accepted": table["accepted"][shown],
        "shown/performance": evidence.similarity["performance"][shown],
        "shown/rate": np.array([ensembles[str(table["ensemble"][n])].cell.kind == "rate" for n in shown]),
        "shown/predicts": np.array([_predicts_earlier(evidence, network) for network in shown]),
        "trials/colour": few.conditions[task.colour_variable()],
        "trials/length": few.length,
    }
    for index, network in enumerate(shown):
        ensemble = ensembles[str(table["ensemble"][network])][int(table["member"][network])]
        rates = roll_out(ensemble, trials.inputs, 0.0, ("figure",), engine).rates[0].astype(np.float64)
        mean, components, share = principal_components(rates[trials.valid()], COMPONENTS)
        data[f"network {index}/trajectories"] = ((rates[:SHOWN_TRIALS] - mean) @ components.T).astype(np.float32)
        data[f"network {index}/variance"] = share
        for constant in range(len(task.constant_inputs())):
            rate = ensemble.cell.kind == "rate"
            points = evidence.points(network, constant) if rate else no_points(ensemble.units)
            keep = points["counted"]
            folder = f"network {index}/input {constant}"
            data[f"{folder}/position"] = (np.tanh(points["state"][keep]) - mean) @ components.T
            for name in ("fixed", "stable", "unstable"):
                data[f"{folder}/{name}"] = points[name][keep]
            data[f"{folder}/eigenvalues"] = points["eigenvalues"][keep & points["fixed"]]
    for name in ("network", "chains", "round", "ensemble", "member", "accepted"):
        data[f"all/{name}"] = table[name]
    for name in ("null", "raw", "performance", "untrained/null"):
        data[f"all/{name}"] = evidence.similarity[name]
    for name in ("position", "distance", "stress"):
        data[f"all/{name}"] = evidence.embedding[name]
    return data


def about(task: Task[Any], title: str, alpha: float) -> dict[str, Array]:
    """What the figure's labels need, ``about/*``; ``decoupled`` is the threshold of claim A1."""
    scales = {variable.name: variable.scale for variable in task.variables()}
    facts = {
        "title": title,
        "colour": task.colour_variable(),
        "circular": scales[task.colour_variable()] == "circular",
        "inputs": "|".join(task.constant_inputs()),
        "alpha": alpha,
        "view": task.view,
        "decoupled": A1.threshold,
    }
    return {f"about/{name}": np.array(value) for name, value in facts.items()}


def collect(case: Case) -> dict[str, Array]:
    """The arrays of the figure of one task."""
    ensembles = {name: read_ensemble(file) for name, file in case.of_part("own", "networks").items()}
    (trials,) = map(read_trials, case.trials("analysis"))
    task = get_task(case.task, **case.cfg["trial"])
    return solution_data(case.evidence, ensembles, task, trials, select_engine(case.cfg["engine"], case.threads))
