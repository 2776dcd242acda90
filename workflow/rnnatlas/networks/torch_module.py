"""Which parts of a PyTorch module are the recurrent layer and the readout, and whether the rest leaves their outputs alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnnatlas.errors import AtlasError
from rnnatlas.networks.torch_state import ONE_LAYER, Parts, check_names

if TYPE_CHECKING:
    from torch import nn

_UNSEEN = "or, if it changes no output, give the state dict without it: from_torch(module.state_dict())"


def parts_of_module(module: nn.Module) -> Parts:
    """The one recurrent layer (``nn.RNN``, ``nn.GRU``, ``nn.LSTM``, their cells, ``LeakyRNN``) and the one ``nn.Linear`` in ``module``.

    Wrappers (``DataParallel``, ``torch.compile``) are looked into like any other container. What ``forward`` does between layers is not
    seen. Raises ``AtlasError`` for a layer of another kind, a setting that these networks lack, or a layer that computes something of
    its own.
    """
    from torch import nn

    from rnnatlas.networks.leaky_rnn import LeakyRNN

    check_names(f"{name}." for name, _ in module.named_modules())
    layers = (nn.RNNBase, nn.RNNCellBase, LeakyRNN)
    harmless = (nn.Identity, nn.modules.dropout._DropoutNd, nn.modules.loss._Loss)  # at most at work in training
    recurrent: list[tuple[str, nn.Module]] = []
    linear: list[str] = []
    for name, part in module.named_modules():
        if isinstance(part, (*layers, nn.Linear)):
            _check_forward(
                name, part, (nn.RNN, nn.GRU, nn.LSTM, nn.RNNCell, nn.GRUCell, nn.LSTMCell, LeakyRNN, nn.Linear)
            )
        if isinstance(part, nn.Linear):
            linear.append(name)
        elif isinstance(part, layers):
            recurrent.append((name, part))
        elif not [*part.children(), *part.parameters(), *part.buffers()] and not isinstance(part, harmless):
            raise AtlasError(
                None, name or type(part).__name__, f"a recurrent layer and a linear readout are expected, found {type(part).__name__} besides",
                f"train without it, {_UNSEEN}",
            )  # fmt: skip
    if len(recurrent) != 1:
        raise AtlasError(
            None, "recurrent layer", f"one nn.RNN, nn.GRU, nn.LSTM or LeakyRNN is expected, found {[name for name, _ in recurrent]}",
            "pass a module that holds one; of a layer of your own, whose parameters are named as theirs, the state dict",
        )  # fmt: skip
    if len(linear) != 1:
        raise AtlasError(
            None, "readout", f"one nn.Linear is expected, found {linear}",
            "pass a module that holds both layers, such as nn.ModuleList([rnn, readout])" if not linear
            else "keep the one from the hidden state to the outputs: fold a linear layer before the recurrent one into weight_ih",
        )  # fmt: skip
    name, layer = recurrent[0]
    _check_settings(name, layer)
    kinds = {"rnn": (nn.RNN, nn.RNNCell, LeakyRNN), "gru": (nn.GRU, nn.GRUCell), "lstm": (nn.LSTM, nn.LSTMCell)}
    cell = next(key for key, types in kinds.items() if isinstance(layer, types))
    entries = dict(module.named_parameters(remove_duplicate=False)) | dict(module.named_buffers(remove_duplicate=False))
    prefix = f"{name}." if name else ""
    ending = "" if isinstance(layer, nn.RNNCellBase) else "_l0"
    leak = f"{prefix}alpha" if isinstance(layer, LeakyRNN) else None
    return Parts(entries, cell, prefix, ending, f"{linear[0]}.", leak)


def _check_forward(name: str, part: nn.Module, known: tuple[type[nn.Module], ...]) -> None:
    """A class derived from a known one may compute something else."""
    if type(part).forward not in [kind.forward for kind in known]:
        raise AtlasError(
            None, name or type(part).__name__, f"a layer of PyTorch is expected; {type(part).__name__} has a forward of its own",
            f"use the layer that it derives from, {_UNSEEN}",
        )  # fmt: skip


def _check_settings(name: str, layer: nn.Module) -> None:
    """Raise ``AtlasError`` for a setting with which the layer is none of ours."""
    refused = {
        "nonlinearity": ("tanh", "rate units here are tanh units: train with nonlinearity='tanh'"),
        "num_layers": (1, ONE_LAYER),
        "bidirectional": (False, "networks here run forward in time alone: train with bidirectional=False"),
        "proj_size": (0, "the hidden state here is not projected: train with proj_size=0"),
    }
    for setting, (wanted, remedy) in refused.items():
        found = getattr(layer, setting, wanted)
        if found != wanted:
            raise AtlasError(
                None, name or type(layer).__name__, f"{setting}={wanted!r} is expected, found {found!r}", remedy
            )
