"""The trials of a block of steps: each member's own, ordered by falling length, padded, laid side by side."""

from collections.abc import Sequence

import numpy as np
import pytest

from rnnatlas.engine.steps import Batches
from rnnatlas.engine.torch_engine import TorchEngine
from rnnatlas.errors import AtlasError
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.flip_flop import FlipFlop, Settings
from rnnatlas.tasks.registry import get_task
from rnnatlas.tasks.trials import Trials
from rnnatlas.training.batches import draw_batches
from rnnatlas.training.lessons import FreshTrials
from rnnatlas.training.member import Member
from rnnatlas.training.run import TrainingRun

TASK = get_task("memory_pro")  # its trials differ in length
COUNT = 13
MEMBERS = [Member((0, "batches"), index, attempt) for index, attempt in ((0, 0), (1, 0), (5, 2))]
STEPS = range(11, 15)
NAMES = ("inputs", "targets", "weight", "length")


def draw(
    members: Sequence[Member] = MEMBERS, steps: range = STEPS, active: Sequence[bool] | None = None, task=TASK
) -> Batches:
    on = np.ones(len(members), dtype=bool) if active is None else np.array(active)
    return draw_batches(
        FreshTrials(task, COUNT, 1), TrainingRun(members, TorchEngine(), label="memory_pro g1"), steps, on
    )


def own(member: Member, step: int) -> Trials:
    """The member's trials of one step, as the task draws them from the member's stream for training."""
    return TASK.batch(COUNT, generator(*member.stream, "training", member.number, member.attempt, step))


def same(one: Batches, other: Batches, pick: tuple = (), place: tuple = ()) -> bool:
    """Equal but for the amount of padding."""
    for name in NAMES:
        a, b = getattr(one, name)[pick], getattr(other, name)[place]
        if name != "length":
            times = min(a.shape[-2], b.shape[-2])
            if a[..., times:, :].any() or b[..., times:, :].any():
                return False
            a, b = a[..., :times, :], b[..., :times, :]
        if not np.array_equal(a, b):
            return False
    return True


def test_each_step_and_member_has_its_own_trials_ordered_by_falling_length() -> None:
    batches = draw()
    assert batches.length.shape == (len(STEPS), len(MEMBERS), COUNT)
    assert len(np.unique(batches.length)) > 3
    assert (np.diff(batches.length, axis=-1) <= 0).all()
    for s, step in enumerate(STEPS):
        for m, member in enumerate(MEMBERS):
            trials = own(member, step)
            order = sorted(
                range(COUNT), key=lambda trial: -trials.length[trial]
            )  # stable: equal lengths keep their order
            assert batches.length[s, m].tolist() == [trials.length[trial] for trial in order]
            for name in NAMES[:3]:
                array = getattr(batches, name)[s, m]
                assert np.array_equal(array[:, : trials.times], getattr(trials, name)[order]), name


def test_the_trials_are_not_ordered_as_they_are_drawn() -> None:
    """Else the test above would say little."""
    assert any((np.diff(own(member, step).length) > 0).any() for member in MEMBERS for step in STEPS)


def test_padding_is_zero_and_has_no_weight() -> None:
    batches = draw()
    times = batches.inputs.shape[3]
    assert batches.length.max() <= times
    padding = np.arange(times) >= batches.length[..., None]
    assert padding.any()
    for name in ("inputs", "weight"):
        assert not getattr(batches, name)[padding].any(), name
    assert batches.weight[~padding].any()


def test_as_many_steps_as_the_longest_set_of_trials_has() -> None:
    assert draw().inputs.shape[3] == max(own(member, step).times for member in MEMBERS for step in STEPS)


def test_arrays_are_what_the_engine_takes() -> None:
    batches = draw()
    for name in NAMES[:3]:
        array = getattr(batches, name)
        assert array.dtype == np.float32 and array.flags.c_contiguous, name
    assert batches.length.dtype == np.int32 and batches.length.flags.c_contiguous


def test_a_frozen_member_has_empty_trials_and_the_others_keep_theirs() -> None:
    whole, part = draw(), draw(active=[True, False, True])
    for name in NAMES:
        assert not getattr(part, name)[:, 1].any(), name
    for m in (0, 2):
        assert same(whole, part, (slice(None), m), (slice(None), m))


def test_a_frozen_member_draws_nothing() -> None:
    """It costs nothing from then on."""
    calls = []

    class Counting(FlipFlop):
        def draw(self, count: int, rng: np.random.Generator, load: float | None = None) -> Trials:
            calls.append(count)
            return super().draw(count, rng, load)

    draw(active=[False, True, False], task=Counting(Settings()))
    assert calls == [COUNT] * len(STEPS)


@pytest.mark.parametrize("chosen", [[1], [2, 0], [0, 2, 1]])
def test_trials_depend_on_the_members_own_stream_alone(chosen: list[int]) -> None:
    """Not on its place, nor on who else is there."""
    whole, part = draw(), draw([MEMBERS[k] for k in chosen])
    for place, k in enumerate(chosen):
        assert same(whole, part, (slice(None), k), (slice(None), place))


def test_trials_of_a_step_do_not_depend_on_the_block_that_it_is_drawn_in() -> None:
    whole = draw()
    for first, last in ((11, 12), (12, 15), (13, 14)):
        assert same(whole, draw(steps=range(first, last)), (slice(first - 11, last - 11),))


@pytest.mark.parametrize(
    "other",
    [Member((0, "batches"), 1), Member((0, "batches"), 0, 1), Member((1, "batches"), 0), Member((0, "other"), 0)],
    ids=["number", "attempt", "seed", "stream"],
)
def test_every_part_of_a_members_name_counts(other: Member) -> None:
    one, two = draw([MEMBERS[0]]), draw([other])
    assert not same(one, two)


def test_steps_and_members_have_trials_of_their_own() -> None:
    batches = draw()
    cells = [(s, m) for s in range(len(STEPS)) for m in range(len(MEMBERS))]
    seen = {batches.inputs[cell].tobytes() for cell in cells}
    assert len(seen) == len(cells)


class Spoilt(FlipFlop):
    """Draws something that is not finite in one input of the batch number ``when``."""

    def __init__(self, when: int, value: float) -> None:
        super().__init__(Settings())
        self.when, self.value, self.calls = when, value, 0

    def draw(self, count: int, rng: np.random.Generator, load: float | None = None) -> Trials:
        trials, self.calls = super().draw(count, rng, load), self.calls + 1
        if self.calls - 1 == self.when:
            trials.inputs[3, 5, 1] = self.value
        return trials


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("when", [0, 4, 11])
def test_inputs_that_are_not_finite_are_refused_with_the_step(when: int, value: float) -> None:
    with pytest.raises(AtlasError, match="NaN or infinity") as caught:
        draw(task=Spoilt(when, value))
    assert caught.value.key == f"memory_pro g1, step {11 + when // 3}"
    assert "draw()" in caught.value.remedy
