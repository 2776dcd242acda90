"""To and from PyTorch's ``nn.RNN``, ``nn.GRU`` and ``nn.LSTM`` with a linear readout, and ``LeakyRNN`` for networks with a leak."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rnnatlas.errors import AtlasError
from rnnatlas.networks.cell import GATES, Cell
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.parameters import Parameters

if TYPE_CHECKING:
    from torch import Tensor

_KINDS = {"rnn": "rate", "gru": "gru", "lstm": "lstm"}
_RECURRENT = ("weight_hh_l0", "weight_ih_l0", "bias_ih_l0", "bias_hh_l0")


def _find(state_dict: dict[str, Tensor], ending: str) -> np.ndarray:
    """The one entry whose name is ``ending`` or ends with ``.ending``, as float32."""
    names = [name for name in state_dict if name == ending or name.endswith("." + ending)]
    if len(names) != 1:
        raise AtlasError(
            None,
            ending,
            f"one such entry is expected, found {len(names)} among {sorted(state_dict)}",
            "pass the state dict of a module that holds one nn.RNN, nn.GRU or nn.LSTM and one nn.Linear readout",
        )
    return np.asarray(state_dict[names[0]].detach().cpu().numpy(), dtype=np.float32)


def from_torch(state_dict: dict[str, Tensor], cell: str = "rnn") -> Ensemble:
    """An ``nn.RNN`` (``h ← tanh(W_ih u + b_ih + W_hh h + b_hh)``), ``nn.GRU`` or ``nn.LSTM`` with a linear readout ``y = W h + b`` as
    an ensemble of one.

    PyTorch stores rows as targets, so every matrix is transposed; its two biases are added but for the GRU's candidate. An entry
    ``alpha`` is the leak of a ``LeakyRNN``. A state dict does not tell the nonlinearity, which is taken to be tanh: **a network
    of** ``nn.RNN(nonlinearity="relu")`` **becomes another one.** Raises ``AtlasError`` where an entry is missing, is not finite, or has
    another shape than ``cell`` ("rnn", "gru", "lstm") makes it.
    """
    if cell not in _KINDS:
        raise AtlasError(None, "cell", f"one of {', '.join(_KINDS)} is expected, found {cell!r}", "choose one of these")
    unread = [name for name in state_dict if name.endswith(("_reverse", "_l1"))]
    if unread:
        raise AtlasError(None, unread[0], "one layer in one direction is expected", "convert a single-layer module")
    hh, ih, b_ih, b_hh = (_find(state_dict, name) for name in _RECURRENT)
    kind = _KINDS[cell]
    units = hh.shape[1]
    readout = [name for name in state_dict if name.endswith("weight") and state_dict[name].ndim == 2]
    if len(readout) != 1:
        raise AtlasError(None, "readout", f"one linear readout is expected, found {readout}", "name it '<name>.weight'")
    weight = _find(state_dict, readout[0])
    bias_name = readout[0].removesuffix("weight") + "bias"
    bias = _find(state_dict, bias_name) if bias_name in state_dict else np.zeros(weight.shape[0], np.float32)
    rows = GATES[kind] * units
    expected = {
        _RECURRENT[0]: (hh, (rows, units)),
        _RECURRENT[1]: (ih, (rows, ih.shape[-1])),
        _RECURRENT[2]: (b_ih, (rows,)),
        _RECURRENT[3]: (b_hh, (rows,)),
        readout[0]: (weight, (weight.shape[0], units)),
        bias_name: (bias, (weight.shape[0],)),
    }
    for name, (array, shape) in expected.items():
        if array.shape != shape:
            raise AtlasError(
                None, name, f"shape {list(shape)} is expected for the cell {cell!r} of {units} units, found {list(array.shape)}",
                "name the cell that this is: rnn, gru or lstm",
            )  # fmt: skip
        if not np.all(np.isfinite(array)):
            raise AtlasError(
                None,
                name,
                "finite numbers are expected, found NaN or infinity",
                "give a network whose training converged",
            )
    if kind == "gru":
        both = np.concatenate([(b_ih + b_hh)[: 2 * units], b_ih[2 * units :], b_hh[2 * units :]])
    else:
        both = b_ih + b_hh
    parameters = Parameters(
        recurrent=hh.T[None].copy(),
        input=ih.T[None].copy(),
        bias=both[None],
        readout=weight.T[None].copy(),
        readout_bias=bias[None],
    )
    leak = float(state_dict["alpha"]) if kind == "rate" and "alpha" in state_dict else 1.0
    return Ensemble(parameters, Cell(alpha=leak, kind=kind))


def to_torch(ensemble: Ensemble, member: int) -> dict[str, Tensor]:
    """State dict of one member: ``weight_hh_l0`` and the others of ``nn.RNN``, ``nn.GRU`` or ``nn.LSTM``, and ``readout.weight``,
    ``readout.bias``.

    A leaky cell, which ``nn.RNN`` cannot express, has its ``alpha`` as well: the state dict is that of
    ``rnnatlas.networks.leaky_rnn.LeakyRNN``. Raises ``AtlasError`` for no such member.
    """
    import torch

    if not -len(ensemble) <= member < len(ensemble):
        raise AtlasError(
            None, "member", f"a member of {len(ensemble)} is expected, found {member}", "count members from 0"
        )
    p, units = ensemble.parameters[[member]], ensemble.units
    bias, second = p.bias[0].copy(), np.zeros(GATES[ensemble.cell.kind] * units, np.float32)
    if ensemble.cell.kind == "gru":
        bias, second[2 * units :] = bias[: 3 * units].copy(), bias[3 * units :]
    leaky = ensemble.cell.kind == "rate" and ensemble.cell.alpha != 1.0
    leak = {"alpha": torch.tensor(ensemble.cell.alpha, dtype=torch.float64)} if leaky else {}
    return leak | {
        "weight_hh_l0": torch.from_numpy(p.recurrent[0].T.copy()),
        "weight_ih_l0": torch.from_numpy(p.input[0].T.copy()),
        "bias_ih_l0": torch.from_numpy(bias),
        "bias_hh_l0": torch.from_numpy(second),
        "readout.weight": torch.from_numpy(p.readout[0].T.copy()),
        "readout.bias": torch.from_numpy(p.readout_bias[0].copy()),
    }
