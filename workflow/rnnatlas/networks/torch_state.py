"""Which entries of a PyTorch state dict are the recurrent layer and the readout, and their numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.errors import AtlasError

ONE_LAYER = "networks here have one recurrent layer: train with num_layers=1"
_REFUSED = {
    r"_reverse$": ("one direction of time", "networks here run forward in time alone: train with bidirectional=False"),
    r"_l[1-9]\d*$": ("one recurrent layer", ONE_LAYER),
    r"weight_hr_l0$": ("no projection", "the hidden state here is not projected: train with proj_size=0"),
    r"(^|\.)parametrizations\.": (
        "plain weights",
        "call torch.nn.utils.parametrize.remove_parametrizations(layer, name) first",
    ),
    r"weight_(ih|hh)(_l0)?_[gv]$": ("plain weights", "call torch.nn.utils.remove_weight_norm(layer, name) first"),
    r"weight_(ih|hh)(_l0)?_(orig|mask)$": ("plain weights", "call torch.nn.utils.prune.remove(layer, name) first"),
}


@dataclass(frozen=True)
class Parts:
    """All entries by name, and where among them the two layers are: names are ``recurrent + "weight_hh" + ending``, ``readout +
    "weight"``; ``leak`` names the entry with the leak, if there is one. ``cell`` is rnn, gru or lstm."""

    entries: Mapping[str, Any]
    cell: str
    recurrent: str
    ending: str
    readout: str
    leak: str | None

    def name(self, entry: str) -> str:
        """The full name of an entry of the recurrent layer."""
        return f"{self.recurrent}{entry}{self.ending}"


def parts_of_state(state: Mapping[Any, Any], cell: str) -> Parts:
    """The entries of a recurrent layer, found by their endings, and of a readout: the one other ``...weight`` with two axes.

    Raises ``AtlasError`` where there is none or more than one, and for a layer that these networks lack.
    """
    for name in state:
        if not isinstance(name, str):
            raise AtlasError(None, repr(name), "names of entries are expected to be text", "pass module.state_dict()")
    check_names(state)
    found = [name for name in state if re.search(r"(^|\.)weight_hh(_l0)?$", name)]
    if len(found) != 1:
        nested = [name for name, value in state.items() if isinstance(value, Mapping)]
        raise AtlasError(
            None, "weight_hh_l0", f"one such entry is expected, found {len(found)} among {sorted(state)}",
            f"this is a dictionary of others: give one of them, such as [{nested[0]!r}]" if nested and not found
            else "pass a module, or its state dict, that holds one nn.RNN, nn.GRU or nn.LSTM and one nn.Linear readout",
        )  # fmt: skip
    ending = "_l0" if found[0].endswith("_l0") else ""
    prefix = found[0].removesuffix(f"weight_hh{ending}")
    leak = f"{prefix}alpha" if cell == "rnn" and f"{prefix}alpha" in state else None
    own = f"{prefix}weight_ih{ending}", found[0]
    readout = [name for name in state if name.endswith("weight") and name not in own and np.ndim(state[name]) == 2]
    if len(readout) != 1:
        raise AtlasError(
            None, "readout", f"one linear readout is expected, found {readout} among {sorted(state)}",
            "pass the state dict of a module with one nn.Linear, from the hidden state to the outputs",
        )  # fmt: skip
    return Parts(state, cell, prefix, ending, readout[0].removesuffix("weight"), leak)


def check_names(names: Iterable[str]) -> None:
    """Raise ``AtlasError`` for an entry that tells of a layer that networks here lack."""
    for name in names:
        for pattern, (expected, remedy) in _REFUSED.items():
            if re.search(pattern, name):
                raise AtlasError(None, name, f"{expected} is expected, found this entry", remedy)


def numbers(name: str, value: Any) -> Float[Array, "..."]:
    """The values of an entry in float64: a tensor of any kind of real numbers, device and layout, or an array.

    Raises ``AtlasError`` where there are no values, they are no real numbers, or not finite in single precision.
    """
    try:
        array = _tensor_values(value) if hasattr(value, "detach") else np.asarray(value)
        if array.dtype.kind not in "fiubV":  # V: bfloat16 of other libraries
            raise TypeError(f"found {array.dtype}")
        wide = array.astype(np.float64)
    except (TypeError, ValueError, RuntimeError) as error:  # NotImplementedError is a RuntimeError
        raise AtlasError(
            None, name, f"real numbers are expected ({str(error).splitlines()[0]})",
            "give a tensor or an array with values: a module that has run once, with its weights loaded",
        ) from error  # fmt: skip
    if not np.all(np.isfinite(wide)):
        raise AtlasError(
            None, name, "finite numbers are expected, found NaN or infinity", "give a network whose training converged"
        )
    if wide.size and np.abs(wide).max() > np.finfo(np.float32).max:
        raise AtlasError(
            None, name, f"numbers of single precision are expected, found {np.abs(wide).max():.3g}", "scale the network"
        )
    return wide


def _tensor_values(tensor: Any) -> np.ndarray:
    """Through float64, which holds all kinds of real numbers that PyTorch has, and NumPy not all."""
    if tensor.is_meta:
        raise TypeError("found a tensor without values, on the device 'meta'")
    plain = tensor.detach().cpu()
    if plain.is_quantized:
        plain = plain.dequantize()
    if plain.is_complex():
        raise TypeError(f"found {plain.dtype}")
    return plain.to_dense().double().numpy()
