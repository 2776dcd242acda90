"""Modules of PyTorch as ensembles: the same outputs, wrapped or not, or refused by the name of what stands in the way."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.leaky_rnn import LeakyRNN

INPUTS, UNITS, OUTPUTS = 3, 9, 2
Network = Callable[[Tensor], Tensor]


class Net(nn.Module):
    """A recurrent layer and a readout, called as is usual."""

    def __init__(self, layer: type[nn.RNNBase] = nn.RNN, readout_bias: bool = True, **settings: object) -> None:
        super().__init__()
        self.layer = layer(INPUTS, UNITS, batch_first=True, **settings)
        self.drop = nn.Dropout(0.5)
        self.readout = nn.Linear(UNITS, OUTPUTS, bias=readout_bias)
        self.loss = nn.MSELoss()

    def forward(self, inputs: Tensor) -> Tensor:
        return self.readout(self.drop(self.layer(inputs)[0]))


class Cells(nn.Module):
    """A loop over a cell of one step."""

    def __init__(self, cell: type[nn.RNNCellBase], **settings: object) -> None:
        super().__init__()
        self.cell, self.readout = cell(INPUTS, UNITS, **settings), nn.Linear(UNITS, OUTPUTS)

    def forward(self, inputs: Tensor) -> Tensor:
        state = torch.zeros(len(inputs), UNITS)
        state = (state, state) if isinstance(self.cell, nn.LSTMCell) else state
        hidden = []
        for step in inputs.unbind(1):
            state = self.cell(step, state)
            hidden.append(state[0] if isinstance(state, tuple) else state)
        return self.readout(torch.stack(hidden, 1))


class Around(nn.Module):
    """A network within another module; the inner one twice, under two names."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.core = nn.ModuleDict({"one": inner})
        self.alias = inner

    def forward(self, inputs: Tensor) -> Tensor:
        outputs = self.alias(inputs)
        return outputs[0] if isinstance(outputs, tuple) else outputs


KINDS: dict[str, Callable[[], nn.Module]] = {
    "rnn": Net,
    "gru": lambda: Net(nn.GRU),
    "lstm": lambda: Net(nn.LSTM),
    "rnn without biases": lambda: Net(bias=False, readout_bias=False),
    "gru without biases": lambda: Net(nn.GRU, bias=False),
    "lstm without biases": lambda: Net(nn.LSTM, bias=False),
    "leaky": lambda: LeakyRNN(INPUTS, UNITS, OUTPUTS, alpha=0.3),
    "a step of rnn": lambda: Cells(nn.RNNCell),
    "a step of gru": lambda: Cells(nn.GRUCell),
    "a step of lstm": lambda: Cells(nn.LSTMCell, bias=False),
    "double precision": lambda: Net().double(),
}
WRAPPED: dict[str, Callable[[nn.Module], nn.Module]] = {
    "plain": lambda module: module,
    "DataParallel": nn.DataParallel,
    "compiled": lambda module: torch.compile(module, backend="eager"),
    "a module of one's own": Around,
    "several": lambda module: nn.DataParallel(Around(torch.compile(module, backend="eager"))),
}


def outputs_of(module: nn.Module, inputs: np.ndarray) -> np.ndarray:
    module.eval()
    with torch.no_grad():
        found = module(torch.from_numpy(inputs).to(next(module.parameters()).dtype))
    return (found[0] if isinstance(found, tuple) else found).numpy()


@pytest.mark.parametrize("wrap", WRAPPED)
@pytest.mark.parametrize("kind", KINDS)
def test_an_imported_module_gives_the_modules_outputs(kind: str, wrap: str) -> None:
    torch.manual_seed(0)
    plain = KINDS[kind]()
    module = WRAPPED[wrap](plain)
    inputs = np.random.default_rng(0).normal(size=(4, 25, INPUTS)).astype(np.float32)
    expected = outputs_of(plain, inputs)
    ensembles = [Ensemble.from_torch(module)]
    if "alias" not in "".join(module.state_dict()):  # there, every entry stands twice
        cell = kind.split()[-1] if kind.startswith("a step") else kind.split()[0]
        ensembles.append(Ensemble.from_torch(module.state_dict(), cell if cell in ("gru", "lstm") else "rnn"))
    for ensemble in ensembles:
        assert np.allclose(ensemble.simulate(inputs).outputs[0], expected, atol=2e-6)


def replaced(**parts: nn.Module | Tensor | nn.Parameter) -> Net:
    module = Net()
    for name, part in parts.items():
        if isinstance(part, Tensor) and not isinstance(part, nn.Parameter):
            module.register_buffer(name, part)
        else:
            setattr(module, name, part)
    return module


class Sparse(nn.Linear):
    """A readout whose weights are not those that stand there."""

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002
        return input @ self.weight.abs().T + self.bias


def weight_normed() -> Net:
    module = Net()
    torch.nn.utils.parametrizations.weight_norm(module.layer, "weight_hh_l0")
    return module


# The module, what the error names, and what its remedy says.
REFUSED: dict[str, tuple[Callable[[], nn.Module], str, str]] = {
    "relu": (lambda: Net(nonlinearity="relu"), "layer: nonlinearity='tanh'", "tanh"),
    "a step of relu": (lambda: Cells(nn.RNNCell, nonlinearity="relu"), "cell: nonlinearity='tanh'", "tanh"),
    "two layers": (lambda: Net(num_layers=2), "layer: num_layers=1 is expected, found 2", "one recurrent layer"),
    "both directions": (lambda: Net(bidirectional=True), "layer: bidirectional=False", "forward in time"),
    "projections": (lambda: Net(nn.LSTM, proj_size=4), "layer: proj_size=0 is expected, found 4", "not projected"),
    "a learned initial state": (lambda: replaced(h0=nn.Parameter(torch.ones(UNITS))), "h0: not read", "fold"),
    "a normalisation": (lambda: replaced(norm=nn.LayerNorm(UNITS)), "norm.weight: not read", "fold"),
    "a leak of one's own": (lambda: replaced(alpha=torch.tensor(0.2)), "alpha: not read", "fold"),
    "an encoder": (lambda: replaced(encoder=nn.Linear(5, INPUTS)), "readout: one nn.Linear is expected", "fold"),
    "a nonlinear readout": (lambda: replaced(act=nn.ReLU()), "act: .* found ReLU besides", "state dict"),
    "a readout of another kind": (lambda: replaced(readout=Sparse(UNITS, OUTPUTS)), "readout: .* Sparse", "derives from"),
    "no readout": (lambda: nn.GRU(INPUTS, UNITS), "readout: one nn.Linear", "nn.ModuleList"),
    "no recurrent layer": (lambda: nn.Linear(INPUTS, OUTPUTS), "recurrent layer", "state dict"),
    "two networks": (lambda: nn.ModuleList([Net(), Net()]), "recurrent layer", "holds one"),
    "weights behind a formula": (weight_normed, "parametrizations", "remove_parametrizations"),
    "a readout of inputs": (lambda: replaced(readout=nn.Linear(INPUTS, OUTPUTS)), "readout.weight: shape", "hidden state"),
}  # fmt: skip


@pytest.mark.parametrize("wrap", ["plain", "DataParallel"])
@pytest.mark.parametrize(("make", "named", "remedy"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_represented_is_refused_by_name(
    make: Callable[[], nn.Module], named: str, remedy: str, wrap: str
) -> None:
    with pytest.raises(AtlasError, match=named) as caught:
        Ensemble.from_torch(WRAPPED[wrap](make()))
    assert remedy in caught.value.remedy


@pytest.mark.parametrize("kind", ["a learned initial state", "a normalisation", "a leak of one's own", "an encoder"])
def test_their_state_dicts_are_refused_as_well(kind: str) -> None:
    make, named, _ = REFUSED[kind]
    with pytest.raises(AtlasError, match=named.replace("nn.Linear", "linear readout")):
        Ensemble.from_torch(make().state_dict())


def test_the_cell_may_be_named_and_must_be_the_modules() -> None:
    assert Ensemble.from_torch(Net(nn.GRU), "gru").cell.kind == "gru"
    with pytest.raises(AtlasError, match="'gru' is what the module holds, found 'rnn'"):
        Ensemble.from_torch(Net(nn.GRU), "rnn")
