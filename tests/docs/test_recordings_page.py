"""The code of docs/recordings.md runs as it stands, on a small network where the page takes a trained one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from rnnatlas.config.population import ChainSettings
from rnnatlas.config.recording import RecordingSettings
from rnnatlas.deflation.references import own_references
from rnnatlas.similarity.recordings import read_recording
from rnnatlas.tasks.registry import get_task

PAGE = (Path(__file__).parents[2] / "docs" / "recordings.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def test_the_example_makes_a_recording_that_is_read(
    make_ensemble: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    make, check, *_ = blocks("python")
    named = re.search(r'from_file\("(.*?)"\)', make)
    assert named
    file = tmp_path / named[1]
    file.parent.mkdir(parents=True)
    make_ensemble(1, 20, 3, 3, noise=0.05).to_file(file)
    names: dict[str, Any] = {}
    exec(compile(make, "docs/recordings.md", "exec"), names)
    exec(compile(check, "docs/recordings.md", "exec"), names)
    study = yaml.safe_load(blocks("yaml")[0])
    settings = RecordingSettings.model_validate(study["recording"]["synthetic"])
    recording = read_recording(settings.file, get_task(settings.task))
    assert recording.rates.shape == (300, 230, 22) and (recording.repeats() == 15).all()
    assert recording.rates[recording.valid()[recording.condition]].mean() == pytest.approx(
        0.2, rel=0.3
    )  # 10 Hz in 20 ms


def test_networks_go_from_pytorch_into_a_study_and_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    torch = pytest.importorskip("torch")
    monkeypatch.chdir(tmp_path)
    convert, compare, leaky, back = blocks("python")[2:]
    study = yaml.safe_load(blocks("yaml")[1])
    chains = ChainSettings.model_validate(study["chain"]["mine"])
    assert set(study["chains"]) == {"insd", *study["chain"]}
    names: dict[str, Any] = {}
    exec(compile(convert, "docs/recordings.md", "exec"), names)
    exec(compile(compare, "docs/recordings.md", "exec"), names)
    apart = float(capsys.readouterr().out.split("apart:")[1])
    assert 0.0 <= apart < 1e-5
    task = get_task(study["tasks"][0])
    reference = own_references(chains.reference, task, chains.chains)
    inputs = task.trials(5, seed=1).inputs
    with torch.no_grad():
        expected = names["model"](torch.from_numpy(inputs)).numpy()
        np.testing.assert_allclose(reference.simulate(inputs).outputs[0], expected, atol=1e-5)
        exec(compile(leaky, "docs/recordings.md", "exec"), names)
        np.testing.assert_allclose(
            names["again"].simulate(names["trials"].inputs).outputs[0], names["outputs"], atol=1e-5
        )
        for parameter in names["model"].parameters():
            parameter.zero_()
        exec(compile(back, "docs/recordings.md", "exec"), names)
        np.testing.assert_allclose(names["model"](torch.from_numpy(inputs)).numpy(), expected, atol=1e-6)
