import numpy as np
import pytest
from pydantic import ValidationError

from rnnatlas.config.training import DeflationSettings
from rnnatlas.deflation.strength import adapt_strength, adaptation, first_strength, shares, tolerances

AUTO = DeflationSettings(strength="auto", tolerance=0.1, adaptation=0.05)


class Members:
    """The strength of some members, and the smoothed loss that it follows."""

    def __init__(self, count: int, settings: DeflationSettings) -> None:
        self.settings = settings
        self.value, self.smoothed = np.full(count, first_strength(settings)), np.full(count, np.nan)

    def update(self, loss: np.ndarray) -> np.ndarray:
        adapt_strength(self.value, self.smoothed, loss, self.settings.tolerance, adaptation(self.settings))
        return self.value.copy()


def test_a_number_is_kept_whatever_the_loss() -> None:
    strength = Members(2, DeflationSettings(strength=0.7))
    for loss in ([0.0, 9.0], [np.nan, 0.0]):
        assert np.allclose(strength.update(np.array(loss)), 0.7)


def test_auto_rises_under_the_tolerance_and_falls_above_it_by_the_same_factor() -> None:
    strength = Members(2, AUTO)
    found = np.array([strength.update(np.array([0.01, 1.0])) for _ in range(10)])
    assert np.allclose(found[1:, 0] / found[:-1, 0], 1.05) and np.allclose(found[:-1, 1] / found[1:, 1], 1.05)


def test_auto_stays_within_its_bounds_and_comes_back_from_them() -> None:
    strength = Members(2, AUTO.model_copy(update={"adaptation": 0.5}))
    for _ in range(100):
        found = strength.update(np.array([0.0, 1.0]))
    assert found == pytest.approx([1e2, 1e-3])
    for _ in range(200):
        found = strength.update(np.array([1.0, 0.0]))
    assert found == pytest.approx([1e-3, 1e2])


def test_auto_that_may_not_rise_yields_where_the_task_is_being_lost_and_comes_back() -> None:
    strength = Members(2, AUTO.model_copy(update={"initial": 0.2, "ceiling": 0.2, "retreat": 3.0}))
    for _ in range(50):
        found = strength.update(np.array([0.0, 1.0]))
    assert found[0] == 0.2 and found[1] < 0.01
    for _ in range(200):
        found = strength.update(np.array([0.0, 0.0]))
    assert found.tolist() == [0.2, 0.2]
    with pytest.raises(ValidationError, match=r"initial = 0.3 must lie between floor = 0.001 and ceiling = 0.2"):
        DeflationSettings(initial=0.3, ceiling=0.2)


def test_auto_follows_the_smoothed_loss_and_not_one_batch() -> None:
    steady, jumpy = Members(1, AUTO), Members(1, AUTO)
    for step in range(50):
        one, other = steady.update(np.array([0.05])), jumpy.update(np.array([0.12 if step % 2 else 0.04]))
    assert one == pytest.approx(other)  # the mean, 0.08, stays under the tolerance of 0.1


def test_auto_holds_the_loss_of_a_simple_plant_at_the_tolerance() -> None:
    """A loss that grows with lambda settles at the tolerance, from both sides."""
    strength = Members(2, AUTO.model_copy(update={"adaptation": 0.02}))
    strength.value[:] = [1e-3, 50.0]
    for _ in range(3000):
        strength.update(0.02 * strength.value)
    assert 0.02 * strength.value == pytest.approx(0.1, rel=0.4)


def test_a_members_strength_does_not_depend_on_the_others() -> None:
    losses = np.random.default_rng(0).uniform(0, 0.2, size=(40, 3))
    losses[7:, 2] = np.nan
    whole, alone = Members(3, AUTO), Members(1, AUTO)
    for loss in losses:
        assert np.array_equal(whole.update(loss)[:1], alone.update(loss[:1]))


def test_auto_may_fall_faster_than_it_rises_down_to_its_floor_and_begins_where_it_is_told() -> None:
    settings = AUTO.model_copy(update={"retreat": 2.0, "floor": 0.02, "initial": 0.4})
    strength = Members(2, settings)
    found = np.array([strength.update(np.array([0.01, 1.0])) for _ in range(60)])
    assert found[0] == pytest.approx([0.4 * 1.05, 0.4 / 1.05**2])
    assert found[-1] == pytest.approx([0.4 * 1.05**60, 0.02])


def course(**settings: float) -> list[float]:
    return shares(DeflationSettings(**settings), 10).tolist()  # type: ignore[arg-type]


def test_the_penalty_waits_and_then_counts_in_proportion_to_the_step() -> None:
    assert course() == [1.0] * 10
    assert course(full=0.4) == pytest.approx([0.25, 0.5, 0.75, *[1.0] * 7])
    assert course(begins=0.2) == [0.0] * 2 + [1.0] * 8
    assert course(begins=0.2, full=0.6) == pytest.approx([0.0, 0.0, 0.25, 0.5, 0.75, *[1.0] * 5])
    with pytest.raises(ValueError, match="must not lie before"):
        course(begins=0.5, full=0.2)


def test_the_weight_falls_to_what_is_left_of_it_at_the_end() -> None:
    assert course(falls=0.6, last=0.2) == pytest.approx([1.0] * 6 + [0.8, 0.6, 0.4, 0.2])
    assert course(full=0.4, falls=0.8, last=0.0) == pytest.approx([0.25, 0.5, 0.75, *[1.0] * 5, 0.5, 0.0])
    assert course(falls=0.5) == [1.0] * 10, "all of it is left unless told otherwise"
    with pytest.raises(ValidationError, match=r"falls = 0.2 must not lie before begins and full, which are 0 and 0.4"):
        course(full=0.4, falls=0.2)


def test_the_tolerance_falls_along_half_a_cosine() -> None:
    found = tolerances(DeflationSettings(tolerance=0.3, final_tolerance=0.1), 5)
    assert found == pytest.approx(0.1 + 0.2 * np.cos(np.pi * np.arange(5) / 8) ** 2)
    assert (tolerances(DeflationSettings(tolerance=0.3), 5) == 0.3).all()
