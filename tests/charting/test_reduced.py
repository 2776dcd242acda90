"""Reduced graphs of networks whose dynamics are known, of the authors' networks, and of those that have none."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import h5py
import networkx as nx
import numpy as np
import pytest

from rnnatlas.charting.compared_graphs import compare_graph
from rnnatlas.charting.reduced import canonical_key, key_stability, reduced_graph
from rnnatlas.charting.reduced.arrays import graph_of
from rnnatlas.charting.reduced.result import NOT_FINITE, UNSETTLED
from rnnatlas.charting.reduced.table import reduced_table
from rnnatlas.config.reduced import ReducedSettings
from rnnatlas.errors import AtlasError
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.parameters import Parameters
from rnnatlas.tasks.registry import get_task

CELLS = {"vanilla": "rnn", "gru": "gru", "lstm": "lstm"}
TASKS = ("delayed_discrimination", "interval_discrimination", "interval_reproduction")


def bistable(bits: int, alpha: float = 0.2, strength: float = 2.0) -> Ensemble:
    """One unit a bit, ``x' = -x + w tanh x + input``: two stable points each, and pulses that turn it over. ``out = 1.2 tanh x``."""
    eye = np.eye(bits, dtype=np.float32)[None]
    zero = np.zeros((1, bits), dtype=np.float32)
    return Ensemble(Parameters(strength * eye, 40.0 * eye, zero, 1.2 * eye, zero), Cell(alpha, 0.0))


@pytest.mark.parametrize("bits", [1, 2, 3])
def test_a_flip_flop_is_a_cube_whose_edges_turn_one_bit_over(bits: int) -> None:
    graph = reduced_graph(bistable(bits), get_task("flip_flop", bits=bits))
    assert len(graph) == 2**bits and graph.number_of_edges() == bits * 2**bits and graph.graph["reason"] == ""
    assert len({labels["output"] for _, labels in graph.nodes(data=True)}) == 2**bits
    for one, other, kind in graph.edges(data="kind"):
        before, after = (np.array(graph.nodes[node]["output"]) for node in (one, other))
        bit = int(kind[1:]) - 1
        assert np.flatnonzero(before != after).tolist() == [bit] and after[bit] == (1 if kind[0] == "+" else -1)


def test_a_network_that_forgets_its_pulses_is_no_cube() -> None:
    """Without a second stable point all trajectories end in one place."""
    graph = reduced_graph(bistable(2, strength=0.5), get_task("flip_flop", bits=2))
    silent = [node for node, labels in graph.nodes(data=True) if not any(labels["output"])]
    assert len(silent) == 1 and graph.in_degree(silent[0]) >= 1
    assert canonical_key(graph) != canonical_key(reduced_graph(bistable(2), get_task("flip_flop", bits=2)))


def without_recurrence(inputs: int, outputs: int) -> Ensemble:
    """Units that are driven by the inputs alone: one fixed point for each constant input."""
    rng = np.random.default_rng(0)
    shapes = ((8, 8), (inputs, 8), (8,), (8, outputs), (outputs,))
    recurrent, into, bias, readout, offset = (rng.normal(size=(1, *shape)).astype(np.float32) for shape in shapes)
    return Ensemble(Parameters(0.0 * recurrent, into, bias, 0.01 * readout, 0.0 * offset), Cell(0.2, 0.0))


def test_without_memory_context_integration_has_a_region_for_each_cue_and_memory_pro_one_for_all() -> None:
    """All that follows evidence comes back to the cue's fixed point; after a stimulus nothing is left of it."""
    graph = reduced_graph(without_recurrence(4, 1), get_task("context_integration"))
    assert len(graph) == 3 and not any(any(output) for _, output in graph.nodes(data="output"))
    assert {kind for *_, kind in graph.edges(data="kind")} >= {"motion context", "colour context"}
    assert (
        len(reduced_graph(without_recurrence(3, 3), get_task("memory_pro"))) == 2
    )  # in the delay, and in the response


@pytest.mark.parametrize("name", TASKS)
def test_graphs_are_the_authors(name: str, shared: Path) -> None:
    """Claim R1, at the number of networks that it asks for; ours differ in none."""
    task, file = get_task(name), shared / "reference" / "turner2021_networks.h5"
    with h5py.File(file) as stored:
        for cell, networks in stored[name].items():
            for network, group in networks.items():
                state = {key: array[:] for key, array in group["weights"].items()}
                own = Ensemble.from_torch(state, CELLS[cell])
                found = compare_graph(file, network, group, own, task, ReducedSettings())
                assert found is not None and found.same, f"{cell} {network}: {found}"


def test_a_graph_hangs_neither_on_company_nor_on_the_order_of_units(shared: Path) -> None:
    """Members of an ensemble are looked at by themselves."""
    task = get_task("interval_reproduction")
    with h5py.File(shared / "reference" / "turner2021_networks.h5") as stored:
        groups = [stored[f"interval_reproduction/vanilla/n20_i{k}"] for k in (100, 102)]
        both = [
            Ensemble.from_torch({key: array[:] for key, array in group["weights"].items()}, "rnn") for group in groups
        ]
    together = Ensemble.concatenate(both)
    keys = [canonical_key(reduced_graph(one, task)) for one in both]
    assert [canonical_key(reduced_graph(together, task, member)) for member in range(2)] == keys
    order = np.random.default_rng(0).permutation(20)
    p = both[0].parameters
    other = replace(
        p,
        recurrent=p.recurrent[:, order][:, :, order],
        input=p.input[:, :, order],
        bias=p.bias[:, order],
        readout=p.readout[:, order],
    )
    assert canonical_key(reduced_graph(both[0].with_parameters(other), task)) == keys[0]


def test_a_network_that_leaves_all_bounds_has_a_reason_and_no_nodes(make_ensemble: "Callable[..., Ensemble]") -> None:
    wild = make_ensemble(2, 6, inputs=2, outputs=1, alpha=1.0)
    recurrent = wild.parameters.recurrent.copy()
    recurrent[0] = np.nan
    wild = wild.with_parameters(replace(wild.parameters, recurrent=recurrent))
    table = reduced_table(wild, get_task("interval_reproduction"), ReducedSettings(orders=0))
    assert (
        table["network/reason"][0] == NOT_FINITE
        and table["network/exact"][0] == ""
        and (table["node/member"] == 1).all()
    )
    assert table["network/exact"][1] != "" and np.isnan(table["network/stability"]).all()


def test_a_network_that_never_settles_has_a_graph_with_that_as_its_reason(
    make_ensemble: "Callable[..., Ensemble]",
) -> None:
    chaotic = make_ensemble(1, 60, inputs=2, outputs=1, alpha=0.3, gain=4.0)
    graph = reduced_graph(chaotic, get_task("interval_reproduction"))
    assert len(graph) > 0 and graph.graph["reason"] == UNSETTLED


def test_graphs_come_back_from_their_arrays(make_ensemble: "Callable[..., Ensemble]") -> None:
    networks, task = make_ensemble(3, 12, inputs=2, outputs=1, alpha=1.0), get_task("interval_discrimination")
    table = reduced_table(networks, task, ReducedSettings(orders=1))
    for member in range(3):
        again, own = graph_of(table, member, ("", "first", "second")), reduced_graph(networks, task, member)
        assert nx.utils.graphs_equal(again, own) and canonical_key(again) == table["network/exact"][member]
    assert ((table["network/stability"] >= 0) & (table["network/stability"] <= 1)).all()


def test_each_threshold_and_the_tasks_own_are_tried() -> None:
    shares = key_stability(bistable(1), get_task("flip_flop", bits=1), orders=2)
    apart = {"orders", "quiet_spread", "lag_prominence", "arrived"}  # of short trajectories, and of outputs that rise
    assert set(shares) == set(ReducedSettings.model_fields) - apart | {"order"}
    assert all(all(same) for same in shares.values())  # a cube hangs on no threshold
    assert {len(same) for same in shares.values()} == {2}


def test_a_tasks_own_thresholds_are_tried_as_well(make_ensemble: "Callable[..., Ensemble]") -> None:
    networks = make_ensemble(1, 12, inputs=2, outputs=1, alpha=1.0, gain=0.8)
    shares = key_stability(networks, get_task("interval_reproduction"), orders=1)
    assert {"graph_root", "graph_set", "graph_settle", "graph_output", "order", "joined", "quiet_spread"} <= set(shares)


def test_of_short_trajectories_the_thresholds_of_long_ones_do_not_count(
    make_ensemble: "Callable[..., Ensemble]",
) -> None:
    networks = make_ensemble(1, 12, inputs=2, outputs=1, alpha=1.0)
    shares = key_stability(networks, get_task("delayed_discrimination"), orders=1)
    assert "steps" not in shares and "rest" not in shares and "graph_apart" not in shares
    assert {"lag_prominence", "arrived", "joined", "graph_settle"} <= set(shares)


def test_a_task_without_branching_inputs_is_refused_by_name(make_ensemble: "Callable[..., Ensemble]") -> None:
    task = get_task("flip_flop")
    task.branching = lambda: None  # type: ignore[method-assign]
    with pytest.raises(AtlasError, match="'Flip-flop' does not say by which inputs it branches"):
        reduced_graph(make_ensemble(1, 4, inputs=3, outputs=3), task)


def test_networks_of_another_shape_are_refused(make_ensemble: "Callable[..., Ensemble]") -> None:
    with pytest.raises(AtlasError, match="along the axis 'input'"):
        reduced_graph(make_ensemble(1, 4, inputs=2, outputs=3), get_task("flip_flop"))
