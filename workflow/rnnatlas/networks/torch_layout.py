"""To and from PyTorch's ``nn.RNN``, ``nn.GRU`` and ``nn.LSTM`` with a linear readout, and ``LeakyRNN`` for networks with a leak."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.errors import AtlasError, NoTorch
from rnnatlas.networks.cell import GATES, Cell
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.parameters import Parameters
from rnnatlas.networks.torch_state import Parts, check_names, numbers, parts_of_state

if TYPE_CHECKING:
    from torch import Tensor, nn

_KINDS = {"rnn": "rate", "gru": "gru", "lstm": "lstm"}


def from_torch(source: nn.Module | Mapping[str, Any], cell: str | None = None) -> Ensemble:
    """A network of PyTorch as an ensemble of one: ``nn.RNN`` (``h ← tanh(W_ih u + b_ih + W_hh h + b_hh)``), ``nn.GRU``, ``nn.LSTM``, or
    ``LeakyRNN``, with a linear readout ``y = W h + b``.

    ``source`` is the module that holds both layers, wrapped or not, or a state dict (of tensors or arrays). Of a module, the
    kind of cell, the nonlinearity and other settings are known, and what cannot be represented is refused. **A state dict does not tell
    them**: ``cell`` says which it is ("rnn", "gru", "lstm"; "rnn" if it is not given), and an ``nn.RNN(nonlinearity="relu")`` cannot be
    told from a tanh network. What ``forward`` computes outside the layers stands in neither: compare outputs once.

    PyTorch stores rows as targets, so every matrix is transposed; its two biases are added but for the GRU's candidate, and are 0 where
    there are none. An entry ``alpha`` beside the recurrent weights is the leak of a ``LeakyRNN``. Raises ``AtlasError`` where an entry is
    missing, is not read (an initial state, a normalisation: outputs would differ), has no finite numbers or not the shape that
    the cell gives it.
    """
    if cell is not None and cell not in _KINDS:
        raise AtlasError(None, "cell", f"one of {', '.join(_KINDS)} is expected, found {cell!r}", "choose one of these")
    if isinstance(source, Mapping):
        parts = parts_of_state(source, cell or "rnn")
    elif hasattr(source, "named_modules"):
        from rnnatlas.networks.torch_module import parts_of_module

        parts = parts_of_module(source)
        check_names(parts.entries)
        if cell is not None and cell != parts.cell:
            raise AtlasError(None, "cell", f"{parts.cell!r} is what the module holds, found {cell!r}", "leave cell out")
    else:
        raise AtlasError(
            None, "source", f"a PyTorch module or a state dict is expected, found {type(source).__name__}",
            "load a file with torch.load(path, map_location='cpu') first",
        )  # fmt: skip
    arrays = _read(parts)
    _check_shapes(parts, arrays)
    kind, units = _KINDS[parts.cell], arrays["hh"].shape[1]
    b_ih, b_hh = arrays["b_ih"], arrays["b_hh"]
    if kind == "gru":
        both = np.concatenate([(b_ih + b_hh)[: 2 * units], b_ih[2 * units :], b_hh[2 * units :]])
    else:
        both = b_ih + b_hh
    parameters = Parameters(
        recurrent=arrays["hh"].T[None].copy(),
        input=arrays["ih"].T[None].copy(),
        bias=both[None],
        readout=arrays["readout"].T[None].copy(),
        readout_bias=arrays["readout_bias"][None],
    )
    return Ensemble(parameters, Cell(alpha=_leak(parts), kind=kind))


def _names(parts: Parts) -> dict[str, str]:
    """The entries that are read, by what they are; biases may be missing."""
    return {
        "hh": parts.name("weight_hh"),
        "ih": parts.name("weight_ih"),
        "b_ih": parts.name("bias_ih"),
        "b_hh": parts.name("bias_hh"),
        "readout": f"{parts.readout}weight",
        "readout_bias": f"{parts.readout}bias",
    }


def _read(parts: Parts) -> dict[str, Array]:
    """The arrays that make up the network; raises ``AtlasError`` for one that is missing and for every entry that is not read."""
    names = _names(parts)
    biases = [name for key, name in names.items() if key in ("b_ih", "b_hh") and name in parts.entries]
    needed = [names["hh"], names["ih"], names["readout"], *([names["b_ih"], names["b_hh"]] if biases else [])]
    for name in needed:
        if name not in parts.entries:
            raise AtlasError(
                None, name, f"this entry is missing among {sorted(parts.entries)}", "pass the whole state dict"
            )
    # A module may hold a tensor under several names.
    taken = [parts.entries[name] for name in [*names.values(), parts.leak] if name in parts.entries]
    unread = [name for name, value in parts.entries.items() if not any(value is one for one in taken)]
    if unread:
        raise AtlasError(
            None, unread[0],
            f"not read, and outputs may depend on it: {', '.join(unread)}. Networks here are a recurrent layer, whose state begins at 0, and a linear readout",
            "train without it, or fold it into their weights; what changes no output may be left out of the state dict",
        )  # fmt: skip
    arrays = {
        key: numbers(name, parts.entries[name]).astype(np.float32)
        for key, name in names.items()
        if name in parts.entries
    }
    rows = arrays["hh"].shape[:1]
    zeros = {"b_ih": rows, "b_hh": rows, "readout_bias": arrays["readout"].shape[:1]}
    return {key: np.zeros(shape, np.float32) for key, shape in zeros.items()} | arrays


def _check_shapes(parts: Parts, arrays: dict[str, Array]) -> None:
    """Raise ``AtlasError`` for the first array of another shape than the recurrent weights and the cell give it."""
    hh, ih, readout = arrays["hh"], arrays["ih"], arrays["readout"]
    units = hh.shape[1] if hh.ndim == 2 else 0
    rows = GATES[_KINDS[parts.cell]] * units
    expected = {
        "hh": (rows, units),
        "ih": (rows, ih.shape[-1] if ih.ndim else 0),
        "b_ih": (rows,),
        "b_hh": (rows,),
        "readout": (readout.shape[0] if readout.ndim else 0, units),
        "readout_bias": readout.shape[:1],
    }
    fits = [cell for cell, kind in _KINDS.items() if units and hh.shape[0] == GATES[kind] * units]
    remedies = {"hh": f"this is the shape of another cell: from_torch(..., cell={fits[0]!r})" if fits else ""}
    remedies |= dict.fromkeys(("readout", "readout_bias"), "the readout is a linear map of the hidden state")
    for key, shape in expected.items():
        array, name = arrays[key], _names(parts)[key]
        if array.shape != shape or 0 in shape:
            raise AtlasError(
                None, name, f"shape {list(shape)} is expected for the cell {parts.cell!r} of {units} units, found {list(array.shape)}",
                remedies.get(key) or "give the entries as the module has them",
            )  # fmt: skip


def _leak(parts: Parts) -> float:
    """The leak of a ``LeakyRNN``, 1 of other networks; in full precision."""
    if parts.leak is None:
        return 1.0
    value = numbers(parts.leak, parts.entries[parts.leak])
    if value.size != 1:
        raise AtlasError(None, parts.leak, f"one number is expected, found shape {list(value.shape)}", "give dt / tau")
    try:
        return Cell(alpha=float(value.reshape(())), kind="rate").alpha
    except AtlasError as error:
        raise AtlasError(None, parts.leak, error.expected, "give the leak dt / tau of the network") from error


def to_torch(ensemble: Ensemble, member: int) -> dict[str, Tensor]:
    """State dict of one member: ``weight_hh_l0`` and the others of ``nn.RNN``, ``nn.GRU`` or ``nn.LSTM``, and ``readout.weight``,
    ``readout.bias``.

    A leaky cell, which ``nn.RNN`` cannot express, has its ``alpha`` as well: the state dict is that of
    ``rnnatlas.networks.leaky_rnn.LeakyRNN``. Raises ``AtlasError`` for no such member,
    and ``NoTorch`` where PyTorch is not installed.
    """
    try:
        import torch
    except ModuleNotFoundError as error:
        raise NoTorch("to_torch") from error
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
