"""Whole training steps of an ensemble on a device, without a look at the results before the last."""

from __future__ import annotations

import sys

import numpy as np
import torch
from torch import Tensor

from rnnatlas.arrays import Array, Float
from rnnatlas.engine.device_cells import RollOut, Weights, samples
from rnnatlas.engine.device_penalty import readout_span, similarity
from rnnatlas.engine.device_references import private, stack_references
from rnnatlas.engine.device_state import DeviceState, adam_schedule
from rnnatlas.engine.steps import Batches, Curves, SimilarityTerm, TrainingSetup, TrainingState

# The bounds and the smoothing of an adaptive strength, as in deflation.strength, which an engine does not import.
LOW, HIGH, SMOOTHING = 1e-3, 1e2, 0.95


class DeviceTraining:
    """The tensors of one training, and a step that reads and writes only these: on a GPU it is recorded once as a CUDA graph and
    then replayed, as its hundreds of small kernels cost more to launch than to run."""

    def __init__(
        self, setup: TrainingSetup, state: TrainingState, sizes: tuple[int, int, int, int],
        roll_out: RollOut, device: torch.device, dtype: torch.dtype,
    ) -> None:  # fmt: skip
        trials, times, inputs, outputs = sizes
        members = len(state.active)
        self.setup, self.roll_out = setup, roll_out
        self.state = DeviceState(state, device, dtype)
        self.private = private(setup.keys, np.full(members, setup.cell.noise_scale()), self.state.step, device)
        self.inputs, self.targets, self.weight = (
            torch.zeros(members, times, trials, size, device=device, dtype=dtype) for size in (inputs, outputs, outputs)
        )
        self.length = torch.zeros(members, trials, device=device, dtype=torch.int32)
        self.schedule = torch.zeros(2, device=device, dtype=dtype)
        self.curves = torch.zeros(3, members, device=device, dtype=torch.float64)
        self.stacks = [] if setup.term is None else stack_references(setup.term, self.state.step, device, dtype)
        self.graph: torch.cuda.CUDAGraph | None = None
        self.eager = device.type != "cuda"

    def run(self, state: TrainingState, batches: Batches, rates: Float[Array, "step"]) -> Curves:
        """Advance ``state`` by the steps of ``batches``."""
        self.state.upload(state)
        device, times = self.inputs.device, batches.inputs.shape[3]
        given = ((self.inputs, batches.inputs), (self.targets, batches.targets), (self.weight, batches.weight))
        blocks = [(to, torch.from_numpy(array).to(device, to.dtype).transpose(2, 3)) for to, array in given]
        lengths = torch.from_numpy(batches.length).to(device)
        schedule = torch.from_numpy(adam_schedule(state.step, rates)).to(device, self.schedule.dtype)
        for to, _ in blocks:
            to.zero_()
        curves: list[Tensor] = []
        for s in range(len(rates)):
            for to, block in blocks:
                to[:, :times].copy_(block[s])
            self.length.copy_(lengths[s])
            self.schedule.copy_(schedule[s])
            self._advance()
            curves.append(self.curves.clone())
        self.state.download(state)
        return Curves(*(part.T.astype(np.float32) for part in torch.stack(curves, 1).cpu().numpy()))

    def _advance(self) -> None:
        if self.graph is not None:
            self.graph.replay()
        elif self.eager:
            self._step()
        else:
            self._step_and_capture()

    def _step_and_capture(self) -> None:
        """One step as it is, beside the main stream, which also readies the libraries; the recording then runs nothing."""
        stream, main = torch.cuda.Stream(), torch.cuda.current_stream()
        stream.wait_stream(main)
        with torch.cuda.stream(stream):
            self._step()
        main.wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        try:
            with torch.cuda.graph(graph):
                self._step()
        except RuntimeError as error:
            self.eager = True
            reason = str(error).splitlines()[0]
            print(f"no CUDA graph, steps are launched kernel by kernel (slower): {reason}", file=sys.stderr)
        else:
            self.graph = graph

    def _step(self) -> None:
        setup, state = self.setup, self.state
        weights = state.split(state.value)
        with torch.enable_grad():
            rates, pullback = self.roll_out(weights, setup.cell, self.inputs, self.private)
        rows, readout = samples(rates), weights[3]
        error = torch.baddbmm(weights[4][:, None], rows, readout) - samples(self.targets)
        weighted = samples(self.weight) * error
        total = self.weight.sum((1, 2, 3), dtype=torch.float64)
        loss = (weighted * error).sum((1, 2), dtype=torch.float64) / total
        state.first_loss.copy_(torch.where(state.step == 0, loss, state.first_loss))
        state.freeze(loss)
        e = weighted * (2.0 / total).to(rows.dtype)[:, None, None]
        direct = torch.bmm(e, readout.mT).view_as(rates)
        out = torch.bmm(rows.mT, e)
        self.curves.zero_()
        self.curves[0] = loss
        if setup.term is not None:
            out += self._penalise(setup.term, weights, rates, loss, direct)
        gradient = [*pullback(direct), out, e.sum(1)]
        state.adam(torch.cat([part.flatten(1) for part in gradient], 1), setup.clip, self.schedule[0], self.schedule[1])
        self.curves.masked_fill_(~state.active, torch.nan)
        state.step += 1

    def _penalise(self, term: SimilarityTerm, weights: Weights, rates: Tensor, loss: Tensor, direct: Tensor) -> Tensor:
        """Add ``λ ∂S/∂r`` to ``direct``; returns the gradient through the readout."""
        state, times = self.state, rates.shape[1]
        index = state.step % term.stride + torch.arange(0, times, term.stride, device=rates.device)
        # The last of these may lie beyond the end: it is masked, and stands for the last step, which is then not sampled.
        mask, index = index < times, index.clamp(max=times - 1)
        keep = (index[:, None] < self.length[:, None]) & mask[:, None]

        def sampled(states: Tensor) -> Tensor:
            return samples(states.index_select(1, index).masked_fill(~keep[..., None], 0.0))

        x = sampled(rates)
        earlier = [sampled(states) for stack in self.stacks for states in stack.roll_out(self.roll_out, self.inputs)]
        spans = [span for stack in self.stacks for span in stack.spans]
        found = similarity(x, readout_span(weights[3], term.null_space), earlier, spans, term.ridge, term.form)
        state.freeze(found.value)
        if term.adaptation > 0.0:
            adapt(state, loss, term)
        weight = state.strength * ((state.step + 1) / term.ramp).clamp(max=1.0) if term.ramp else state.strength
        strength = weight[:, None, None]
        pull = torch.bmm(x, (strength * found.own).to(x.dtype))
        for y, back in zip(earlier, found.earlier, strict=True):
            pull.baddbmm_(y, (strength * back).to(x.dtype))
        direct.index_add_(1, index, pull.unflatten(1, (len(index), rates.shape[2])))
        self.curves[1], self.curves[2] = found.value, weight
        return (strength * found.readout_gradient).to(x.dtype)


def adapt(state: DeviceState, loss: Float[Tensor, "member"], term: SimilarityTerm) -> None:
    """``deflation.strength.adapt_strength`` for the active members."""
    smoothed = torch.where(state.smoothed.isnan(), loss, SMOOTHING * state.smoothed + (1 - SMOOTHING) * loss)
    up, down = state.strength * (1.0 + term.adaptation), state.strength / (1.0 + term.adaptation)
    strength = torch.where(smoothed <= term.tolerance, up, down).clamp(LOW, HIGH)
    state.smoothed.copy_(torch.where(state.active, smoothed, state.smoothed))
    state.strength.copy_(torch.where(state.active, strength, state.strength))
