"""Context-dependent integration: accumulate one of two noisy evidence streams, as a cue says (Mante et al. 2013)."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.config.base import setting
from rnnatlas.tasks.branching import Branch, Branching, held
from rnnatlas.tasks.normals import normals
from rnnatlas.tasks.task import Task, TaskSettings, Variable
from rnnatlas.tasks.trials import Trials


class Settings(TaskSettings):
    """Timing and statistics of the evidence, and what is asked of the network."""

    input_noise: float = setting(0.32, "standard deviation of the noise on both streams, while the stimulus lasts, in a step of 20 ms; sqrt(20/dt) of it at another dt", source="trial run", ge=0)  # fmt: skip
    onset: float = setting(100.0, "time before the stimulus, with the context cue on", "ms", source="trial run", gt=0)
    duration: float = setting(1400.0, "duration of the stimulus", "ms", source="trial run", gt=0)
    response: float = setting(200.0, "duration of the response after the stimulus; for the target `choice` only", "ms", gt=0)  # fmt: skip
    max_coherence: float = setting(0.2, "coherences are uniform between plus and minus this", source="trial run", gt=0)
    window: float = setting(20.0, "time at the end of the stimulus over which the output is averaged and judged; for the target `integral` only", "ms", gt=0)  # fmt: skip
    target: Literal["integral", "choice"] = setting("integral", "follow the bounded integral of the evidence, or tell its sign at the end")  # fmt: skip


class ContextIntegration(Task[Settings]):
    """Two streams of constant coherence with noise, and a one-hot cue, on for the whole trial, that says which counts.

    With e(t) the sum of the relevant stream, noise included, up to and with step t, the target is

    - ``integral``: y(t) = clip(e(t) / (c_max n / 2), -1, 1), where c_max is the largest coherence and n the number
      of stimulus steps as trained, whatever the load: half of the largest possible drift reaches the bound;
    - ``choice``: y = 0 before the stimulus, free while it lasts, and the sign of e at its end in the response.

    Streams and targets have no unit; a stream is silent outside the stimulus.
    """

    title: ClassVar[str] = "Context-dependent integration"
    input_names: ClassVar[tuple[str, ...]] = ("motion", "colour", "context motion", "context colour")
    load_name: ClassVar[str] = "stimulus duration"

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.output_names = (settings.target,)  # type: ignore[misc]

    def draw(self, count: int, rng: np.random.Generator, load: float | None = None) -> Trials:
        onset = self.steps(self.settings.onset)
        stop = onset + self.steps(self.settings.duration * (1.0 if load is None else load))
        times = stop + self._response_steps()
        context = rng.permutation(count) % 2
        coherence = rng.uniform(-1.0, 1.0, (count, 2)) * self.settings.max_coherence
        inputs = np.zeros((count, times, 4), dtype=np.float32)
        for stream in range(2):
            inputs[:, onset:stop, stream] = coherence[:, stream, None]
        inputs[np.arange(count), :, 2 + context] = 1.0
        weight = np.ones((count, times, 1), dtype=np.float32)
        judged = np.zeros((count, times, 1), dtype=bool)
        epochs = {"stimulus": (onset, stop), "trial": (0, times)}
        if self.settings.target == "choice":
            weight[:, onset:stop] = 0.0
            judged[:, stop:] = True
            epochs["response"] = (stop, times)
        else:
            judged[:, -min(times, self.steps(self.settings.window)) :] = True
        trials = Trials(
            inputs=inputs,
            targets=np.zeros((count, times, 1), dtype=np.float32),
            weight=weight,
            judged=judged,
            length=np.full(count, times),
            epochs={name: np.full((count, 2), epoch) for name, epoch in epochs.items()},
            conditions={
                "context": context.astype(np.float64),
                "motion": coherence[:, 0],
                "colour": coherence[:, 1],
                "relevant": coherence[np.arange(count), context],
                "irrelevant": coherence[np.arange(count), 1 - context],
            },
        )
        return self.retarget(trials)

    def noise(self, trials: Trials, rng: np.random.Generator) -> Float[Array, "trial time input"]:
        """Noise of unit deviation on the two streams while the stimulus lasts, 0 elsewhere."""
        onset, stop = map(int, trials.epochs["stimulus"][0])  # the same in all trials
        noise = np.zeros_like(trials.inputs)
        drawn = normals(rng, 2 * trials.count * (stop - onset)).reshape(2, trials.count, -1)
        for stream in range(2):
            noise[:, onset:stop, stream] = drawn[stream]
        return noise

    def retarget(self, trials: Trials) -> Trials:
        """Targets, and the condition ``choice`` (sign of the last one), from the streams as shown."""
        relevant = trials.inputs[np.arange(trials.count), :, trials.conditions["context"].astype(int)]
        evidence = np.cumsum(relevant, axis=1)
        choice = np.sign(evidence[:, -1])
        if self.settings.target == "choice":
            after = np.arange(trials.times) >= trials.epochs["response"][:, :1]
            targets = np.where(after, choice[:, None], np.float32(0.0))
        else:
            targets = np.clip(evidence / np.float32(self.bound()), -1.0, 1.0)
        conditions = trials.conditions | {"choice": choice.astype(np.float64)}
        return replace(trials, targets=targets[:, :, None], conditions=conditions)

    def bound(self) -> float:
        """Half of the largest possible drift as trained, c_max n / 2: the summed evidence at which the target is 1."""
        return 0.5 * self.settings.max_coherence * self.steps(self.settings.duration)

    def score(
        self, outputs: Float[Array, "*member trial time output"], trials: Trials
    ) -> dict[str, Float[Array, "*member trial"]]:
        """Performance: 1 if the output, averaged over the judged steps, has the sign of the target, else 0; error: its
        mean squared error over those steps (the last ``window`` for ``integral``, the response for ``choice``)."""
        share = trials.judged / trials.judged.sum((-2, -1), keepdims=True)
        answer = (outputs * share).sum((-2, -1))
        error = ((outputs - trials.targets) ** 2 * share).sum((-2, -1))
        return {"performance": (np.sign(answer) == trials.conditions["choice"]).astype(np.float64), "error": error}

    def constant_inputs(self) -> dict[str, Float[Array, "input"]]:
        """Each context's cue, with evidence of zero coherence."""
        return {"motion context": np.array([0.0, 0.0, 1.0, 0.0]), "colour context": np.array([0.0, 0.0, 0.0, 1.0])}

    def branching(self) -> Branching:
        """Each context's cue, until that settles; then evidence of the largest coherence for or against in one of the streams, for half of the trained
        duration, and what remains of it with the cue on."""
        cues, strength = self.constant_inputs(), self.settings.max_coherence
        seen = max(1, self.steps(self.settings.duration) // 2)

        def evidence(cue: Array) -> tuple[Branch, ...]:
            names = ("motion", "colour")
            return tuple(
                Branch(
                    f"{'+' if sign > 0 else '-'} {name}", held(seen, 4, k, sign * strength, on=seen) + cue, during=cue
                )
                for k, name in enumerate(names)
                for sign in (1, -1)
            )

        onset = self.steps(self.settings.onset)
        told = (Branch(name, np.tile(cue, (onset, 1)), then=evidence(cue), during=cue) for name, cue in cues.items())
        return Branching(held(0, 4), tuple(told), steps=1)

    def variables(self) -> list[Variable]:
        linear = [Variable(name, "linear") for name in ("relevant", "irrelevant", "motion", "colour")]
        return [*linear, Variable("context", "class"), Variable("choice", "class")]

    def noisy_inputs(self) -> Float[Array, "input"]:
        return np.array([1.0, 1.0, 0.0, 0.0])

    def _response_steps(self) -> int:
        return self.steps(self.settings.response) if self.settings.target == "choice" else 0


TASK = ContextIntegration
