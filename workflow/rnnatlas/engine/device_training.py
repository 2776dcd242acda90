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
from rnnatlas.engine.device_state import DeviceState, step_numbers
from rnnatlas.engine.steps import (
    SMOOTHING,
    Batches,
    Curves,
    Schedule,
    SimilarityTerm,
    TrainingSetup,
    TrainingState,
)


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
        self.numbers = torch.zeros(5, device=device, dtype=torch.float64)
        similarities = 1 if setup.term is None else len(setup.term.references)
        self.curves = torch.zeros(2 + similarities, members, device=device, dtype=torch.float64)
        self.stacks = [] if setup.term is None else stack_references(setup.term, self.state.step, device, dtype)
        self.graph: torch.cuda.CUDAGraph | None = None
        self.eager = device.type != "cuda"

    def serves(self, setup: TrainingSetup, state: TrainingState) -> bool:
        """Whether this is the training of ``setup``; the same penalty is the very object, as it holds arrays."""
        mine = self.setup
        same = (mine.cell, mine.optimiser) == (setup.cell, setup.optimiser) and mine.term is setup.term
        shapes = [array.shape for array in state.parameters] == self.state.shapes
        return same and shapes and np.array_equal(mine.keys, setup.keys)

    def run(self, state: TrainingState, batches: Batches, schedule: Schedule) -> Curves:
        """Advance ``state`` by the steps of ``batches``."""
        self.state.upload(state)
        device, times = self.inputs.device, batches.inputs.shape[3]
        given = ((self.inputs, batches.inputs), (self.targets, batches.targets), (self.weight, batches.weight))
        lengths = torch.from_numpy(batches.length).to(device)
        numbers = torch.from_numpy(step_numbers(state.step, schedule, self.setup.optimiser)).to(
            device, self.numbers.dtype
        )
        for to, _ in given:
            to.zero_()
        curves: list[Tensor] = []
        for s in range(len(schedule)):
            for to, array in given:
                to[:, :times].copy_(_sent(array[s], device).transpose(1, 2))
            self.length.copy_(lengths[s])
            self.numbers.copy_(numbers[s])
            self._advance()
            curves.append(self.curves.clone())
        self.state.download(state)
        loss, strength, *each = torch.stack(curves, 1).cpu().numpy().astype(np.float32)
        return Curves(loss.T, np.stack(each, -1).swapaxes(0, 1), strength.T)

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
        state.update(torch.cat([part.flatten(1) for part in gradient], 1), setup.optimiser, self.numbers)
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
        found = similarity(
            x, readout_span(weights[3], term.null_space), earlier, spans, term.ridge, term.form, term.order
        )
        state.freeze(found.value)
        *_, share, tolerance = self.numbers
        if term.rise > 1.0:
            adapt(state, loss, term, share, tolerance)
        weight = state.strength * share
        strength = weight[:, None, None]
        pull = torch.bmm(x, (strength * found.own).to(x.dtype))
        for y, back in zip(earlier, found.earlier, strict=True):
            pull.baddbmm_(y, (strength * back).to(x.dtype))
        direct.index_add_(1, index, pull.unflatten(1, (len(index), rates.shape[2])))
        self.curves[1], self.curves[2:] = weight, found.each.T
        return (strength * found.readout_gradient).to(x.dtype)


def _sent(array: Array, device: torch.device) -> Tensor:
    """On the device, without a wait for it: the host lays a step's trials into pinned memory while the device is busy with the step before."""
    tensor = torch.from_numpy(array)
    return tensor.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else tensor.to(device)


def adapt(
    state: DeviceState, loss: Float[Tensor, "member"], term: SimilarityTerm, share: Tensor, tolerance: Tensor
) -> None:
    """``deflation.strength.adapt_strength`` for the active members, where the penalty counts."""
    smoothed = torch.where(state.smoothed.isnan(), loss, SMOOTHING * state.smoothed + (1 - SMOOTHING) * loss)
    up, down = state.strength * term.rise, state.strength * term.fall
    strength = torch.where(smoothed <= tolerance, up, down).clamp(term.floor, term.ceiling)
    counts = state.active & (share > 0.0)
    state.smoothed.copy_(torch.where(counts, smoothed, state.smoothed))
    state.strength.copy_(torch.where(counts, strength, state.strength))
