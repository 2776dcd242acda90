"""Figure 5 and the figure and table of experiments, from networks whose differences are known."""

from dataclasses import replace

import numpy as np
import pytest

from rnnatlas.artifacts.store import Artifact
from rnnatlas.claims.hard_groups import Cell, cell_scores
from rnnatlas.config.analysis import HoldSettings
from rnnatlas.config.training import HardSettings
from rnnatlas.engine.select import select_engine
from rnnatlas.evidence.evidence import Evidence
from rnnatlas.figures import experiments as experiments_figure
from rnnatlas.figures import hard as hard_figure
from rnnatlas.figures.experiments import write_experiments
from rnnatlas.figures.experiments_data import experiments_data
from rnnatlas.figures.hard_data import hard_data
from rnnatlas.generalisation.grid import evaluate_grid, input_levels
from rnnatlas.generalisation.holds import HoldingTask, evaluate_holds
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.registry import get_task

ENGINE = select_engine("auto", 1)
SETTINGS = HardSettings(load=[0.5, 1.0], private_noise=[1.0, 4.0], input_noise=[1.0, 2.0])
SHORT = {
    "flip_flop": {"duration": 400.0, "probability": 0.1},
    "memory_pro": {"onset": (60, 100), "stimulus": (60, 100), "delay": (60, 200), "response": (200, 240), "lead": 20},
}
STANDARD, FIRST, SECOND = "standard/g1.0", "alternatives/insd_alt1", "alternatives/insd_alt2"


@pytest.fixture(scope="module", params=SHORT)
def study(request, make_ensemble):
    """Standards; alt-1, the same networks with three times their readout; alt-2, none competent."""
    task = get_task(request.param, **SHORT[request.param])
    shape = len(task.input_names), len(task.output_names)
    standard = make_ensemble(5, 12, *shape, noise=0.05)
    weights = standard.parameters
    louder = standard.with_parameters(replace(weights, readout=3.0 * weights.readout))
    networks = {STANDARD: standard, FIRST: louder, SECOND: make_ensemble(5, 12, *shape, noise=0.05, seed=1)}
    loads = [task.draw(24, generator(0, i), load) for i, load in enumerate(SETTINGS.load)]
    return task, loads, networks, evidence(request.param, task, loads, networks)


def evidence(name: str, task, loads, networks: dict[str, Ensemble]) -> Evidence:
    tables = {}
    for folder, ensemble in networks.items():
        axes = {
            "load": SETTINGS.load,
            "private_noise": SETTINGS.private_noise,
            "input_noise": input_levels(task, SETTINGS),
        }
        tables[folder] = {key: np.array(values) for key, values in axes.items()}
        tables[folder] |= evaluate_grid(ensemble, task, loads, SETTINGS, 0, ENGINE).datasets()
        if isinstance(task, HoldingTask):
            tables[folder] |= evaluate_holds(ensemble, task, HoldSettings(trials=20, longest=4), 0, ENGINE).datasets()
    places = [(folder, k) for folder in networks for k in range(5)]
    round_ = np.repeat([0, 1, 2], 5)
    rows = {
        "network": np.array([f"{folder}#{k}" for folder, k in places]),
        "ensemble": np.array([folder for folder, _ in places]),
        "member": np.array([k for _, k in places]),
        "round": round_,
        "chains": np.where(round_ > 0, "insd", "-"),
        "reference": np.where(round_ > 0, 0, -1),
        "accepted": np.ones(15, bool),
        "performance": np.where(round_ < 2, 0.95, 0.2),
    }
    return Evidence(name, rows, {"similarity": rows, "generalisation": tables})


def with_networks(e: Evidence, networks: dict[str, np.ndarray]) -> Evidence:
    """The evidence with another table of networks, which is also that of similarity."""
    return replace(e, networks=networks, tables={**e.tables, "similarity": networks})


def test_figure_5_shows_differences_of_competent_alternatives_only(study, tmp_path) -> None:
    task, _, _, e = study
    data = hard_data(e, 0)
    assert data["alt-1/count"].tolist() == [5, 5] and data["alt-2/count"].tolist() == [0, 5]
    assert "alt-2/difference" not in data and not data["matched"]
    networks = [np.flatnonzero(e.networks["round"] == k) for k in (1, 0)]
    for i, load in enumerate(SETTINGS.load):
        for j, level in enumerate(SETTINGS.private_noise):
            one, other = (np.median(cell_scores(e, n, Cell(load, level)).mean(1)) for n in networks)
            assert data["alt-1/difference"][i, j, 0] == pytest.approx(one - other)
    assert (data["alt-1/low"] <= data["alt-1/high"]).all()
    assert ("hold/retained" in data) == isinstance(task, HoldingTask)
    for name in ("a", "b"):
        hard_figure.draw([Artifact(data)], [tmp_path / f"{name}.png", tmp_path / f"{name}.svg"])
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    text = (tmp_path / "a.svg").read_text()
    assert "alt-1 (5/5)" in text and "alt-2 (0/5)" in text and "not matched" in text
    assert ("bits retained" in text) == isinstance(task, HoldingTask)


def test_figure_5_of_standards_alone(study, tmp_path) -> None:
    e = study[3]
    alone = with_networks(e, {key: array[:5] for key, array in e.networks.items()})
    hard_figure.draw([Artifact(hard_data(alone, 0))], [tmp_path / "h.png"])
    assert (tmp_path / "h.png").read_bytes().startswith(b"\x89PNG")


def test_experiments_tell_a_change_of_readout_in_outputs_and_not_in_geometry(study, tmp_path) -> None:
    task, loads, networks, e = study
    data = experiments_data(e, networks, task, loads, 1e-6, 0, ENGINE)
    assert set(data["all/alternative"]) == {"alt-1"}  # alt-2 is not competent
    kinds = {
        kind: np.flatnonzero(data["all/kind"] == kind) for kind in ("output", "dimension", "unpredicted", "performance")
    }
    assert (data["all/difference"][kinds["output"]] > 0).mean() > 0.9
    assert np.abs(data["all/difference"][kinds["dimension"]]).max() == 0.0
    # an alternative's own standard predicts it wholly, which the standards' medians leave out
    assert (data["all/difference"][kinds["unpredicted"]] <= 1e-9).all()
    assert len(kinds["performance"]) == e.each("generalisation")[STANDARD]["performance"][0].size
    assert data["all/epoch"][kinds["output"]].tolist().count("response") > 0 or e.task == "flip_flop"
    best = data["best/difference"][data["best/kind"] == "output"]
    assured = np.maximum(data["all/low"], -data["all/high"])[kinds["output"]]
    assert best[0] == data["all/difference"][kinds["output"]][np.argmax(assured)]
    assert data["best/kind"].tolist().count("output") == 3
    data |= {"title": np.array(task.title), "load_name": np.array(task.load_name)}
    experiments_figure.draw([Artifact(data)], [tmp_path / "e.png", tmp_path / "e.md"])
    lines = (tmp_path / "e.md").read_text().splitlines()
    assert sum(line.startswith("| alt-1 | output |") for line in lines) == 3
    assert (tmp_path / "e.png").read_bytes().startswith(b"\x89PNG")


def test_matched_standards_take_the_place_of_all_others(study, tmp_path) -> None:
    """A control that is a copy of alt-1: nothing tells them apart, in whatever the others differ."""
    task, loads, networks, e = study
    matched = networks[FIRST]
    both = {STANDARD: networks[STANDARD], "standard/matched": matched}
    controls = evidence(e.task, task, loads, both)
    table = {key: array[:10] for key, array in controls.networks.items()}
    controls = with_networks(controls, table | {"round": np.zeros(10, int), "chains": np.full(10, "-")})
    data = hard_data(e, 0, controls)
    assert data["matched"] and np.abs(data["alt-1/difference"]).max() == 0.0
    assert np.abs(hard_data(e, 0)["alt-1/difference"]).max() > 0.0
    found = experiments_data(e, networks | {"standard/matched": matched}, task, loads, 1e-6, 0, ENGINE, controls)
    assert found["matched"] and not experiments_data(e, networks, task, loads, 1e-6, 0, ENGINE)["matched"]
    performance = found["all/kind"] == "performance"
    assert np.abs(found["all/difference"][performance]).max() == 0.0
    found |= {"title": np.array(task.title), "load_name": np.array(task.load_name)}
    write_experiments([found], tmp_path / "e.md")
    assert "trained as long as the alternatives" in (tmp_path / "e.md").read_text()


def test_without_competent_alternatives_there_is_nothing_to_tell_apart(study, tmp_path) -> None:
    task, loads, networks, e = study
    e = with_networks(e, {**e.networks, "performance": np.where(e.networks["round"] > 0, 0.1, 0.95)})
    data = experiments_data(e, networks, task, loads, 1e-6, 0, ENGINE)
    assert not len(data["all/kind"])
    data |= {"title": np.array(task.title), "load_name": np.array(task.load_name)}
    experiments_figure.draw([Artifact(data)], [tmp_path / "e.png", tmp_path / "e.md"])
    assert "nothing to tell apart" in (tmp_path / "e.md").read_text()
