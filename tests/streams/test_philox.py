import math

import numpy as np
import pytest
from scipy import stats

from rnnatlas.engine.interface import Noise
from rnnatlas.engine.native_engine import NativeEngine
from rnnatlas.engine.native_library import instruction_sets
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.parameters import Parameters
from rnnatlas.streams.philox import philox4x32, private_noise

KEY = 0x0123456789ABCDEF
HERE = instruction_sets()  # what this machine has


def words(text: str) -> list[int]:
    return [int(word, 16) for word in text.split()]


@pytest.mark.parametrize(
    ("counter", "key", "seven", "ten"),
    [
        ("0 0 0 0", "0 0", "5f6fb709 0d893f64 4f121f81 4f730a48", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        (
            "ffffffff " * 4,
            "ffffffff " * 2,
            "5207ddc2 45165e59 4d8ee751 8c52f662",
            "408f276d 41c83b0e a20bc7c6 6d5451fd",
        ),
        (
            "243f6a88 85a308d3 13198a2e 03707344",
            "a4093822 299f31d0",
            "4dfccaba 190a87f0 c47362ba b6b5242a",
            "d16cfe09 94fdcceb 5001e420 24126ea1",
        ),
    ],
    ids=["zeros", "ones", "pi"],
)
def test_philox_gives_the_published_vectors_of_random123(counter: str, key: str, seven: str, ten: str) -> None:
    """Those of philox4x32-7, which is the stream's, and of philox4x32-10."""
    (low, high), start = words(key), tuple(np.array(word) for word in words(counter))
    assert [int(word) for word in philox4x32(start, low | high << 32)] == words(seven)
    assert [int(word) for word in philox4x32(start, low | high << 32, 10)] == words(ten)


def deviate(key: int, step: int, trial: int, time: int, unit: int) -> float:
    """One number of the stream by the rounds of Salmon et al. in Python's integers, and Box-Muller."""
    c, k = [unit, trial // 8, time, step], [key & 0xFFFFFFFF, key >> 32]
    for _ in range(7):
        a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [b >> 32 ^ c[1] ^ k[0], b & 0xFFFFFFFF, a >> 32 ^ c[3] ^ k[1], a & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    word = c[trial % 8 // 2]
    radius = math.sqrt(-2 * math.log(((word >> 16) + 0.5) / 2**16))
    angle = 2 * math.pi * (word & 0xFFFF) / 2**16
    return radius * (math.sin(angle) if trial % 2 else math.cos(angle))


def test_the_counter_is_unit_eight_trials_time_and_step() -> None:
    noise = private_noise(KEY, 2**32 - 1, 19, 3, 5)
    expected = [[[deviate(KEY, 2**32 - 1, i, t, j) for j in range(5)] for t in range(3)] for i in range(19)]
    assert np.allclose(noise, expected, rtol=1e-12, atol=1e-12)


def test_sizes_do_not_change_a_deviate() -> None:
    full = private_noise(KEY, 3, 13, 11, 9)
    for trials, times, units in [(1, 1, 1), (4, 11, 2), (8, 2, 9), (9, 3, 9), (12, 10, 8)]:
        assert np.array_equal(private_noise(KEY, 3, trials, times, units), full[:trials, :times, :units])
    assert np.array_equal(private_noise(KEY, 3, 13, 6, 9, first_time=5), full[:, 5:])


@pytest.fixture(scope="module")
def sample() -> np.ndarray:
    """[step, trial, time, unit]."""
    return np.stack([private_noise(KEY, step, 40, 40, 40) for step in range(10)])


def test_deviates_are_standard_normal(sample: np.ndarray) -> None:
    n = sample.size
    assert abs(sample.mean()) < 4 / np.sqrt(n)
    assert abs(sample.var() - 1) < 4 * np.sqrt(2 / n)
    assert abs(stats.skew(sample, axis=None)) < 4 * np.sqrt(6 / n)
    assert abs(stats.kurtosis(sample, axis=None)) < 4 * np.sqrt(24 / n)
    assert stats.kstest(sample.ravel(), "norm").pvalue > 1e-3


@pytest.mark.parametrize("level", [1.0, 2.0, 3.0, 4.0, 4.5])
def test_tails_are_those_of_the_normal_distribution_up_to_where_they_end(sample: np.ndarray, level: float) -> None:
    beyond = int(np.sum(np.abs(sample) > level))
    assert stats.binomtest(beyond, sample.size, 2 * stats.norm.sf(level)).pvalue > 1e-3
    assert np.max(np.abs(sample)) <= math.sqrt(2 * 17 * math.log(2))  # of the smallest u, 2^-17


def test_radius_and_angle_of_a_pair_are_independent_and_uniform(sample: np.ndarray) -> None:
    """They come of one word."""
    x, y = sample[:, 0::2], sample[:, 1::2]
    u, v = np.exp(-(x**2 + y**2) / 2), np.arctan2(y, x) / (2 * np.pi) % 1.0
    table = np.histogram2d(u.ravel(), v.ravel(), bins=16, range=[[0, 1], [0, 1]])[0]
    assert stats.chisquare(table.ravel()).pvalue > 1e-3


@pytest.mark.parametrize("axis", range(4), ids=["step", "trial", "time", "unit"])
@pytest.mark.parametrize("lag", [1, 2, 3, 4, 5, 6, 7, 8])  # trials of one counter are up to seven apart
def test_neighbours_along_every_axis_are_independent(sample: np.ndarray, axis: int, lag: int) -> None:
    z = np.moveaxis(sample, axis, 0)
    for power in (1, 2):  # squares too: the two deviates of a Box-Muller pair share their radius
        a, b = z[:-lag] ** power, z[lag:] ** power
        assert abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 4.5 / np.sqrt(a.size)


@pytest.mark.parametrize("other", [KEY + 1, KEY ^ 1 << 32, KEY ^ 1 << 63])
def test_keys_that_differ_in_one_bit_name_independent_streams(sample: np.ndarray, other: int) -> None:
    z = private_noise(other, 0, 40, 40, 40)
    for power in (1, 2):
        assert abs(np.corrcoef(sample[0].ravel() ** power, z.ravel() ** power)[0, 1]) < 4 / np.sqrt(z.size)


@pytest.mark.parametrize("instruction_set", HERE)
def test_the_native_engine_draws_the_reference_noise(instruction_set: str) -> None:
    """With no weights and alpha = 1 the state is scale * noise; r = tanh(x) is inverted in float64."""
    trials, times, units, scale = 41, 200, 33, 1e-3
    shapes = ((2, units, units), (2, 1, units), (2, units), (2, units, 1), (2, 1))
    silent = Parameters(*(np.zeros(shape, np.float32) for shape in shapes))
    noise = Noise(np.array([KEY, KEY + 1], dtype=np.uint64), 7, scale)
    engine = NativeEngine(instruction_set=instruction_set)
    rates = engine.roll_out(silent, Cell(1.0), np.zeros((2, trials, times, 1), np.float32), noise).rates
    expected = np.stack([private_noise(key, 7, trials, times, units) for key in (KEY, KEY + 1)])
    error = np.abs(np.arctanh(rates.astype(np.float64)) / scale - expected)
    assert np.max(error / np.maximum(1.0, np.abs(expected))) < 1e-6
