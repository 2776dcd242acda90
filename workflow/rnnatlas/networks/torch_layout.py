"""To and from PyTorch's ``nn.RNN`` with a linear readout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rnnatlas.errors import AtlasError
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.parameters import Parameters

if TYPE_CHECKING:
    from torch import Tensor

_RECURRENT = ("weight_hh_l0", "weight_ih_l0", "bias_ih_l0", "bias_hh_l0")


def _find(state_dict: dict[str, Tensor], ending: str) -> np.ndarray:
    """The one entry whose name is ``ending`` or ends with ``.ending``, as float32."""
    names = [name for name in state_dict if name == ending or name.endswith("." + ending)]
    if len(names) != 1:
        raise AtlasError(
            None,
            ending,
            f"one such entry is expected, found {len(names)} among {sorted(state_dict)}",
            "pass the state dict of a module that holds one nn.RNN and one nn.Linear readout",
        )
    return np.asarray(state_dict[names[0]].detach().cpu().numpy(), dtype=np.float32)


def from_torch(state_dict: dict[str, Tensor], cell: str = "rnn") -> Ensemble:
    """``h ← tanh(W_ih u + b_ih + W_hh h + b_hh)``, ``y = W h + b`` as an ensemble of one with ``alpha`` = 1.

    PyTorch stores rows as targets, so every matrix is transposed; its two biases are added. Raises ``AtlasError``
    where an entry is missing or the cell is not ``"rnn"``.
    """
    if cell != "rnn":
        raise AtlasError(None, "cell", f"'rnn' is read so far, found {cell!r}", "convert a vanilla nn.RNN")
    unread = [name for name in state_dict if name.endswith(("_reverse", "_l1"))]
    if unread:
        raise AtlasError(None, unread[0], "one layer in one direction is expected", "convert a single-layer nn.RNN")
    hh, ih, b_ih, b_hh = (_find(state_dict, name) for name in _RECURRENT)
    if hh.shape[0] != hh.shape[1]:
        raise AtlasError(
            None, _RECURRENT[0], f"a square matrix is expected, found {list(hh.shape)} (a GRU or an LSTM)", "convert an nn.RNN"
        )  # fmt: skip
    readout = [name for name in state_dict if name.endswith("weight") and state_dict[name].ndim == 2]
    if len(readout) != 1:
        raise AtlasError(None, "readout", f"one linear readout is expected, found {readout}", "name it '<name>.weight'")
    weight = _find(state_dict, readout[0])
    bias_name = readout[0].removesuffix("weight") + "bias"
    bias = _find(state_dict, bias_name) if bias_name in state_dict else np.zeros(weight.shape[0], np.float32)
    parameters = Parameters(
        recurrent=hh.T[None].copy(),
        input=ih.T[None].copy(),
        bias=(b_ih + b_hh)[None],
        readout=weight.T[None].copy(),
        readout_bias=bias[None],
    )
    return Ensemble(parameters, Cell(alpha=1.0))


def to_torch(ensemble: Ensemble, member: int) -> dict[str, Tensor]:
    """State dict of one member: ``weight_hh_l0`` and the others of ``nn.RNN``, and ``readout.weight``, ``readout.bias``.

    Raises ``AtlasError`` for a leaky cell, which ``nn.RNN`` cannot express.
    """
    import torch

    if ensemble.cell.alpha != 1.0:
        raise AtlasError(
            None, "alpha", f"nn.RNN has no leak, found alpha = {ensemble.cell.alpha}", "train with tau = dt"
        )
    p = ensemble.parameters[[member]]
    return {
        "weight_hh_l0": torch.from_numpy(p.recurrent[0].T.copy()),
        "weight_ih_l0": torch.from_numpy(p.input[0].T.copy()),
        "bias_ih_l0": torch.from_numpy(p.bias[0].copy()),
        "bias_hh_l0": torch.zeros(ensemble.units),
        "readout.weight": torch.from_numpy(p.readout[0].T.copy()),
        "readout.bias": torch.from_numpy(p.readout_bias[0].copy()),
    }
