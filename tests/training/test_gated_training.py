"""GRUs and LSTMs learn, by the same loop as rate networks."""

import numpy as np
import pytest

from rnnatlas.config.training import DeflationSettings, NetworkSettings, TrainingSettings
from rnnatlas.deflation.chains import begin_chains, deflate
from rnnatlas.engine.native_engine import NativeEngine
from rnnatlas.engine.torch_engine import TorchEngine
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.tasks.flip_flop import FlipFlop, Settings
from rnnatlas.training.loop import fit
from rnnatlas.training.member import Member
from rnnatlas.training.run import TrainingRun
from rnnatlas.training.standard import cell_of, fresh_networks

TASK = FlipFlop(Settings(bits=1, duration=600.0))
LONG = TrainingSettings(warm_up=0, steps=300, batch=16, learning_rate=2e-2, acceptance=0.9, acceptance_trials=64)
SHORT = LONG.model_copy(update={"steps": 16})
MEMBERS = [Member((0, "gated"), index) for index in range(2)]
GATED = pytest.mark.parametrize("kind", ["gru", "lstm"])


def fresh(kind: str) -> Ensemble:
    network = NetworkSettings(units=12, cell=kind)  # type: ignore[arg-type]
    return fresh_networks(TASK, network, 1.0, MEMBERS)


@GATED
def test_a_small_network_learns_one_bit(kind: str) -> None:
    trained = fit(fresh(kind), TASK, LONG, TrainingRun(MEMBERS, NativeEngine()))
    assert trained.training and trained.cell.kind == kind
    loss = trained.training.loss
    assert np.all(loss[:, -10:].mean(1) < 0.1 * loss[:, :3].mean(1))
    trials = TASK.trials(400, seed=9)
    performance = TASK.performance(trained.simulate(trials.inputs).outputs, trials)
    assert np.all(performance > 0.95) and trained.training.accepted.all()
    assert np.allclose(trained.training.performance, performance, atol=0.05)
    untrained = TASK.performance(fresh(kind).simulate(trials.inputs).outputs, trials)
    assert np.all(untrained < 0.9)


@GATED
def test_the_portable_engine_learns_the_same(kind: str) -> None:
    """Step by step through ``roll_out`` and ``gradient`` instead of whole steps."""
    native, portable = (
        fit(fresh(kind), TASK, SHORT, TrainingRun(MEMBERS, engine)) for engine in (NativeEngine(), TorchEngine())
    )
    assert native.training and portable.training
    assert np.allclose(native.training.loss, portable.training.loss, rtol=1e-3)
    assert np.all(native.training.loss[:, -1] < native.training.loss[:, 0])


@GATED
def test_alternatives_to_a_gated_network_are_like_their_references(kind: str) -> None:
    """Cell, units and leak of the references, where nothing else is asked for."""
    chains = begin_chains({"g1": fresh(kind)}, [("g1", 0), ("g1", 1)])
    settings = DeflationSettings(strength=0.3, training=SHORT.model_copy(update={"acceptance": 0.0}))
    alternatives = deflate(chains, TASK, settings, TrainingRun(MEMBERS, NativeEngine()))
    assert alternatives.cell == chains.solutions[0].cell and alternatives.units == 12
    assert alternatives.training and np.all(alternatives.training.penalty > 0)


@pytest.mark.parametrize("kind", ["rate", "gru", "lstm"])
def test_the_leak_belongs_to_the_rate_cell(kind: str) -> None:
    network = NetworkSettings(cell=kind, tau=50.0)  # type: ignore[arg-type]
    assert cell_of(TASK, network).alpha == (0.4 if kind == "rate" else 1.0)
