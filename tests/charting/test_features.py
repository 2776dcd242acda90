"""Features of activity against the released ones, and of networks and tasks that have none."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from rnnatlas.charting.features import features
from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.tasks.registry import get_task

# The columns of the released features, by our names for them; the ratio of speeds at the ends of the first stretch is defined otherwise there.
COLUMNS = {
    0: "angle", 1: "aspect_ratio", 2: "correlation", 3: "curvature_max", 4: "curvature_min", 6: "first_component", 7: "speed_ratio",
    8: "speed_vs_length", 9: "margin", 10: "end_speed",
}  # fmt: skip


@pytest.mark.parametrize(("cell", "kind"), [("vanilla", "rnn"), ("gru", "gru")])
def test_features_are_the_released_ones(cell: str, kind: str, shared: Path) -> None:
    task, folder = get_task("interval_reproduction"), shared / "reference"
    with h5py.File(folder / "turner2021_networks.h5") as stored, h5py.File(folder / "turner2021_features.h5") as known:
        theirs = known[f"time_reproduction_{cell}/features"][:]
        for name, group in stored[f"interval_reproduction/{cell}"].items():
            units, instance = map(int, name.removeprefix("n").split("_i"))
            row = theirs[(units - 20) // 10 * 100 + instance - 100]
            network = Ensemble.from_torch({key: array[:] for key, array in group["weights"].items()}, kind)
            ours = features(network, task)
            for column, key in COLUMNS.items():
                assert ours[key][0] == pytest.approx(row[column], rel=2e-3, abs=4e-3), f"{name} {key}"


@pytest.mark.parametrize("task", ["interval_reproduction", "interval_discrimination", "delayed_discrimination"])
def test_a_network_that_leaves_all_bounds_has_none_and_spares_the_others(
    task: str, make_ensemble: "Callable[..., Ensemble]"
) -> None:
    networks = make_ensemble(2, 6, inputs=2, outputs=1, alpha=1.0)
    recurrent = networks.parameters.recurrent.copy()
    recurrent[0] = np.nan
    found = features(networks.with_parameters(replace(networks.parameters, recurrent=recurrent)), get_task(task))
    alone = features(networks[1], get_task(task))
    for name, values in found.items():
        assert np.isnan(values[0]) and values[1] == alone[name][0]


def test_settings_that_leave_nothing_to_look_at_are_refused() -> None:
    for name, trial in (("interval_discrimination", {"grid": 200.0}), ("interval_reproduction", {"grid": 600.0})):
        with pytest.raises(AtlasError, match="a stretch of the first epoch"):
            get_task(name, **trial).stretches()


def test_a_task_without_stretches_is_refused_by_name(make_ensemble: "Callable[..., Ensemble]") -> None:
    with pytest.raises(AtlasError, match="'Flip-flop' does not say in which stretches"):
        features(make_ensemble(1, 4, inputs=3, outputs=3), get_task("flip_flop"))
