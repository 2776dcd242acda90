"""Types told from features: where these tell them, where they do not, and what cannot be asked."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from rnnatlas.charting import prediction
from rnnatlas.charting.compared_features import compared_features
from rnnatlas.charting.prediction import against_chance, frequent, predict_types
from rnnatlas.errors import AtlasError


def made(seed: int, apart: float, networks: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Three types, ``apart`` standard deviations from each other in one of four features."""
    rng = np.random.default_rng(seed)
    types = np.array(["a", "b", "c"])[np.arange(networks) % 3]
    features = rng.normal(size=(networks, 4))
    features[:, 2] += apart * (np.arange(networks) % 3)
    return features, types


def test_types_that_features_tell_are_told() -> None:
    told = predict_types(*made(0, 20.0), splits=5)
    assert (
        np.all(told.kappa == 1.0)
        and np.array_equal(told.confusion, np.eye(3))
        and told.majority == pytest.approx(1 / 3)
    )
    again = predict_types(*made(0, 20.0), splits=5)
    assert np.array_equal(told.confusion, again.confusion)


def test_types_that_features_do_not_tell_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, few in (("DRAWS", 10), ("PERMUTATIONS", 39), ("TREES", 10)):
        monkeypatch.setattr(prediction, name, few)
    features, types = made(1, 0.0)
    chance = against_chance(features, types)
    assert abs(chance.kappa) < 0.3 and chance.p > 0.05
    sure = against_chance(*made(1, 20.0))
    assert sure.kappa > 0.9 and sure.low > 0.7 and sure.p == 1 / 40 and np.mean(sure.told == types) > 0.9


def test_the_names_of_types_change_nothing() -> None:
    features, types = made(2, 1.5)
    other = np.array([{"a": "x", "b": "y", "c": "z"}[each] for each in types])
    one, two = predict_types(features, types, splits=4), predict_types(features, other, splits=4)
    assert np.array_equal(one.kappa, two.kappa) and np.array_equal(one.confusion, two.confusion)


def test_rare_types_do_not_count() -> None:
    types = np.array(["a"] * 12 + ["b"] * 9 + ["c"] * 10)
    assert frequent(types).tolist() == [True] * 12 + [False] * 9 + [True] * 10


def test_what_cannot_be_told_is_refused() -> None:
    features, types = made(3, 1.0)
    with pytest.raises(AtlasError, match="two types or more"):
        predict_types(features, np.full(60, "a"))
    with pytest.raises(AtlasError, match="of 5 networks or more each"):
        against_chance(features[:6], types[:6])
    features[3, 1] = np.nan
    with pytest.raises(AtlasError, match="finite numbers are expected"):
        predict_types(features, types)


def test_files_that_hold_no_features_are_refused(tmp_path: Path) -> None:
    def file(**groups: tuple[np.ndarray, np.ndarray]) -> Path:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.h5"
        with h5py.File(path, "w") as stored:
            for name, (features, types) in groups.items():
                stored[f"{name}/features"], stored[f"{name}/type"] = features, types
        return path

    text = tmp_path / "text.h5"
    text.write_text("no HDF5")
    for path, said in (
        (text, "an HDF5 file is expected"),
        (file(), "groups with features and type"),
        (file(one=(np.zeros((4, 2)), np.zeros(3, int))), "features \\[network, feature\\]"),
        (file(one=(np.zeros((4, 2)), np.ones(4, int))), "two types or more"),
    ):
        with pytest.raises(AtlasError, match=said):
            compared_features(path)


def test_claim_r2_on_the_released_features(shared: Path) -> None:
    """The kappa of the authors' own features, within one standard deviation of what an earlier run found."""
    found = compared_features(shared / "reference" / "turner2021_features.h5")
    for name, known in (("time_reproduction_vanilla", 0.38), ("time_reproduction_gru", 0.58)):
        kappa = found["kappa"][found["set"] == name][0]
        assert abs(kappa.mean() - known) < kappa.std()
