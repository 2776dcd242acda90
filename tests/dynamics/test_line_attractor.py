"""A context integrator made by hand, whose line, fixed points and selection vector are known on paper.

The recurrent weights have rank one, J = a' w: rates are read by a and written along w, which lives on the group L alone. Groups M and C
receive motion and colour; a context's cue drives the other stream's group into saturation, half of it up and half down, so that its
rates cancel in r·a. At any state D = diag(1 - tanh² x), A = D a' w - I, and D a' is the right eigenvector: the selection vector.
"""

import numpy as np
import pytest

from rnnatlas.config.analysis import AttractorSettings, FixedPointSettings
from rnnatlas.dynamics.attractors import measure_attractors, points_of
from rnnatlas.dynamics.census import fixed_point_census
from rnnatlas.dynamics.field import RateField
from rnnatlas.dynamics.line_attractor import Context, line_attractor, selection_ratio, selection_vectors, task_contexts
from rnnatlas.dynamics.stability import spectrum
from rnnatlas.engine.select import select_engine
from rnnatlas.errors import AtlasError
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.initial_weights import initialise
from rnnatlas.networks.parameters import Parameters
from rnnatlas.tasks.flip_flop import FlipFlop
from rnnatlas.tasks.flip_flop import Settings as FlipFlopSettings
from rnnatlas.tasks.memory_pro import MemoryPro
from rnnatlas.tasks.memory_pro import Settings as MemoryProSettings
from rnnatlas.tasks.registry import get_task

L, M, C = np.arange(8), np.arange(8, 12), np.arange(12, 16)
UNITS, SIGNS, GATE = 16, np.array([1.0, 1.0, -1.0, -1.0]), 2.5
LINE = np.where(np.arange(UNITS) < 8, 0.1, 0.0)  # w
READ = np.zeros(UNITS)  # a, with w·a = 1
READ[L], READ[M], READ[C] = 1.25, SIGNS, SIGNS


def task():
    return get_task("context_integration")


def integrator(gate: float = GATE, gain: float = 1.0, lines: int = 1) -> Ensemble:
    """``gate``: drive of a cue on the other stream's group; ``gain``: that of the loop; ``lines``: 2 makes a plane."""
    recurrent = np.outer(gain * READ, LINE)
    if lines == 2:  # a second line, along w with alternating signs on L, that nothing drives
        other = LINE * np.where(np.arange(UNITS) % 2 == 0, 1.0, -1.0)
        recurrent = recurrent + np.outer(np.where(np.arange(UNITS) < 8, 1.25 * np.sign(other), 0.0), other)
    weights = np.zeros((4, UNITS))
    weights[0, M] = weights[1, C] = SIGNS / (4 * 0.2 * task().bound())  # one step of u moves s by 0.2 · u · 4 b
    # Cue and stream must not go together in sign: up and down by pairs that cancel in r·a.
    weights[2, C] = weights[3, M] = gate * np.array([1.0, -1.0, 1.0, -1.0])
    readout = np.where(np.arange(UNITS) < 8, 1.25, 0.0)[:, None]
    parts = recurrent, weights, np.zeros(UNITS), readout, np.zeros(1)
    return Ensemble(Parameters(*(np.float32(part)[None] for part in parts)), Cell(0.2))


def measured(ensemble: Ensemble, trials: int = 64) -> tuple[dict, dict]:
    shown = task().trials(trials, seed=0)
    points = fixed_point_census(ensemble, task(), shown, FixedPointSettings(starts=128, distinct_slow=0.005), seed=0)
    engine = select_engine("auto", threads=1)
    return measure_attractors(ensemble, task(), shown, points, AttractorSettings(), 0.2, 0, engine), points


def gate_left_open(x: float) -> float:
    return float(1 - np.tanh(x) ** 2)


def test_the_integrator_made_by_hand_solves_the_task() -> None:
    trials = task().trials(200, seed=3)
    outputs = integrator().simulate(trials.inputs, noise=0.0).outputs
    assert task().performance(outputs, trials)[0] > 0.95


def test_a_line_in_each_context_is_found_with_its_selection_vector() -> None:
    found, points = measured(integrator())
    assert found["line/variance"].shape == (1, 2) and (found["line/variance"] > 0.95).all()
    assert (found["line/range"] > 0.9).all() and (found["line/points"] >= 10).all()
    # On the line the relevant group rests at 0 and the other at ±2.5; slow points may lie a little beside it.
    assert found["line/selection"][0] == pytest.approx(1 / gate_left_open(GATE), rel=0.05)
    mine = points_of(points, 0, 0)
    vectors = selection_vectors(mine["eigenvalues"], mine["right"])
    known = (1 - np.tanh(mine["state"]) ** 2) * READ
    cosine = np.abs(np.sum(vectors * known, axis=1)) / np.linalg.norm(known, axis=1)
    assert cosine.min() > 1 - 1e-9


def test_the_left_eigenvector_is_the_line_and_would_select_nothing() -> None:
    ensemble = integrator()
    field = RateField.of(ensemble, 0, np.array([0.0, 0.0, 1.0, 0.0]))
    found = spectrum(field.jacobian(field.drive[None]), field.alpha)
    assert np.allclose(np.abs(found.left[0, 0]), LINE / np.linalg.norm(LINE), atol=1e-7)
    assert np.allclose(found.left[0, 0] @ ensemble.parameters.input[0, 0], 0.0)  # motion does not enter it


def test_the_selection_vector_foretells_where_a_pulse_of_input_leaves_the_network() -> None:
    """δx·v is kept by the linear flow: the readout of a state pushed by b ends at b·v / (w·v) along w."""
    ensemble = integrator()
    field = RateField.of(ensemble, 0, np.array([0.0, 0.0, 1.0, 0.0]))
    found = spectrum(field.jacobian(field.drive[None]), field.alpha)
    vector = selection_vectors(found.eigenvalues, found.right)[0]
    for push in ensemble.parameters.input[0, :2].astype(np.float64):
        x = field.drive + 1e-4 * push
        for _ in range(400):
            x = field.step(x)
        expected = 1e-4 * (push @ vector / (LINE @ vector)).real
        assert (x - field.drive) @ LINE / (LINE @ LINE) == pytest.approx(expected, rel=1e-4)


def test_an_integrator_without_gates_selects_nothing() -> None:
    found, _ = measured(integrator(gate=0.0))
    assert (found["line/range"] > 0.9).all() and found["line/selection"][0] == pytest.approx(1.0, rel=0.05)


def test_a_leaky_integrator_has_no_line() -> None:
    found, _ = measured(integrator(gain=0.5))
    assert (found["line/range"] < 0.5).all()


def test_a_plane_is_not_a_line() -> None:
    """Points drawn over a square of the plane attractor: the first component has half of the variance."""
    ensemble = integrator(lines=2)
    field = RateField.of(ensemble, 0, np.array([0.0, 0.0, 1.0, 0.0]))
    other = LINE * np.where(np.arange(UNITS) % 2 == 0, 1.0, -1.0)
    s = np.stack(np.meshgrid(np.linspace(-1, 1, 9), np.linspace(-1, 1, 9))).reshape(2, -1).T
    states = field.drive + s @ np.stack([LINE, other])
    assert np.linalg.norm(field.flow(states), axis=1).max() < 0.02
    points = as_points(field, states, ensemble)
    plane = line_attractor(points, ensemble.parameters.input[0], Context(0, 0, 1, 2.0))
    assert plane.variance == pytest.approx(0.5) and plane.points == 81
    points["counted"] = np.isclose(s[:, 1], 0.0)
    line = line_attractor(points, ensemble.parameters.input[0], Context(0, 0, 1, 2.0))
    assert line.variance == pytest.approx(1.0) and line.points == 9
    assert line.range == pytest.approx(np.ptp(points["output"][points["counted"]]) / 2.0)


def as_points(field: RateField, states: np.ndarray, ensemble: Ensemble) -> dict[str, np.ndarray]:
    found = spectrum(field.jacobian(states), field.alpha)
    output = np.tanh(states) @ ensemble.parameters.readout[0]
    counted = np.ones(len(states), dtype=bool)
    return {
        "state": states,
        "output": output,
        "counted": counted,
        "eigenvalues": found.eigenvalues,
        "right": found.right,
    }


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_points_span_nothing_and_have_no_first_component(count: int) -> None:
    ensemble = integrator()
    field = RateField.of(ensemble, 0, np.array([0.0, 0.0, 1.0, 0.0]))
    points = as_points(field, np.repeat(field.drive[None], count, axis=0), ensemble)
    line = line_attractor(points, ensemble.parameters.input[0], Context(0, 0, 1, 2.0))
    assert np.isnan(line.variance) and line.range == 0.0 and line.points == count
    assert np.isnan(line.selection) == (count == 0)


def test_an_input_that_does_not_enter_the_mode_at_all_makes_the_ratio_infinite() -> None:
    assert selection_ratio(np.array([[1.0 + 0j, 0.0]]), np.array([2.0, 0.0]), np.array([0.0, 1.0])) == np.inf


def test_the_contexts_follow_from_the_trials() -> None:
    for settings in ({}, {"target": "choice"}, {"dt": 50.0, "duration": 600.0}):
        chosen = get_task("context_integration", **settings)
        motion, colour = task_contexts(chosen, chosen.trials(60, seed=2))
        assert (motion.constant, motion.relevant, motion.irrelevant) == (0, 0, 1)
        assert (colour.constant, colour.relevant, colour.irrelevant) == (1, 1, 0)
        assert 1.0 < motion.target_range <= 2.0
    for other in (FlipFlop(FlipFlopSettings()), MemoryPro(MemoryProSettings())):
        assert task_contexts(other, other.trials(8, seed=0)) == []


def test_points_of_other_networks_and_gated_cells_are_refused(make_ensemble) -> None:
    _, points = measured(integrator(), trials=16)
    shown, engine = task().trials(16, seed=0), select_engine("auto", threads=1)
    with pytest.raises(AtlasError, match="points of 2 networks"):
        measure_attractors(make_ensemble(2, 16, 4, 1), task(), shown, points, AttractorSettings(), 0.2, 0, engine)
    gated = initialise([0], 16, 4, 1, 1.0, Cell(0.2, kind="gru"), (0,))
    with pytest.raises(AtlasError, match="rate units"):
        measure_attractors(gated, task(), shown, points, AttractorSettings(), 0.2, 0, engine)
