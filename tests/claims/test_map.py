"""The map, from artifacts that were made so that alternatives win in one place and lose in another."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from rnnatlas.artifacts.behaviour_schemas import GENERALISATION
from rnnatlas.artifacts.map_schema import MAP
from rnnatlas.artifacts.similarity_schemas import SIMILARITY
from rnnatlas.artifacts.store import read_artifact, write_artifact
from rnnatlas.claims.map import main as collect
from rnnatlas.claims.map import map_data
from rnnatlas.claims.map_compare import CONDITIONS, condition_cells
from rnnatlas.claims.map_variants import find_variants, read_measured
from rnnatlas.config.load import load_study, merged
from rnnatlas.errors import AtlasError
from rnnatlas.figures.map import draw_map
from rnnatlas.figures.map import main as draw

MEMBERS, TRIALS = 5, 200
STANDARD, FIRST, SECOND = "standard/g1.0", "alternatives/insd_alt1", "alternatives/insd_alt2"
AXES = {"load": [1.0, 2.0], "private_noise": [1.0, 2.0, 4.0], "input_noise": [1.0]}
# Share of right answers [load, private noise]: standards fall at 4 times the noise; alt-1 does not, and is worse in distribution.
RIGHT = {
    STANDARD: [[0.97, 0.93, 0.65], [0.94, 0.88, 0.60]],
    FIRST: [[0.90, 0.89, 0.85], [0.94, 0.88, 0.60]],
    SECOND: [[0.97, 0.93, 0.45], [0.94, 0.88, 0.60]],
}


def write_study(folder, right=RIGHT, axes=AXES, noise=0.05, hard=None, incompetent=()) -> dict[str, np.ndarray]:
    """The artifacts of one task of one study, and its scores by ensemble [member, load, private, input, trial]."""
    rng = np.random.default_rng(0)
    scores = {}
    for name, shares in right.items():
        chance = rng.random((MEMBERS, len(axes["load"]), len(axes["private_noise"]), 1, TRIALS))
        scores[name] = (chance < np.array(shares)[:, :, None, None]).astype(np.float32)
    for name, row in incompetent:  # without fault in the grid: the map must not count it
        scores[name][row] = 1.0
    names = [(name, k) for name in right for k in range(MEMBERS)]
    round_ = np.array([(STANDARD, FIRST, SECOND).index(name) for name, _ in names])
    size = len(names)
    table = {
        "network": np.array([f"{name}#{k}" for name, k in names]),
        "ensemble": np.array([name for name, _ in names]),
        "member": np.array([k for _, k in names]),
        "chains": np.where(round_ > 0, "insd", "-"),
        "round": round_,
        "reference": np.array([k if r else -1 for (_, k), r in zip(names, round_, strict=True)]),
        "accepted": np.array([pair not in incompetent for pair in names]),
        "performance": np.array([0.2 if pair in incompetent else 0.97 for pair in names]),
        "null_share": np.full(size, 0.5),
    }
    matrix = np.full((size, size), 0.05)
    matrix[round_ == 2] = 0.3
    kinds = ("raw", "null", "raw_centred", "null_centred")
    table |= dict.fromkeys(kinds, matrix) | {f"untrained/{name}": np.full(size, 0.5) for name in kinds}
    cfg = {"seed": 3, "trial": {"input_noise": 0.0}, "hard": hard or {}}
    write_artifact(folder / "similarity.h5", SIMILARITY, table, cfg | {"network": {"noise": noise}}, "test")
    for name, found in scores.items():
        grid = {key: np.array(levels) for key, levels in axes.items()}
        grid |= {f"score/{load}": found[:, load] for load in range(len(axes["load"]))}
        grid |= {"performance": found.mean(-1, dtype=float), "error": found.std(-1, dtype=float)}
        write_artifact(folder / name / "generalisation.h5", GENERALISATION, grid, cfg, "test")
    return scores


@pytest.fixture
def studies(tmp_path):
    """A base with a win and a loss, a variant that is not run, one that leaves the task out, one half finished."""
    files = {
        "map": {"run": "map"},
        "louder": {"run": "map_louder", "task": {"flip_flop": {"network": {"noise": 0.15}, "hard": {"trials": 9}}}},
        "other": {"run": "map_other", "tasks": ["memory_pro"]},
        "half": {"run": "map_half", "chain": {"insd": {"gain": 2.0}}},
    }
    for name, values in files.items():
        place = tmp_path / ("map.yaml" if name == "map" else f"variants/{name}.yaml")
        place.parent.mkdir(exist_ok=True)
        place.write_text(yaml.safe_dump(values))
    results = tmp_path / "results"
    scores = write_study(results / "map/flip_flop")
    write_study(results / "map_half/flip_flop")
    (results / "map_half/flip_flop" / SECOND / "generalisation.h5").unlink()
    return tmp_path, results, scores


def collected(root):
    return map_data(find_variants(root / "map.yaml", root / "variants", root / "results"), root / "results")


def entry(data, name, round_, condition, run="map", task="flip_flop"):
    i, j = data["variant"].tolist().index(run), data["task"].tolist().index(task)
    return data[name][i, j, data["round"].tolist().index(round_), CONDITIONS.index(condition)]


def test_a_win_and_a_loss_are_told_where_they_are(studies) -> None:
    root, _, scores = studies
    data = collected(root)
    at = data["variant"].tolist().index("map"), data["task"].tolist().index("flip_flop")
    high = CONDITIONS.index("high private noise")
    # 0.65 − 0.5 is below three quarters of 0.97 − 0.5; 0.93 − 0.5 is not
    assert data["at/private_noise"][at][high] == 4.0
    for round_, name in ((1, FIRST), (2, SECOND)):
        for condition, cell in (("in distribution", (0, 0)), ("high private noise", (0, 2)), ("longest load", (1, 0))):
            groups = [np.median(scores[n][:, *cell, 0].mean(1, dtype=float)) for n in (name, STANDARD)]
            assert entry(data, "difference", round_, condition)[0] == pytest.approx(groups[0] - groups[1])
    win, loss = (entry(data, "difference", k, "high private noise") for k in (1, 2))
    assert 0.05 < win[1] < 0.2 < win[2] and loss[1] < -0.2 < loss[2] < -0.05  # as the artifacts were made
    assert entry(data, "difference", 1, "in distribution")[2] < 0.0
    low, same = entry(data, "difference", 2, "in distribution")[1:], entry(data, "difference", 1, "longest load")[1:]
    assert low[0] < 0.0 < low[1] and same[0] < 0.0 < same[1]  # made alike
    assert np.isnan(entry(data, "difference", 1, "high input noise")).all()
    assert np.isnan(entry(data, "difference", 1, "shortest load")).all()  # it is the trained one


def test_the_whole_grid_is_searched_with_a_wider_interval(studies) -> None:
    data = collected(studies[0])
    at = data["variant"].tolist().index("map"), data["task"].tolist().index("flip_flop")
    win, loss = data["largest"][at][0], data["smallest"][at][1]
    assert win[0] == pytest.approx(entry(data, "difference", 1, "high private noise")[0]) and win[1] > 0.0
    assert loss[0] == pytest.approx(entry(data, "difference", 2, "high private noise")[0]) and loss[2] < 0.0
    assert win[1] < entry(data, "difference", 1, "high private noise")[1]
    assert loss[2] > entry(data, "difference", 2, "high private noise")[2]
    mine = (data["cell/variant"] == at[0]) & (data["cell/round"] == 1)
    assert mine.sum() == 6 and data["cell/difference"][mine][:, 0].max() == win[0]


def test_incompetent_alternatives_are_counted_and_not_compared(studies, tmp_path) -> None:
    root, results, _ = studies
    before = entry(collected(root), "difference", 2, "high private noise")[0]
    left = write_study(results / "map/flip_flop", incompetent=((SECOND, 0), (SECOND, 3)))
    data = collected(root)
    at = data["variant"].tolist().index("map"), data["task"].tolist().index("flip_flop")
    assert data["trained"][at].tolist() == [5, 5] and data["competent"][at].tolist() == [5, 3]
    assert data["accepted"][at].tolist() == [5, 3]
    assert data["decoupled"][at].tolist() == [5, 0]  # null-space predictivity 0.05 and 0.3
    assert data["null"][(*at, 1)].tolist() == pytest.approx([0.3, 0.3, 0.3])
    good = np.median(left[SECOND][[1, 2, 4], 0, 2, 0].mean(1)) - np.median(left[STANDARD][:, 0, 2, 0].mean(1))
    after = entry(data, "difference", 2, "high private noise")[0]
    assert after == pytest.approx(good) and after < 0.0 and abs(after - before) < 0.1


def test_what_was_not_run_is_said_to_be_so(studies) -> None:
    root, results, _ = studies
    write_study(results / "map_of_mine/flip_flop")  # a study of this name, without a file among the variants
    data = collected(root)
    runs, states = data["variant"].tolist(), data["state"][:, data["task"].tolist().index("flip_flop")]
    assert runs[0] == "map" and sorted(runs) == ["map", "map_half", "map_louder", "map_of_mine", "map_other"]
    found = dict(zip(runs, states.tolist(), strict=True))
    assert found == {
        "map": "finished",
        "map_half": "not finished",  # one ensemble lacks its grid
        "map_louder": "not run",
        "map_of_mine": "finished",
        "map_other": "not in this variant",
    }
    change = dict(zip(runs, data["change"][:, data["task"].tolist().index("flip_flop")].tolist(), strict=True))
    assert change["map_louder"] == "noise 0.15" and change["map_half"] == "gain 2.0" and change["map"] == ""
    assert np.isnan(data["difference"][runs.index("map_louder")]).all()


def test_every_axis_of_the_map_is_a_study_that_names_what_it_changes_once() -> None:
    """The files of ``config/map``, laid over the base as ``make map`` does; ``time_steps_one`` is the step of the task alone."""
    config = Path(__file__).parents[2] / "config"
    base = yaml.safe_load((config / "presets/map.yaml").read_text())
    variants = find_variants(config / "presets/map.yaml", config / "map", Path("none"))
    for variant, file in zip(variants[1:], sorted((config / "map").glob("*.yaml")), strict=True):
        study = load_study(merged(base, yaml.safe_load(file.read_text())))
        assert variant.run == study.run == f"map_{file.stem}" and list(variant.tasks) == study.tasks
        assert all(variant.changed(task) for task in study.tasks)
        one = file.stem == "time_steps_one"
        for task in study.tasks:
            schedules = study.of(task).training, study.of(task).deflation.training
            assert all(schedule.time_steps == ([1.0] if one else [1.0, 0.5]) for schedule in schedules)
            assert not one or variant.changed(task) == "time steps [1.0]"


def test_a_study_trained_without_noise_is_in_distribution_at_level_0(tmp_path) -> None:
    axes = AXES | {"private_noise": [0.0, 1.0, 4.0]}
    write_study(tmp_path, axes=axes, noise=0.0, hard={"private_unit": 0.05})
    measured = read_measured("flip_flop", tmp_path)
    cells = condition_cells(measured)
    assert measured.units == (0.05, 0.0)
    assert cells["in distribution"] == (1.0, 0.0, 1.0) and cells["high private noise"] == (1.0, 4.0, 1.0)
    assert cells["high private noise, longest load"] == (2.0, 4.0, 1.0)


def test_table_and_figure_show_signs_and_what_is_missing(studies) -> None:
    root, results, _ = studies
    where = [str(results), "--base", str(root / "map.yaml"), "--variants", str(root / "variants")]
    assert collect(where) == 0
    first = (results / "map/map.h5").read_bytes()
    assert collect(where) == 0 and (results / "map/map.h5").read_bytes() == first
    data = read_artifact(results / "map/map.h5", MAP).data
    lines = (results / "map/map.md").read_text().split("## Flip-flop")[1].splitlines()
    row = next(line for line in lines if line.startswith("| map | – | alt-1"))
    value, low, high = entry(data, "difference", 1, "high private noise")
    assert f"**{value:+.3f} ({low:+.3f} to {high:+.3f})** [× 4]" in row and "5 (5) of 5" in row
    assert any(line.startswith("| map_louder | noise 0.15 | not run |") for line in lines)
    drawn = results / "figure_map.svg"
    draw_map(results / "map/map.h5", [drawn])
    text = drawn.read_text()
    assert "not run" in text and "left out" in text and "5/5" in text and "louder: noise 0.15" in text


def test_without_anything_finished_there_is_a_message(tmp_path, capsys) -> None:
    (tmp_path / "map.yaml").write_text("run: map\n")
    where = [str(tmp_path), "--base", str(tmp_path / "map.yaml")]
    assert collect([*where, "--variants", str(tmp_path / "none")]) == 1
    assert "no variant of the map is finished" in capsys.readouterr().err
    (tmp_path / "again.yaml").write_text("run: map\n")
    assert collect([*where, "--variants", str(tmp_path)]) == 1
    assert "give each variant a name of its own" in capsys.readouterr().err
    assert draw([str(tmp_path)]) == 1
    (tmp_path / "bad.yaml").write_text("{}\n")
    with pytest.raises(AtlasError, match="run name"):
        find_variants(tmp_path / "bad.yaml", tmp_path / "none", tmp_path)
