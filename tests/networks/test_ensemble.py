from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch
from jaxtyping import TypeCheckError

from rnnatlas.engine.select import select_engine
from rnnatlas.engine.torch_engine import TorchEngine
from rnnatlas.errors import AtlasError
from rnnatlas.networks import Cell, Ensemble, Parameters, initialise
from rnnatlas.networks.ensemble import ChainRecord, TrainingRecord
from rnnatlas.networks.leaky_rnn import LeakyRNN
from rnnatlas.simulation import simulate

Make = Callable[..., Ensemble]


def recorded(make: Make) -> Ensemble:
    """Four networks with every record filled in, no two entries alike."""
    rng = np.random.default_rng(1)
    training = TrainingRecord(
        *(rng.random(shape).astype(np.float32) for shape in ((4, 7), (4, 7, 2), (4, 7))),
        performance=rng.random(4),
        accepted=np.array([True, False, True, True]),
        attempts=np.arange(1, 5),
        diverged_at=np.array([-1, 3, -1, -1]),
    )
    chain = ChainRecord(np.array(["g0.5", "g1.5", "größer", "g0.5"]), np.arange(4))
    return replace(make(4, 6, noise=0.05), training=training, chain=chain)


def arrays(ensemble: Ensemble) -> dict[str, np.ndarray]:
    records = {"weights": ensemble.parameters, "training": ensemble.training, "chain": ensemble.chain}
    return {f"{group}/{key}": value for group, record in records.items() for key, value in vars(record).items()}


def test_shapes_that_disagree_are_caught_by_the_annotations(make_ensemble: Make) -> None:
    """Fails where conftest.py could not install the run-time checks."""
    p = make_ensemble(2, 6).parameters
    with pytest.raises(TypeCheckError):
        Parameters(p.recurrent, p.input, p.bias[:1], p.readout, p.readout_bias)


@pytest.mark.parametrize(
    ("index", "members"),
    [
        (2, [2]),
        (np.int64(2), [2]),
        (-1, [3]),
        ([3, 0], [3, 0]),
        (slice(1, 3), [1, 2]),
        (np.array([True, False, False, True]), [0, 3]),
    ],
)
def test_an_index_takes_weights_and_records_of_the_same_members(
    make_ensemble: Make, index: object, members: list[int]
) -> None:
    whole = recorded(make_ensemble)
    part = whole[index]  # type: ignore[index]
    assert len(part) == part.members == len(members) and part.cell == whole.cell
    for key, array in arrays(part).items():
        assert np.array_equal(array, arrays(whole)[key][members]), key


def test_an_index_out_of_range_is_refused(make_ensemble: Make) -> None:
    for index in (2, -3, [0, 2]):
        with pytest.raises(AtlasError, match="of 2 "):
            make_ensemble(2)[index]
    assert [len(one) for one in make_ensemble(2)] == [1, 1]


def test_a_file_gives_back_every_array_and_the_cell(make_ensemble: Make, tmp_path: Path) -> None:
    written = recorded(make_ensemble)
    written.to_file(tmp_path / "new folder" / "networks.h5")
    read = Ensemble.from_file(tmp_path / "new folder" / "networks.h5")
    assert read.cell == written.cell
    for key, array in arrays(read).items():
        assert np.array_equal(array, arrays(written)[key]) and array.dtype == arrays(written)[key].dtype, key


def test_an_ensemble_without_records_reads_back_without_records(make_ensemble: Make, tmp_path: Path) -> None:
    make_ensemble().to_file(tmp_path / "networks.h5")
    read = Ensemble.from_file(tmp_path / "networks.h5")
    assert read.training is None and read.chain is None


def test_a_file_that_exists_is_not_replaced(make_ensemble: Make, tmp_path: Path) -> None:
    path = tmp_path / "networks.h5"
    make_ensemble(seed=1).to_file(path)
    before = path.read_bytes()
    with pytest.raises(AtlasError, match="exists already") as caught:
        make_ensemble(seed=2).to_file(path)
    assert caught.value.file == str(path) and path.read_bytes() == before


def test_weights_that_are_not_finite_are_refused_by_name(make_ensemble: Make, tmp_path: Path) -> None:
    ensemble = make_ensemble()
    ensemble.parameters.readout[1, 0, 0] = np.inf
    ensemble.to_file(tmp_path / "networks.h5")
    with pytest.raises(AtlasError, match="weights/readout"):
        Ensemble.from_file(tmp_path / "networks.h5")


class Torch(torch.nn.Module):
    """What the state dicts stand for."""

    def __init__(
        self, inputs: int, units: int, outputs: int, kind: type[torch.nn.RNNBase] = torch.nn.RNN, **settings: object
    ):
        super().__init__()
        self.rnn = kind(inputs, units, batch_first=True, **settings)
        self.fc = torch.nn.Linear(units, outputs)

    def forward(self, u: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        rates = self.rnn(u)[0]
        return rates, self.fc(rates)


def test_pytorch_and_the_ensemble_give_the_same_outputs_both_ways() -> None:
    torch.manual_seed(0)
    first = Torch(3, 20, 2)
    ensemble = Ensemble.from_torch(first.state_dict())
    assert (ensemble.members, ensemble.units, ensemble.inputs, ensemble.outputs) == (1, 20, 3, 2)
    back = ensemble.to_torch(0)
    second = Torch(3, 20, 2)
    second.rnn.load_state_dict({key: value for key, value in back.items() if "readout" not in key})
    second.fc.load_state_dict({"weight": back["readout.weight"], "bias": back["readout.bias"]})
    u = torch.randn(4, 30, 3)
    run = ensemble.simulate(u.numpy())
    with torch.no_grad():
        for module in (first, second):
            rates, outputs = module(u)
            assert np.allclose(run.rates[0], rates, atol=1e-6) and np.allclose(run.outputs[0], outputs, atol=1e-6)


def test_the_published_networks_run_as_in_pytorch(shared: Path) -> None:
    rng = np.random.default_rng(0)
    with h5py.File(shared / "reference" / "turner2021_networks.h5") as file:
        groups = [file[task]["vanilla"][name] for task in file for name in file[task].get("vanilla", ())]
        weights = [{key: torch.tensor(item[()]) for key, item in group["weights"].items()} for group in groups]
    assert len(weights) > 10
    for state in weights:
        units, inputs = state["rnn.weight_ih_l0"].shape
        module = Torch(inputs, units, len(state["fc.bias"])).double()
        module.load_state_dict(state)
        u = rng.normal(size=(3, 25, inputs)).astype(np.float32)
        run = simulate(Ensemble.from_torch(state), u, engine=TorchEngine(np.float64))
        with torch.no_grad():
            rates, outputs = module(torch.tensor(u, dtype=torch.float64))
        assert np.allclose(run.rates[0], rates, atol=1e-5) and np.allclose(run.outputs[0], outputs, atol=1e-5)


@pytest.mark.parametrize(
    "module",
    [
        Torch(2, 5, 1, torch.nn.GRU),
        Torch(2, 5, 1, torch.nn.LSTM),
        Torch(2, 5, 1, num_layers=2),
        Torch(2, 5, 1, bidirectional=True),
        torch.nn.RNN(2, 5),
        torch.nn.Linear(2, 5),
    ],
    ids=["GRU", "LSTM", "two layers", "bidirectional", "no readout", "no RNN"],
)
def test_what_is_not_a_vanilla_rnn_with_a_readout_is_refused(module: torch.nn.Module) -> None:
    with pytest.raises(AtlasError):
        Ensemble.from_torch(module.state_dict())


@pytest.mark.parametrize("alpha", [0.2, 1.0])
def test_a_leaky_network_is_the_same_in_pytorch_and_back(make_ensemble: Make, alpha: float) -> None:
    ensemble = make_ensemble(2, alpha=alpha)
    module = LeakyRNN.from_ensemble(ensemble, 1)
    u = np.random.default_rng(0).normal(size=(4, 30, ensemble.inputs)).astype(np.float32)
    run = ensemble.simulate(u, noise=0.0)
    with torch.no_grad():
        outputs, rates = module(torch.from_numpy(u))
    assert np.allclose(run.rates[1], rates, atol=1e-6) and np.allclose(run.outputs[1], outputs, atol=1e-6)
    back = Ensemble.from_torch(module.state_dict())
    assert back.cell.alpha == alpha
    for name, array in vars(back.parameters).items():
        assert np.array_equal(array[0], getattr(ensemble.parameters, name)[1])


def test_a_leaky_module_can_be_trained_in_pytorch() -> None:
    torch.manual_seed(0)
    module = LeakyRNN(2, 8, 1, alpha=0.3)
    module(torch.randn(3, 6, 2))[0].square().mean().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in module.parameters())
    assert Ensemble.from_torch(module.state_dict()).cell.alpha == 0.3


def test_a_gated_network_is_no_leaky_one() -> None:
    gru = Ensemble.from_torch(Torch(2, 5, 1, torch.nn.GRU).state_dict(), "gru")
    with pytest.raises(AtlasError, match="rate units are expected, found 'gru'"):
        LeakyRNN.from_ensemble(gru, 0)


def test_no_such_member_and_weights_that_are_not_finite(make_ensemble: Make) -> None:
    with pytest.raises(AtlasError, match="a member of 2"):
        make_ensemble(2).to_torch(7)
    state = make_ensemble().to_torch(0)
    state["bias_ih_l0"][0] = torch.nan
    with pytest.raises(AtlasError, match="bias_ih_l0: finite"):
        Ensemble.from_torch(state)


@pytest.mark.parametrize("shape", [(4, 5, 1), (4, 5, 3), (3, 4, 5, 2), (5, 2), (2, 4, 5, 2, 1)])
def test_inputs_of_another_shape_are_refused(make_ensemble: Make, shape: tuple[int, ...]) -> None:
    with pytest.raises(AtlasError, match=r"found (shape )?\["):
        make_ensemble(2, inputs=2).simulate(np.zeros(shape, np.float32))


def residual(ensemble: Ensemble, inputs: np.ndarray, **settings: object) -> np.ndarray:
    """What is left of x[t] after the noise-free recursion from the simulated states and rates, in float64."""
    run, p, a = ensemble.simulate(inputs, **settings), ensemble.parameters, ensemble.cell.alpha  # type: ignore[arg-type]
    states, rates = run.states.astype(np.float64), run.rates.astype(np.float64)
    assert np.allclose(rates, np.tanh(states), atol=1e-6)
    assert np.allclose(run.outputs, rates @ p.readout[:, None] + p.readout_bias[:, None, None], atol=1e-5)
    states, rates = (np.pad(array, ((0, 0), (0, 0), (1, 0), (0, 0))) for array in (states, rates))
    drive = rates[:, :, :-1] @ p.recurrent[:, None] + inputs @ p.input[:, None] + p.bias[:, None, None]
    return states[:, :, 1:] - (1 - a) * states[:, :, :-1] - a * drive


def test_states_obey_the_recursion(make_ensemble: Make) -> None:
    inputs = np.random.default_rng(0).normal(size=(10, 40, 2)).astype(np.float32)
    ensemble = make_ensemble(3, 30, noise=0.1, alpha=0.2)
    assert np.max(np.abs(residual(ensemble, inputs, noise=0.0))) < 1e-5
    noise = residual(ensemble, inputs) / ensemble.cell.noise_scale()
    assert ensemble.cell.noise_scale() == pytest.approx(0.2 * 0.1 * np.sqrt(2 / 0.2))
    assert np.max(np.abs(noise - noise[0])) < 1e-3  # common to all members
    assert abs(noise[0].mean()) < 4 / np.sqrt(noise[0].size)
    assert abs(noise[0].var() - 1) < 4 * np.sqrt(2 / noise[0].size)
    assert np.allclose(residual(ensemble, inputs, noise=0.3), 3 * residual(ensemble, inputs), atol=1e-4)
    other = residual(ensemble, inputs, seed=1) / ensemble.cell.noise_scale()
    assert abs(np.corrcoef(noise[0].ravel(), other[0].ravel())[0, 1]) < 4 / np.sqrt(noise[0].size)


def test_states_of_saturated_units_are_not_lost(make_ensemble: Make) -> None:
    ensemble = make_ensemble(1, 5, alpha=1.0)
    assert np.max(np.abs(residual(ensemble, np.full((1, 6, 2), 50.0, np.float32)))) < 1e-4
    assert np.max(np.abs(ensemble.simulate(np.full((1, 6, 2), 50.0, np.float32)).states)) > 20


def test_the_door_of_an_ensemble_leads_to_the_simulation(make_ensemble: Make) -> None:
    """With an engine's name; the simulation takes the engine itself as well."""
    ensemble, inputs = make_ensemble(2, noise=0.1), np.ones((3, 5, 2), np.float32)
    for name, engine in (("torch", TorchEngine()), ("auto", select_engine())):
        one = ensemble.simulate(inputs, seed=3, engine=name)
        for other in (
            simulate(ensemble, inputs, None, 3, engine),
            simulate(ensemble, inputs, None, 3, name, threads=2),
        ):
            assert all(np.array_equal(a, b) for a, b in zip(vars(one).values(), vars(other).values(), strict=True))
    with pytest.raises(AtlasError, match="found 'abacus'"):
        ensemble.simulate(inputs, engine="abacus")


def test_members_may_have_inputs_of_their_own(make_ensemble: Make) -> None:
    inputs = np.random.default_rng(0).normal(size=(2, 3, 5, 2)).astype(np.float32)
    ensemble = make_ensemble(2)
    run = ensemble.simulate(inputs)
    for k in range(2):
        assert np.array_equal(run.states[k], ensemble[k].simulate(inputs[k]).states[0])


@pytest.mark.parametrize("gain", [0.01, 1.5])
def test_initial_weights_have_the_variances_that_are_written_down(gain: float) -> None:
    p = initialise([0], 400, 3, 5, gain, Cell(0.2), ("x",)).parameters
    for array, variance in ((p.recurrent, gain**2 / 400), (p.input, 1 / 3), (p.readout, 1 / 400)):
        assert abs(array.mean()) < 4 * np.sqrt(variance / array.size)
        assert array.var() == pytest.approx(variance, rel=4 * np.sqrt(2 / array.size))
    assert not p.bias.any() and not p.readout_bias.any()


def test_initial_weights_are_the_members_own() -> None:
    def draw(members: list[int], stream: tuple[int | str, ...] = (0, "a")) -> Parameters:
        return initialise(members, 20, 2, 2, 1.0, Cell(0.2), stream).parameters

    whole, part = draw([0, 1, 2]), draw([2, 1])
    for one, other in zip(whole, part, strict=True):
        assert np.array_equal(one[[2, 1]], other)
    for other in (whole.recurrent[1], draw([0], (1, "a")).recurrent[0], draw([0], (0, "b")).recurrent[0]):
        assert abs(np.corrcoef(whole.recurrent[0].ravel(), other.ravel())[0, 1]) < 4 / 20


@pytest.mark.parametrize(
    ("alpha", "noise"), [(0.0, 0.0), (-0.1, 0.0), (1.01, 0.0), (0.2, -0.1), (np.nan, 0.0), (0.2, np.nan)]
)
def test_a_cell_that_makes_no_sense_is_refused(alpha: float, noise: float) -> None:
    with pytest.raises(AtlasError):
        Cell(alpha, noise)
