"""A leaky tanh network as a PyTorch module: what ``nn.RNN``, which has no leak, cannot express."""

from __future__ import annotations

from rnnatlas.errors import AtlasError, NoTorch
from rnnatlas.networks.ensemble import Ensemble

try:
    import torch
    from torch import Tensor, nn
except ModuleNotFoundError as error:
    raise NoTorch("LeakyRNN") from error


class LeakyRNN(nn.Module):
    """``x[t] = (1−a)·x[t−1] + a·(W_hh r[t−1] + b_hh + W_ih u[t] + b_ih)``, ``r = tanh(x)``, ``y = W r + b``; x and r begin at 0.

    Parameters are named as those of ``nn.RNN`` with a linear ``readout``; the leak ``a = dt / tau`` is the buffer ``alpha``, which
    is not trained. The state dict is what ``Ensemble.to_torch`` gives for a leaky cell, and ``Ensemble.from_torch`` reads it, or the module itself.
    With ``a = 1`` this is ``nn.RNN``. Private noise is left out.
    """

    alpha: Tensor

    def __init__(self, inputs: int, units: int, outputs: int, alpha: float = 1.0) -> None:
        super().__init__()

        def fresh(*shape: int) -> nn.Parameter:
            return nn.Parameter(torch.empty(shape).uniform_(-(units**-0.5), units**-0.5))  # as nn.RNN does

        self.weight_ih_l0, self.weight_hh_l0 = fresh(units, inputs), fresh(units, units)
        self.bias_ih_l0, self.bias_hh_l0 = fresh(units), fresh(units)
        self.readout = nn.Linear(units, outputs)
        self.register_buffer("alpha", torch.tensor(float(alpha), dtype=torch.float64))

    @classmethod
    def from_ensemble(cls, ensemble: Ensemble, member: int) -> LeakyRNN:
        """One member of an ensemble of rate units, leaky or not; raises ``AtlasError`` for a gated cell and for no such member."""
        if ensemble.cell.kind != "rate":
            raise AtlasError(
                None, "cell", f"rate units are expected, found {ensemble.cell.kind!r}", "load Ensemble.to_torch into nn.GRU or nn.LSTM"
            )  # fmt: skip
        state = ensemble.to_torch(member)
        module = cls(ensemble.inputs, ensemble.units, ensemble.outputs)
        module.load_state_dict({"alpha": module.alpha} | state)
        return module

    def forward(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """Outputs ``[trial, time, output]`` and rates ``[trial, time, unit]`` for inputs ``[trial, time, input]``."""
        leak = self.alpha.to(inputs.dtype)
        drive = inputs @ self.weight_ih_l0.T + self.bias_ih_l0 + self.bias_hh_l0
        state = torch.zeros_like(drive[:, 0])
        rates: list[Tensor] = []
        for step in drive.unbind(1):
            state = (1.0 - leak) * state + leak * (torch.tanh(state) @ self.weight_hh_l0.T + step)
            rates.append(torch.tanh(state))
        stacked = torch.stack(rates, dim=1)
        return self.readout(stacked), stacked
