"""State dicts as they come: other kinds of numbers, names, layouts; read as the same network, or refused in plain words."""

from typing import Any

import numpy as np
import pytest
import torch

from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.leaky_rnn import LeakyRNN

State = dict[Any, Any]


def state_dict() -> State:
    torch.manual_seed(0)
    return torch.nn.ModuleDict({"net": torch.nn.RNN(3, 7), "out": torch.nn.Linear(7, 2)}).state_dict()


def same(one: Ensemble, other: Ensemble, tolerance: float = 0.0) -> bool:
    return all(np.allclose(a, b, rtol=0, atol=tolerance) for a, b in zip(one.parameters, other.parameters, strict=True))


@pytest.mark.parametrize(
    ("change", "tolerance"),
    [
        (lambda tensor: tensor.numpy(), 0.0),
        (lambda tensor: tensor.tolist(), 0.0),
        (lambda tensor: tensor.double(), 0.0),
        (lambda tensor: tensor.to_sparse(), 0.0),
        (lambda tensor: torch.nn.Parameter(tensor), 0.0),
        (lambda tensor: tensor.T.contiguous().T if tensor.ndim == 2 else tensor, 0.0),
        (lambda tensor: tensor.bfloat16(), 2e-3),
        (lambda tensor: tensor.half(), 3e-4),
        (lambda tensor: tensor.half().numpy(), 3e-4),
    ],
    ids=["numpy", "lists", "double", "sparse", "parameters", "strided", "bfloat16", "half", "numpy half"],
)  # fmt: skip
def test_every_kind_of_numbers_is_the_same_network(change: Any, tolerance: float) -> None:
    expected = Ensemble.from_torch(state_dict())
    found = Ensemble.from_torch({name: change(tensor) for name, tensor in state_dict().items()})
    assert same(found, expected, tolerance)
    assert all(array.dtype == np.float32 and array.flags.c_contiguous for array in found.parameters)


HH = "net.weight_hh_l0"
# What the entry becomes, and what the error says.
VALUES = {
    "without values": (torch.empty(7, 7, device="meta"), "real numbers are expected .*meta"),
    "complex": (torch.ones(7, 7, dtype=torch.complex64), "real numbers are expected .*complex"),
    "text": (np.full((7, 7), "1.0"), "real numbers are expected"),
    "nothing": (None, "real numbers are expected"),
    "one number": (torch.tensor(1.0), r"shape .* is expected"),
    "one axis": (torch.ones(49), r"shape .* is expected"),
    "three axes": (torch.ones(7, 7, 1), r"shape .* is expected"),
    "no units": (torch.ones(0, 0), r"shape .* is expected"),
    "infinite": (torch.full((7, 7), torch.inf), "finite numbers"),
    "beyond single precision": (torch.full((7, 7), 1e300, dtype=torch.float64), "single precision .* 1e\\+300"),
    "not made yet": (torch.nn.UninitializedParameter(), "real numbers are expected"),
}


@pytest.mark.parametrize(("value", "said"), VALUES.values(), ids=VALUES)
def test_an_entry_that_is_no_matrix_of_numbers_is_refused_by_name(value: object, said: str) -> None:
    with pytest.raises(AtlasError, match=said) as caught:
        Ensemble.from_torch(state_dict() | {HH: value})
    assert caught.value.key == HH


@pytest.mark.parametrize(
    ("source", "named", "remedy"),
    [
        (state_dict() | {3: torch.ones(2)}, "3", "state_dict"),
        (state_dict() | {"h0": torch.zeros(7)}, "h0", "fold"),
        (state_dict() | {"norm.weight": torch.ones(7), "norm.bias": torch.ones(7)}, "norm.weight", "fold"),
        (state_dict() | {"net.alpha": torch.tensor(2.0)}, "net.alpha", "dt / tau"),
        (state_dict() | {"net.alpha": torch.ones(7)}, "net.alpha", "dt / tau"),
        (state_dict() | {"alpha": torch.tensor(0.5)}, "alpha", "fold"),
        (state_dict() | {"net.weight_hr_l0": torch.ones(3, 7)}, "net.weight_hr_l0", "proj_size=0"),
        (state_dict() | {"net.weight_ih_l1": torch.ones(7, 7)}, "net.weight_ih_l1", "num_layers=1"),
        (state_dict() | {"net.weight_ih_l0_reverse": torch.ones(7, 3)}, "net.weight_ih_l0_reverse", "bidirectional"),
        ({"model": state_dict(), "step": 3}, "weight_hh_l0", "['model']"),
        ({name: value for name, value in state_dict().items() if "bias_ih" not in name}, "net.bias_ih_l0", "whole"),
        (torch.nn.ModuleDict({"a": torch.nn.GRU(3, 7), "b": torch.nn.Linear(7, 2)}).state_dict(), "a.weight_hh_l0", "cell='gru'"),
        ({}, "weight_hh_l0", "module"),
        ("networks.pt", "source", "torch.load"),
        ([state_dict()], "source", "torch.load"),
    ],
    ids=["number as name", "h0", "norm", "leak above 1", "leaks", "leak elsewhere", "projection", "layers", "directions",
         "checkpoint", "half a bias", "a gru", "empty", "a path", "a list"],
)  # fmt: skip
def test_what_is_left_over_or_missing_is_refused_by_name(source: Any, named: str, remedy: str) -> None:
    with pytest.raises(AtlasError) as caught:
        Ensemble.from_torch(source)
    assert caught.value.key == named and remedy in caught.value.remedy


@pytest.mark.parametrize("prefix", ["", "module.", "_orig_mod.", "module._orig_mod.core."])
def test_the_leak_is_found_beside_the_weights_whatever_they_are_called(prefix: str) -> None:
    module = LeakyRNN(3, 7, 2, alpha=0.2)
    found = Ensemble.from_torch({prefix + name: value for name, value in module.state_dict().items()})
    assert found.cell.alpha == 0.2 and same(found, Ensemble.from_torch(module))
