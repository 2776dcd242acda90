"""Fixed sets of trials, gone through epoch by epoch: who sees what, who stops, who tries again."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnnatlas.config.training import NetworkSettings, TrainingSettings
from rnnatlas.engine.native_engine import NativeEngine
from rnnatlas.engine.steps import Curves, TrainingState
from rnnatlas.engine.torch_engine import TorchEngine
from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.tasks.registry import get_task
from rnnatlas.training.attempts import fit_until_accepted
from rnnatlas.training.checkpoint import Checkpoint
from rnnatlas.training.lessons import FixedTrials, epoch_losses, last_losses, lessons_of
from rnnatlas.training.loop import fit
from rnnatlas.training.member import Member
from rnnatlas.training.run import TrainingRun
from rnnatlas.training.schedule import BLOCK, block_end
from rnnatlas.training.standard import fresh_networks

TASK = get_task("interval_reproduction", longest=500.0, after=200.0)  # 6 intervals, trials of 70 steps
NETWORK = NetworkSettings(units=12, tau=20.0, noise=0.0, weights="uniform")
SETTINGS = TrainingSettings(
    trials=10, epochs=6, batch=4, optimiser="adam", learning_rate=1e-3, warm_up=0, final_rate=1.0, beta2=0.999,
    time_steps=[1.0], clip=1e6, acceptance=0.0, acceptance_trials=8,
)  # fmt: skip
MEMBERS = [Member((5, "epochs"), k) for k in range(3)]


def fresh(members: Sequence[Member]) -> Ensemble:
    return fresh_networks(TASK, NETWORK, 1.0, members)


def run_of(members: Sequence[Member]) -> TrainingRun:
    return TrainingRun(members, NativeEngine())


def trained(settings: TrainingSettings = SETTINGS, members: Sequence[Member] = MEMBERS) -> Ensemble:
    return fit(fresh(members), TASK, settings, run_of(members))


def changed(**values: Any) -> TrainingSettings:
    return TrainingSettings.model_validate(SETTINGS.plain() | values)


def same(one: Ensemble, other: Ensemble) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one.parameters, other.parameters, strict=True))


def test_an_epoch_shows_each_trial_of_the_set_once_in_an_order_of_its_own() -> None:
    lessons = lessons_of(TASK, SETTINGS)
    assert isinstance(lessons, FixedTrials) and (lessons.epoch, lessons.steps) == (3, 18)
    assert lessons.sizes().tolist() == [4, 4, 2]
    intervals = {}
    for member in MEMBERS[:2]:
        for epoch in range(2):
            shown = [lessons.shown(member, 3 * epoch + k) for k in range(3)]
            assert [len(part.inputs) for part in shown] == [4, 4, 2]
            intervals[member.number, epoch] = [float(t.argmax()) for part in shown for t in part.targets[:, :, 0]]
    assert sorted(intervals[0, 0]) == sorted(intervals[0, 1]) and intervals[0, 0] != intervals[0, 1]
    assert intervals[0, 0] != intervals[1, 0]
    # Asked in any order, the same is shown.
    again = lessons_of(TASK, SETTINGS)
    assert np.array_equal(again.shown(MEMBERS[1], 4).inputs, lessons.shown(MEMBERS[1], 4).inputs)


def test_a_network_that_is_trained_again_differs_in_the_order_of_batches_alone() -> None:
    first, again = MEMBERS[0], MEMBERS[0]._replace(order="again")
    lessons = lessons_of(TASK, SETTINGS)
    shown = [np.concatenate([lessons.shown(one, k).targets[..., 0] for k in range(3)]) for one in (first, again)]
    assert not np.array_equal(*shown) and np.array_equal(*(np.sort(one.argmax(1)) for one in shown))
    assert same(fresh([first]), fresh([again])) and not same(trained(members=[first]), trained(members=[again]))


def test_a_complete_set_is_that_of_the_task_for_all() -> None:
    lessons = lessons_of(TASK, changed(trials="complete"))
    every = TASK.complete()
    for member in MEMBERS[:2]:
        shown = np.concatenate([lessons.shown(member, k).targets for k in range(lessons.epoch)])
        assert np.array_equal(np.sort(shown.argmax(1), 0), np.sort(every.targets.argmax(1), 0))


def test_input_noise_is_new_in_each_epoch() -> None:
    noisy = get_task("interval_reproduction", longest=500.0, after=200.0, input_noise=0.1)
    lessons = lessons_of(noisy, changed(trials=4))
    one, other = (np.sort(lessons.shown(MEMBERS[0], epoch).inputs, axis=0) for epoch in range(2))
    assert lessons.epoch == 1 and not np.array_equal(one, other)


def test_blocks_end_with_epochs() -> None:
    for epoch in (1, 3, 4, 5, 13, 45):
        ends, first = [], 0
        while first < 200:
            first = block_end(first, 200, epoch)
            ends.append(first)
        assert set(range(epoch, 200, epoch)) <= set(ends) and max(np.diff([0, *ends])) <= BLOCK
    assert [block_end(first, 20, 0) for first in (0, 8, 16)] == [8, 16, 20]


def test_the_mean_over_an_epoch_is_that_over_its_trials() -> None:
    lessons = lessons_of(TASK, SETTINGS)
    loss = np.array([[1.0, 1.0, 5.0, 2.0, 2.0, 2.0], [1.0, 2.0, 3.0, np.nan, np.nan, np.nan]], np.float32)
    assert isinstance(lessons, FixedTrials)
    means = epoch_losses(loss, lessons)
    np.testing.assert_allclose(means, [[1.8, 2.0], [1.8, np.nan]])
    np.testing.assert_allclose(last_losses(means), [2.0, 1.8])
    assert np.isnan(last_losses(np.full((1, 2), np.nan))).all()


def test_engines_agree_on_the_smaller_last_batch() -> None:
    """The compiled steps against PyTorch's roll-outs with the optimiser in NumPy."""
    one, other = trained(changed(epochs=2)), fit(fresh(MEMBERS), TASK, changed(epochs=2), TrainingRun(MEMBERS, TorchEngine()))  # fmt: skip
    assert one.training is not None and other.training is not None
    np.testing.assert_allclose(one.training.loss, other.training.loss, rtol=1e-4)
    for mine, theirs in zip(one.parameters, other.parameters, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=2e-4)


def test_who_has_learned_keeps_its_weights_and_changes_no_other() -> None:
    whole = trained().training
    assert whole is not None
    lessons = lessons_of(TASK, SETTINGS)
    assert isinstance(lessons, FixedTrials)
    means = epoch_losses(whole.loss, lessons)
    stop = float(np.sort(means.min(1))[0] + np.sort(means.min(1))[1]) / 2.0  # one member reaches it, the others do not
    best = int(means.min(1).argmin())
    epoch = int(np.argmax(means[best] <= stop))
    found = trained(changed(stop=stop))
    assert found.training is not None
    assert np.isfinite(found.training.loss).sum(1).tolist() == [3 * (epoch + 1) if k == best else 18 for k in range(3)]
    assert same(found[best], trained(changed(epochs=epoch + 1))[best])
    others = [k for k in range(3) if k != best]
    assert same(found[others], trained(members=[MEMBERS[k] for k in others]))
    assert (found.training.diverged_at == -1).all() and found.training.accepted.all()
    np.testing.assert_allclose(found.training.final_loss[best], means[best, epoch])


def test_a_training_ends_when_all_have_learned() -> None:
    found = trained(changed(stop=1e3)).training
    assert found is not None and found.loss.shape == (3, 3) and np.isfinite(found.loss).all()
    lessons = lessons_of(TASK, SETTINGS)
    assert isinstance(lessons, FixedTrials)
    np.testing.assert_allclose(found.final_loss, epoch_losses(found.loss, lessons))
    assert not trained(changed(stop=1e3, accepted_loss=1e-9)).training.accepted.any()


@pytest.mark.parametrize("lost", [{0}, {0, 1}])
def test_who_diverges_when_trained_again_takes_no_other_with_it(lost: set[int]) -> None:
    """``lost`` are the attempts that begin with weights that are not finite."""

    def broken(members: Sequence[Member]) -> Ensemble:
        networks = fresh(members)
        for place, member in enumerate(members):
            if member.number == 1 and member.attempt in lost:
                networks.parameters.recurrent[place] = np.inf
        return networks

    found = fit_until_accepted(broken, TASK, changed(attempts=2), MEMBERS, run_of).training
    assert found is not None and found.accepted.tolist() == [True, lost == {0}, True]
    assert found.attempts.tolist() == [1, 2, 1] and (found.diverged_at >= 0).tolist() == [False, lost == {0, 1}, False]
    with pytest.raises(AtlasError, match="every member diverged"):
        fit_until_accepted(broken, TASK, changed(attempts=len(lost)), [MEMBERS[1]], run_of)


def test_who_is_not_accepted_is_trained_again_from_other_weights_and_trials() -> None:
    once = trained().training
    assert once is not None
    bound = float(np.sort(once.final_loss[:, 0])[:2].mean())
    settings = changed(accepted_loss=bound, attempts=3)
    found = fit_until_accepted(fresh, TASK, settings, MEMBERS, run_of)
    record = found.training
    assert record is not None and record.final_loss.shape[0] == 3
    good = int(once.final_loss[:, 0].argmin())
    assert record.attempts[good] == 1 and same(found[good], trained()[good])
    assert np.isnan(record.final_loss[good, 1:]).all()
    for k in (k for k in range(3) if k != good):
        last = int(record.attempts[k]) - 1
        assert last > 0 and np.isfinite(record.final_loss[k, : last + 1]).all()
        alone = trained(settings, [MEMBERS[k]._replace(attempt=last)])
        assert same(found[k], alone)
        assert alone.training is not None and alone.training.accepted[0] == record.accepted[k]
        assert (record.final_loss[k, :last] > bound).all()
    first, second = (lessons_of(TASK, SETTINGS).shown(MEMBERS[0]._replace(attempt=a), 0) for a in range(2))
    assert not np.array_equal(first.targets, second.targets)


class Interrupted(Checkpoint):
    """Saves at each block, and ends the process at one of them."""

    left = 4

    def save_if_due(self, state: TrainingState, curves: Curves) -> None:
        super().save_if_due(state, curves)
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


def test_a_training_that_was_ended_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    means = trained().training
    assert means is not None
    settings = changed(stop=float(np.median(means.final_loss)))
    checkpoint = Interrupted(tmp_path, {"what": "epochs"}, interval=0.0)
    with pytest.raises(KeyboardInterrupt):
        fit(fresh(MEMBERS), TASK, settings, replace(run_of(MEMBERS), checkpoint=checkpoint))
    again = Checkpoint(tmp_path, {"what": "epochs"}, interval=1e9)
    assert again.path.exists()
    found = fit(fresh(MEMBERS), TASK, settings, replace(run_of(MEMBERS), checkpoint=again))
    whole = trained(settings)
    assert same(found, whole) and found.training is not None and whole.training is not None
    np.testing.assert_array_equal(found.training.loss, whole.training.loss)


@pytest.mark.parametrize(
    ("task", "values", "said"),
    [
        ("interval_reproduction", {"trials": "complete", "batch": 32}, "31 trials at most"),
        ("flip_flop", {"trials": "complete"}, "has no complete set"),
    ],
)
def test_sets_that_cannot_be_are_refused(task: str, values: dict[str, Any], said: str) -> None:
    with pytest.raises(AtlasError, match=said):
        lessons_of(get_task(task), changed(**values))
