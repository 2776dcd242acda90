"""Arrays that do not belong together are refused before the compiled engine sees them: it reads by the sizes that it is told."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from training_problem import networks, problem

from rnnatlas.engine.interface import Noise
from rnnatlas.engine.native_engine import NativeEngine
from rnnatlas.engine.steps import TrainingState
from rnnatlas.errors import AtlasError
from rnnatlas.simulation.states import simulate

KINDS = pytest.mark.parametrize("kind", ["rate", "gru", "lstm"])
NAMES = ("recurrent", "input", "bias", "readout", "readout_bias")


def changed(what: Any, **values: Any) -> Any:
    """``dataclasses.replace`` that builds nothing anew: the tests' own check of shapes would refuse it first."""
    found = copy.copy(what)
    for name, value in values.items():
        object.__setattr__(found, name, value)
    return found


@KINDS
@pytest.mark.parametrize("name", NAMES)
def test_an_ensemble_whose_arrays_disagree(kind: str, name: str) -> None:
    ensemble = networks(kind, 2, 40, 3, 2)
    short = getattr(ensemble.parameters, name)[..., :5][..., :-1]
    broken = changed(ensemble, parameters=changed(ensemble.parameters, **{name: short}))
    with pytest.raises(AtlasError, match="shape") as caught:
        simulate(broken, np.zeros((4, 6, 3), np.float32), engine=NativeEngine())
    assert "parameters." in str(caught.value.key)


def test_biases_for_five_of_forty_units_are_named() -> None:
    ensemble = networks("rate", 1, 40, 3, 2)
    broken = changed(ensemble.parameters, bias=ensemble.parameters.bias[:, :5])
    with pytest.raises(AtlasError, match=r"parameters\.bias.*\[1, 40\] is expected, found \[1, 5\]"):
        NativeEngine().roll_out(broken, ensemble.cell, np.zeros((1, 4, 6, 3), np.float32), None)


CALLS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "inputs": lambda call: call | {"inputs": call["inputs"][..., :2]},
    "fewer members": lambda call: call | {"inputs": call["inputs"][:1]},
    "noise": lambda call: call | {"noise": Noise(call["noise"].keys[:1], 0, 0.1)},
    "output_gradient": lambda call: call | {"output_gradient": call["output_gradient"][:, :, :5]},
    "rate_gradient": lambda call: call | {"rate_gradient": call["rate_gradient"][..., :39]},
}


@pytest.mark.parametrize("what", CALLS)
def test_a_gradient_of_arrays_that_disagree(what: str) -> None:
    ensemble, shape = networks("rate", 2, 40, 3, 2), (2, 4, 6)
    sizes = {"inputs": 3, "output_gradient": 2, "rate_gradient": 40}
    call: dict[str, Any] = {name: np.zeros((*shape, size), np.float32) for name, size in sizes.items()}
    call |= {"noise": Noise(np.arange(2, dtype=np.uint64), 0, 0.1)}
    NativeEngine().gradient(ensemble.parameters, ensemble.cell, **call)
    with pytest.raises(AtlasError, match="shape"):
        NativeEngine().gradient(ensemble.parameters, ensemble.cell, **CALLS[what](call))


@KINDS
def test_no_trials_give_no_gradient(kind: str) -> None:
    ensemble = networks(kind, 2, 9, 3, 2)
    none = np.zeros((2, 0, 5, 3), np.float32)
    found = NativeEngine().gradient(ensemble.parameters, ensemble.cell, none, None, none[..., :2], None)
    assert all(not array.any() for array in found)
    run = NativeEngine().roll_out(ensemble.parameters, ensemble.cell, none, None)
    assert run.rates.shape == (2, 0, 5, 9)


def train(state: Callable[[TrainingState], TrainingState], **change: Any) -> None:
    trained = problem({"earlier": (("rate", 9),), "deflation": {"strength": 0.3}})
    engine = NativeEngine()
    penalty = trained.penalty(engine)
    setup, batches = trained.setup(penalty), trained.batches
    if "keys" in change:
        setup = changed(setup, keys=setup.keys[:1])
    if "reference" in change:
        assert setup.term is not None
        reference = changed(setup.term.references[0], parameters=networks("rate", 2, 9, 5, 3).parameters)
        setup = changed(setup, term=changed(setup.term, references=[reference]))
    batches = changed(
        batches, **{name: value(getattr(batches, name)) for name, value in change.items() if callable(value)}
    )
    engine.train(setup, state(trained.begin()), batches, trained.schedule(penalty))


def same(state: TrainingState) -> TrainingState:
    return state


TRAININGS: dict[str, dict[str, Any]] = {
    "fewer inputs": {"inputs": lambda array: array[..., :1]},
    "fewer steps": {"targets": lambda array: array[:1]},
    "shorter weights": {"weight": lambda array: array[:, :, :, :3]},
    "fewer lengths": {"length": lambda array: array[:, :, :2]},
    "trials longer than they are": {"length": lambda array: array + 1},
    "negative lengths": {"length": lambda array: array - 100},
    "keys": {"keys": None},
    "reference": {"reference": None},
}


@pytest.mark.parametrize("what", TRAININGS)
def test_a_training_of_arrays_that_disagree(what: str) -> None:
    train(same)
    with pytest.raises(AtlasError, match="expected"):
        train(same, **TRAININGS[what])


STATES: dict[str, Callable[[TrainingState], TrainingState]] = {
    "moments of another shape": lambda state: changed(state, first=state.first.map(lambda a: a[:1])),
    "double precision": lambda state: changed(state, parameters=state.parameters.map(lambda a: a.astype(np.float64))),
    "another layout": lambda state: changed(state, second=state.second.map(np.asfortranarray)),
    "fewer members": lambda state: changed(state, smoothed=state.smoothed[:1]),
    "numbers for flags": lambda state: changed(state, active=state.active.astype(np.int64)),
}


@pytest.mark.parametrize("what", STATES)
def test_a_state_that_the_engine_could_not_update_in_place(what: str) -> None:
    with pytest.raises(AtlasError, match="expected"):
        train(STATES[what])
