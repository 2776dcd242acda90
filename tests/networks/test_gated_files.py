"""Gated ensembles as files and as PyTorch's state dicts: there and back, and what is refused."""

from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.stats import ks_2samp
from torch import Tensor

from rnnatlas.artifacts.store import read_artifact, write_artifact
from rnnatlas.artifacts.training_schemas import NETWORKS
from rnnatlas.errors import AtlasError
from rnnatlas.networks.cell import BIASES, GATES, Cell
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.initial_weights import initialise
from rnnatlas.networks.parameters import Parameters

MODULES = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}
NAMES = {"rnn": "rate", "gru": "gru", "lstm": "lstm"}
EACH = pytest.mark.parametrize("name", MODULES)
GATED = pytest.mark.parametrize("kind", ["gru", "lstm"])


def state_dict(name: str, units: int = 7) -> dict[str, Tensor]:
    torch.manual_seed(0)
    module = torch.nn.ModuleDict({"net": MODULES[name](3, units), "out": torch.nn.Linear(units, 2)})
    return module.state_dict()


def random_ensemble(kind: str) -> Ensemble:
    """Two networks, no weight zero."""
    ensemble = initialise([0, 1], 6, 2, 3, 1.0, Cell(1.0, 0.1, kind), ("test",))
    rng = np.random.default_rng(0)
    ensemble.parameters.bias[:] = rng.normal(size=ensemble.parameters.bias.shape)
    ensemble.parameters.readout_bias[:] = rng.normal(size=ensemble.parameters.readout_bias.shape)
    return ensemble


def same(one: Parameters, other: Parameters) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@EACH
def test_there_and_back_and_there_again(name: str) -> None:
    first = Ensemble.from_torch(state_dict(name), name)
    assert first.cell == Cell(1.0, kind=NAMES[name])
    assert (first.members, first.units, first.inputs, first.outputs) == (1, 7, 3, 2)
    back = first.to_torch(0)
    assert same(Ensemble.from_torch(back, name).parameters, first.parameters)
    module = MODULES[name](3, 7)
    module.load_state_dict({key: value for key, value in back.items() if not key.startswith("readout")})
    assert all(value.dtype == torch.float32 for value in back.values())


@EACH
def test_a_state_dict_is_that_of_the_member(name: str) -> None:
    kind = NAMES[name]
    ensemble = random_ensemble(kind)
    for member in (0, 1):
        again = Ensemble.from_torch(ensemble.to_torch(member), name)
        assert same(again.parameters, ensemble.parameters[[member]]) and again.cell.kind == kind


@EACH
def test_a_state_dict_shares_no_memory_with_the_ensemble(name: str) -> None:
    ensemble = random_ensemble(NAMES[name])
    before = ensemble.parameters.map(np.copy)
    for value in ensemble.to_torch(0).values():
        value.fill_(9.0)
    assert same(ensemble.parameters, before)


@pytest.mark.parametrize("wrong", ["rnn", "gru", "lstm"])
@EACH
def test_the_cell_that_is_named_must_be_the_one_that_is_there(name: str, wrong: str) -> None:
    if wrong == name:
        assert Ensemble.from_torch(state_dict(name), wrong).cell.kind == NAMES[name]
        return
    with pytest.raises(AtlasError, match="weight_hh_l0"):
        Ensemble.from_torch(state_dict(name), wrong)


@pytest.mark.parametrize("wrong", ["rate", "GRU", ""])
def test_a_cell_of_another_name_is_refused(wrong: str) -> None:
    with pytest.raises(AtlasError, match="rnn, gru, lstm"):
        Ensemble.from_torch(state_dict("gru"), wrong)


ENTRIES = ["net.weight_ih_l0", "net.weight_hh_l0", "net.bias_ih_l0", "net.bias_hh_l0", "out.weight", "out.bias"]


@pytest.mark.parametrize("entry", ENTRIES)
@EACH
def test_an_entry_of_another_shape_is_refused(name: str, entry: str) -> None:
    """As ``from_torch`` promises: neither a wrong ensemble nor NumPy's message."""
    state = state_dict(name)
    axis = 1 if entry == "out.weight" else 0  # of a readout, the number of outputs is its own
    state[entry] = torch.cat([state[entry], state[entry].narrow(axis, 0, 1)], dim=axis)
    with pytest.raises(AtlasError, match=entry.split(".")[1]):
        Ensemble.from_torch(state, name)


@pytest.mark.parametrize("entry", ENTRIES[:5])
@EACH
def test_an_entry_that_is_missing_is_refused(name: str, entry: str) -> None:
    state = state_dict(name)
    del state[entry]
    with pytest.raises(AtlasError):
        Ensemble.from_torch(state, name)


@pytest.mark.parametrize("name", ["gru", "lstm"])
@pytest.mark.parametrize("settings", [{"num_layers": 2}, {"bidirectional": True}], ids=str)
def test_more_than_one_layer_in_one_direction_is_refused(name: str, settings: dict[str, int]) -> None:
    module = torch.nn.ModuleDict({"net": MODULES[name](3, 7, **settings), "out": torch.nn.Linear(7, 2)})
    with pytest.raises(AtlasError):
        Ensemble.from_torch(module.state_dict(), name)


@pytest.mark.parametrize("kind", ["rate", "gru", "lstm"])
def test_a_file_gives_back_weights_and_cell(kind: str, tmp_path: Path) -> None:
    written = random_ensemble(kind)
    written.to_file(tmp_path / "networks.h5")
    read = Ensemble.from_file(tmp_path / "networks.h5")
    assert read.cell == written.cell and same(read.parameters, written.parameters)
    attributes = read_artifact(tmp_path / "networks.h5", NETWORKS).attributes
    assert attributes["cell"] == kind and attributes["gates"] == GATES[kind]


def rewrite(file: Path, attributes: dict[str, object], **arrays: np.ndarray) -> None:
    """The same file with other attributes or arrays, as its schema allows them."""
    artifact = read_artifact(file, NETWORKS)
    data = artifact.data | {f"weights/{key}": array for key, array in arrays.items()}
    kept = {key: value for key, value in artifact.attributes.items() if key not in ("schema", "producer", "cfg")}
    write_artifact(file, NETWORKS, data, {}, "test", kept | attributes)


@GATED
@pytest.mark.parametrize("other", ["rate", "gru", "lstm"])
def test_weights_of_another_cell_are_refused(kind: str, other: str, tmp_path: Path) -> None:
    file = tmp_path / "networks.h5"
    random_ensemble(kind).to_file(file)
    rewrite(file, {"cell": other})
    if other == kind:
        assert Ensemble.from_file(file).cell.kind == kind
        return
    with pytest.raises(AtlasError, match="weights/") as caught:
        Ensemble.from_file(file)
    assert caught.value.file == str(file) and repr(other) in str(caught.value)


@GATED
@pytest.mark.parametrize("array", ["recurrent", "input", "bias"])
def test_weights_of_another_shape_are_refused_by_name(kind: str, array: str, tmp_path: Path) -> None:
    file = tmp_path / "networks.h5"
    ensemble = random_ensemble(kind)
    ensemble.to_file(file)
    columns = 5 * ensemble.units  # no cell's; recurrent and input agree, as the schema asks of them
    sizes = {"recurrent": (2, 6, columns), "input": (2, 2, columns), "bias": (2, 5)}
    names = ["bias"] if array == "bias" else ["recurrent", "input"]
    rewrite(file, {}, **{name: np.zeros(sizes[name], np.float32) for name in names})
    with pytest.raises(AtlasError, match="weights/") as caught:
        Ensemble.from_file(file)
    assert caught.value.file == str(file) and repr(kind) in str(caught.value)
    assert (caught.value.key or "").endswith(names[0])


def test_a_cell_that_is_not_known_is_refused_with_the_file(tmp_path: Path) -> None:
    file = tmp_path / "networks.h5"
    random_ensemble("gru").to_file(file)
    rewrite(file, {"cell": "liquid"})
    with pytest.raises(AtlasError, match="'liquid'") as caught:
        Ensemble.from_file(file)
    assert caught.value.file == str(file)


@pytest.mark.parametrize("kind", ["rate", "gru", "lstm"])
def test_initial_weights_have_the_shapes_and_the_spread_of_each_block(kind: str) -> None:
    p = initialise([0], 300, 4, 5, 0.8, Cell(1.0, kind=kind), ("x",)).parameters
    assert p.recurrent.shape == (1, 300, GATES[kind] * 300) and p.bias.shape == (1, BIASES[kind] * 300)
    for block in np.split(p.recurrent, GATES[kind], axis=2):
        assert block.var() == pytest.approx(0.8**2 / 300, rel=4 * np.sqrt(2 / block.size))
    for block in np.split(p.input, GATES[kind], axis=2):
        assert block.var() == pytest.approx(1 / 4, rel=4 * np.sqrt(2 / block.size))
    blocks = p.bias.reshape(BIASES[kind], 300)
    expected = {"rate": [0.0], "gru": [0.0] * 4, "lstm": [0.0, 1.0, 0.0, 0.0]}[kind]  # PyTorch's order: i, f, g, o
    assert (blocks == np.array(expected)[:, None]).all() and not p.readout_bias.any()


@pytest.mark.parametrize("kind", ["rate", "gru", "lstm"])
def test_uniform_weights_are_distributed_as_pytorch_draws_them(kind: str) -> None:
    """Kolmogorov-Smirnov, array by array, where two biases are added as well; small ones are √N times smaller."""
    torch = pytest.importorskip("torch")
    units = 100
    torch.manual_seed(3)
    cell = {"rate": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}[kind](4, units)
    theirs = Ensemble.from_torch(torch.nn.ModuleDict({"cell": cell, "readout": torch.nn.Linear(units, 50)})).parameters
    drawn = [initialise([7], units, 4, 50, 1.0, Cell(1.0, kind=kind), ("x",), name).parameters for name in ("uniform", "small")]  # fmt: skip
    for name, array in vars(theirs).items():
        mine, small = (getattr(one, name) for one in drawn)
        assert mine.shape == array.shape
        assert ks_2samp(mine.ravel(), array.ravel()).pvalue > 1e-3
        np.testing.assert_allclose(small, mine / np.sqrt(units), rtol=1e-5)
