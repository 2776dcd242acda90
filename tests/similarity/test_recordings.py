"""A recording whose truth is known is explained by the network that it was made from; faulty files are told what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from rnnatlas.artifacts.recording_schema import RECORDING
from rnnatlas.artifacts.store import read_artifact, write_artifact
from rnnatlas.config.analysis import SimilaritySettings
from rnnatlas.config.recording import RecordingAnalysisSettings
from rnnatlas.engine.select import select_engine
from rnnatlas.errors import AtlasError
from rnnatlas.figures.recording import draw
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.gather import Gathered, Place
from rnnatlas.similarity.recording_comparison import compare_recording
from rnnatlas.similarity.recordings import read_recording
from rnnatlas.tasks.registry import get_task

CONDITIONS, REPEATS = 16, 10
TASK = get_task("flip_flop", duration=800.0)
SILENT = 2


def write_recording(
    path: Path, network: Ensemble, peak: float = 1000.0, seed: int = 0, repeats: int = REPEATS
) -> dict[str, np.ndarray]:
    """60 % of a network's units as Poisson counts, unrelated and silent units beside them; returns what was written."""
    rng = np.random.default_rng(seed)
    trials = TASK.trials(CONDITIONS, seed=1)
    condition = rng.permutation(np.repeat(np.arange(CONDITIONS), repeats))
    rates = network.simulate(trials.inputs[condition], noise=0.05).rates[0]
    seen = rates[:, :, rng.choice(network.units, round(0.6 * network.units), replace=False)]
    others, silent = (np.full((*seen.shape[:2], n), value) for n, value in ((5, 0.0), (SILENT, -1.0)))
    expected = peak * (1.0 + np.concatenate([seen, others, silent], axis=2)) / 2.0 * TASK.settings.dt / 1000.0
    data = {
        "rates": rng.poisson(expected),
        "inputs": trials.inputs[condition],
        "conditions/a": condition % 4,
        "conditions/b": np.char.encode(np.char.add("b", (condition // 4).astype(str)), "utf-8"),
        "length": trials.length[condition],
    }
    write_file(path, data, dt=TASK.settings.dt)
    return data


def write_file(path: Path, data: dict[str, Any], **attributes: Any) -> None:
    with h5py.File(path, "w") as file:
        for key, array in data.items():
            file[key] = array
        file.attrs.update(attributes)


def networks(make_ensemble: Any) -> list[Ensemble]:
    """A network, and two of other weights: they hear the same inputs, and start alike from rest."""
    return [make_ensemble(1, 24, 3, 3, gain=1.4, seed=seed) for seed in (3, 4, 5)]


def compare(path: Path, ensembles: list[Ensemble], **settings: Any) -> dict[str, np.ndarray]:
    places = [Place("standard/own", "", 0), Place("standard/other", "", 0), Place("alternatives/x_alt1", "x", 1)]
    return compare_recording(
        read_recording(path, TASK),
        Gathered(places[: len(ensembles)], ensembles),
        TASK.settings.dt,
        RecordingAnalysisSettings(splits=4, folds=5, **settings),
        SimilaritySettings(delays=4, rank=10),
        seed=0,
        engine=select_engine(),
    )[0]


def test_the_recorded_network_reaches_the_ceiling_and_others_do_not(make_ensemble: Any, tmp_path: Path) -> None:
    ensembles = networks(make_ensemble)
    write_recording(tmp_path / "recording.h5", ensembles[0])
    table = compare(tmp_path / "recording.h5", ensembles)
    predicts, predicted = table["predicts"], table["predicted"]
    ceiling = table["ceiling/predicts"].mean()
    assert 0.5 < ceiling < 0.9  # there was noise, and a signal
    assert predicts[0] == pytest.approx(ceiling, abs=0.03)
    assert (ceiling - predicts[1:] > 3.0 * np.abs(ceiling - predicts[0])).all()
    assert predicted[0] == pytest.approx(table["ceiling/predicted"].mean(), abs=0.08)
    assert (predicted[1:] < predicted[0] - 0.1).all()
    for key in ("predicts", "predicted"):
        assert (table[f"floor/{key}"] < table[key][0] - 0.3).all()
    # DSA tells them apart with more trials: with ten of a condition the recording's own noise counts as much as the others' weights
    write_recording(tmp_path / "longer.h5", ensembles[0], seed=4, repeats=40)
    distance = compare(tmp_path / "longer.h5", ensembles)["distance"]
    assert np.argmin(distance[-1, :-1]) == 0
    assert distance[-1, 0] < distance[0, 1:-1].min()
    # The figure draws what was found
    about = {"title": "t", "trials": 160, "conditions": 16, "units": 1, "dropped": 2, "components": 3, "rank": 4}
    write_artifact(tmp_path / "artifact.h5", RECORDING, table, {}, "recording", about)
    draw([read_artifact(tmp_path / "artifact.h5", RECORDING)], [tmp_path / "figure.svg"])
    text = (tmp_path / "figure.svg").read_text()
    assert "2 silent units left out" in text and "alt-1" in text and "recording" in text


def test_more_noise_lowers_score_and_ceiling_alike(make_ensemble: Any, tmp_path: Path) -> None:
    own = networks(make_ensemble)[:1]
    found = []
    for peak in (50.0, 2000.0):
        write_recording(tmp_path / f"{peak}.h5", own[0], peak)
        table = compare(tmp_path / f"{peak}.h5", own)
        found.append((table["predicts"][0], table["ceiling/predicts"].mean()))
    (score, ceiling), (score_clear, ceiling_clear) = found
    assert ceiling < 0.5 < 0.8 < ceiling_clear
    assert score == pytest.approx(ceiling, abs=0.05) and score_clear == pytest.approx(ceiling_clear, abs=0.05)


def test_reading(make_ensemble: Any, tmp_path: Path) -> None:
    path = tmp_path / "recording.h5"
    data = write_recording(path, networks(make_ensemble)[0])
    recording = read_recording(path, TASK)
    assert recording.dropped == SILENT and recording.conditions == CONDITIONS
    assert (recording.repeats() == REPEATS).all()
    label = 4 * data["conditions/a"] + np.array([int(b[1:]) for b in data["conditions/b"]])
    for number in range(CONDITIONS):  # in order of a, then b
        mine = label == number
        assert (recording.condition[mine] == number).all()
        np.testing.assert_allclose(recording.means()[number], data["rates"][mine][..., :-SILENT].mean(0))
        np.testing.assert_array_equal(recording.inputs[number], data["inputs"][mine][0])


def test_what_matlab_writes_and_padding_with_nan_are_read_alike(make_ensemble: Any, tmp_path: Path) -> None:
    path = tmp_path / "recording.h5"
    data = write_recording(path, networks(make_ensemble)[0])
    rates = data["rates"].astype(float)
    short = np.where(data["conditions/a"] == 0, 30, 40)
    rates[np.arange(40) >= short[:, None]] = np.nan
    written = data | {
        "rates": rates,
        "length": short[None].astype(float),
        "conditions/a": data["conditions/a"][:, None],
    }
    write_file(path, written)
    recording = read_recording(path, TASK)
    assert sorted(set(recording.length)) == [30, 40]
    assert np.isfinite(recording.rates).all()
    assert recording.valid().sum() == recording.length.sum()


def faulty(data: dict[str, np.ndarray]) -> dict[str, tuple[dict[str, Any], str, str]]:
    """The faults: what is laid over a good file (None: taken away), the dataset that is to be named, and words of the message."""
    rates, inputs, count = data["rates"], data["inputs"], len(data["rates"])
    spoilt = rates.astype(float)
    spoilt[3, 2, 1] = np.nan
    jittered = inputs.copy()
    jittered[7, 5, 0] += 0.1
    label = np.arange(count) // 2
    mirrored = 2.0 + np.where(np.arange(count) % 2, 1.0, -1.0)[:, None, None] * np.sin(np.arange(40.0))[:, None]
    nothing = {"conditions/b": None}
    return {
        "no rates": ({"rates": None}, "rates", "missing"),
        "no inputs": ({"inputs": None}, "inputs", "missing"),
        "no conditions": ({"conditions/a": None, **nothing}, "conditions", "a group"),
        "two axes": ({"rates": rates[0]}, "rates", r"\[trial, time, unit\] is expected"),
        "text": ({"rates": np.full(rates.shape, b"x")}, "rates", "real numbers"),
        "NaN": ({"rates": spoilt}, "rates", "1 of .* NaN or infinite, the first at trial 3, step 2, unit or input 1"),
        "misspelt": ({"length": None, "lenght": data["length"]}, "lenght", "did you mean 'length'"),
        "infinity": ({"inputs": np.full(inputs.shape, np.inf)}, "inputs", "infinite"),
        "inputs missing": ({"inputs": inputs[..., :2]}, "inputs", r"3 inputs \(pulse 1, pulse 2, pulse 3\)"),
        "fewer steps of inputs": ({"inputs": inputs[:, :30]}, "inputs", "40 steps"),
        "noise in the stimulus": ({"inputs": jittered}, "inputs", "equal inputs in all repeats"),
        "conditions of other trials": ({"conditions/a": np.arange(5)}, "conditions/a", f"{count} trials"),
        "NaN as condition": ({"conditions/a": np.full(count, np.nan)}, "conditions/a", "NaN"),
        "one repeat": ({"conditions/a": np.arange(count)}, "conditions", f"{count} of {count} have one"),
        "few conditions": (
            {"conditions/a": np.arange(count) % 3, "inputs": np.zeros(inputs.shape), **nothing}, "conditions", "found 3",
        ),
        "unequal lengths": ({"length": np.where(np.arange(count) == 9, 30, 40)}, "length", "equal length"),
        "length beyond": ({"length": np.full(count, 41)}, "length", "from 1 to 40"),
        "half a step": ({"length": np.full(count, 39.5)}, "length", "whole numbers"),
        "counts below zero": ({"rates": rates - 1}, "rates", "counts are not negative"),
        "complex": ({"rates": rates.astype(complex)}, "rates", "real numbers"),
        "nothing as rates": ({"rates": h5py.Empty("f8")}, "rates", "null dataspace"),
        "nothing as a condition": ({"conditions/a": h5py.Empty("f8")}, "conditions/a", "found nothing"),
        "a group as a condition": ({"conditions/a/b": np.arange(count), "conditions/a": None}, "conditions/a", "found a group"),
        "a compound": ({"conditions/a": np.zeros(count, [("x", "f8")])}, "conditions/a", "numbers or text"),
        "a dangling link": ({"conditions/a": h5py.SoftLink("/nowhere")}, "conditions/a", "leads nowhere .to /nowhere"),
        "a loop": ({"conditions/a": h5py.SoftLink("/conditions/a")}, "conditions/a", "leads nowhere"),
        "another file": ({"conditions/a": h5py.ExternalLink("no.h5", "/x")}, "conditions/a", "no.h5 › /x"),
        "rates that are a link": ({"rates": h5py.SoftLink("/rate")}, "rates", "leads nowhere"),
        "a length that is a link": ({"length": h5py.SoftLink("/steps")}, "length", "leads nowhere"),
        "all silent": ({"rates": np.zeros(rates.shape)}, "rates", "none of .* units ever varies"),
        "repeats unlike": (
            {"rates": mirrored, "conditions/a": label, "inputs": np.zeros(inputs.shape), **nothing}, "rates", "resemble each other",
        ),
    }  # fmt: skip


def test_every_fault_is_named_with_its_dataset_and_remedy(make_ensemble: Any, tmp_path: Path) -> None:
    path = tmp_path / "recording.h5"
    ensembles = networks(make_ensemble)[:1]
    data = write_recording(path, ensembles[0])
    for name, (changed, key, words) in faulty(data).items():
        write_file(path, {k: v for k, v in (data | changed).items() if v is not None})
        with pytest.raises(AtlasError, match=words) as caught:
            compare(path, ensembles)
        assert (caught.value.file, caught.value.key) == (str(path), key), name
        assert caught.value.remedy, name


def test_other_files_and_steps_are_refused(make_ensemble: Any, tmp_path: Path) -> None:
    path = tmp_path / "recording.h5"
    with pytest.raises(AtlasError, match="missing"):
        read_recording(path, TASK)
    path.write_text("no HDF5")
    with pytest.raises(AtlasError, match="HDF5 file is expected"):
        read_recording(path, TASK)
    data = write_recording(path, networks(make_ensemble)[0])
    for dt in (10.0, "20 ms"):
        write_file(path, data, dt=dt)
        with pytest.raises(AtlasError, match=f"20 ms, .*found {dt}|found '{dt}'"):
            read_recording(path, TASK)
    write_file(path, data | {"rates": data["rates"].transpose(2, 1, 0)})
    with pytest.raises(AtlasError, match="in another order than"):
        read_recording(path, TASK)


def test_too_few_steps_for_the_delays_are_refused(make_ensemble: Any, tmp_path: Path) -> None:
    path, ensembles = tmp_path / "recording.h5", networks(make_ensemble)[:1]
    data = write_recording(path, ensembles[0], peak=500.0)
    data |= {"length": np.full(len(data["rates"]), 4)}
    write_file(path, data)
    with pytest.raises(AtlasError, match="more than 4 steps") as caught:
        compare(path, ensembles)
    assert caught.value.file == str(path)
