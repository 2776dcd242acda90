"""Input noise: the normal deviates behind it, and where it goes."""

import numpy as np
import pytest
from scipy import stats

from rnnatlas.streams.keys import generator
from rnnatlas.tasks.flip_flop import FlipFlop, Settings
from rnnatlas.tasks.memory_pro import MemoryPro
from rnnatlas.tasks.memory_pro import Settings as MemorySettings
from rnnatlas.tasks.normals import normals


def test_deviates_are_standard_normal_out_to_the_tails() -> None:
    z = normals(generator(0, "test"), 1_000_000)
    assert z.dtype == np.float32 and np.isfinite(z).all()
    assert stats.kstest(z, "norm").pvalue > 1e-3
    for moment, expected, variance in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)):
        assert abs(np.mean(z.astype(float) ** moment) - expected) < 4 * np.sqrt(variance / z.size)
    for limit in (3.0, 4.0, 4.5):
        expected = z.size * 2 * stats.norm.sf(limit)
        assert abs(np.count_nonzero(np.abs(z) > limit) - expected) < 4 * np.sqrt(expected)


def test_deviates_of_a_pair_and_of_neighbours_are_independent() -> None:
    z = normals(generator(1, "test"), 400_000).astype(float)
    cosine, sine = z[:200_000], z[200_000:]
    for a, b in ((cosine, sine), (cosine**2, sine**2), (z[1:], z[:-1]), (z[1:] ** 2, z[:-1] ** 2)):
        assert abs(np.corrcoef(a, b)[0, 1]) < 4 / np.sqrt(a.size)
    turn = np.arctan2(sine, cosine) / (2 * np.pi) + 0.5
    assert stats.kstest(turn, "uniform").pvalue > 1e-3
    assert stats.kstest(cosine**2 + sine**2, stats.chi2(2).cdf).pvalue > 1e-3


@pytest.mark.parametrize("count", [0, 1, 7, 8])
def test_any_number_of_deviates_can_be_had(count: int) -> None:
    assert normals(generator(2, "test"), count).shape == (count,)


class Cued(FlipFlop):
    """The second input carries no noise."""

    def noisy_inputs(self) -> np.ndarray:
        return np.array([1.0, 0.0, 1.0])


def test_noise_goes_to_the_inputs_that_carry_it() -> None:
    task, rng = Cued(Settings(input_noise=0.5)), generator(3, "test")
    clean = task.draw(200, rng)
    before = clean.inputs.copy()
    noise = task.with_noise(clean, rng, factor=2.0).inputs - clean.inputs
    np.testing.assert_array_equal(clean.inputs, before)
    assert not noise[:, :, 1].any()
    assert np.allclose(noise[:, :, [0, 2]].std((0, 1)), 1.0, rtol=0.03)
    assert abs(np.corrcoef(noise[:, :, 0].ravel(), noise[:, :, 2].ravel())[0, 1]) < 4 / np.sqrt(200 * 100)


def test_noise_of_unit_deviation_ends_with_the_trial() -> None:
    task, rng = MemoryPro(MemorySettings()), generator(4, "test")
    clean = task.draw(100, rng)
    noise = task.noise(clean, rng)
    assert noise.shape == clean.inputs.shape and noise.dtype == np.float32
    assert not noise[~clean.valid()].any() and noise[clean.valid()].all()
    assert stats.kstest(noise[clean.valid()].ravel(), "norm").pvalue > 1e-3
