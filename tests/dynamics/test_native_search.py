"""The compiled search against NumPy, analytic fields and itself, on every instruction set of this machine."""

import math
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import brentq

from rnnatlas.dynamics.descent import descend
from rnnatlas.dynamics.field import RateField
from rnnatlas.dynamics.newton import Descent, minimise_speed
from rnnatlas.engine import native_library
from rnnatlas.engine.native_library import instruction_sets
from rnnatlas.engine.native_search import minimise_speed_native
from rnnatlas.errors import AtlasError

VARIANTS = instruction_sets()
EVERY = pytest.mark.parametrize("variant", VARIANTS)
UNITS = (1, 2, 3, 7, 8, 9, 17, 40, 64, 65, 100)


def native(
    f: RateField, starts: np.ndarray, tolerance: float = 1e-20, slow: float = 0.0, iterations: int = 200,
    threads: int = 1, variant: str | None = None,
) -> Descent:  # fmt: skip
    found = minimise_speed_native(f.recurrent, f.drive, starts, tolerance, slow, iterations, threads, variant)
    return Descent(*found)


def random_field(units: int, gain: float = 1.4) -> RateField:
    rng = np.random.default_rng(units)
    return RateField(gain * rng.normal(size=(units, units)) / np.sqrt(units), 0.2 * rng.normal(size=units), 0.2)


def memory_field(units: int = 64, bits: int = 3, seed: int = 0) -> RateField:
    """A field like that of a trained flip-flop: low-rank J with random orthogonal directions, eight stable states."""
    rng = np.random.default_rng(seed)
    u, _ = np.linalg.qr(rng.normal(size=(units, bits)))
    noise = 0.3 * rng.normal(size=(units, units)) / np.sqrt(units)
    return RateField((1.8 * u @ u.T + noise).astype(np.float32).astype(np.float64), 0.01 * rng.normal(size=units), 0.2)


def along(field: RateField, count: int, bits: int = 3, seed: int = 1) -> np.ndarray:
    """Starts within the memory's subspace and a little off it."""
    rng = np.random.default_rng(seed)
    u, _, _ = np.linalg.svd(field.recurrent)
    return 4 * rng.normal(size=(count, bits)) @ u[:, :bits].T + 0.1 * rng.normal(size=(count, len(u)))


def equal(one: Descent, other: Descent) -> bool:
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(one, other, strict=True))


@EVERY
@pytest.mark.parametrize("units", UNITS)
def test_the_iterates_are_those_of_the_reference(units: int, variant: str) -> None:
    f, starts = random_field(units), np.random.default_rng(1).normal(size=(12, units))
    for iterations in range(6):
        ours = native(f, starts, slow=0.5, iterations=iterations, variant=variant)
        theirs = minimise_speed(f, starts, slow_speed=0.5, iterations=iterations)
        assert np.allclose(ours.state, theirs.state, rtol=1e-9, atol=1e-9)
        assert np.allclose(ours.q, theirs.q, rtol=1e-7, atol=1e-24)
        assert np.allclose(ours.slow_state, theirs.slow_state, rtol=1e-9, atol=1e-9, equal_nan=True)


@EVERY
@pytest.mark.parametrize("units", UNITS)
def test_the_ends_are_those_of_the_reference(units: int, variant: str) -> None:
    f, starts = random_field(units, gain=1.0), np.random.default_rng(2).normal(size=(30, units))
    ours, theirs = native(f, starts, slow=0.1, variant=variant), minimise_speed(f, starts, slow_speed=0.1)
    assert np.array_equal(ours.q <= 1e-20, theirs.q <= 1e-20) and np.any(ours.q <= 1e-20)
    assert np.allclose(ours.state, theirs.state, atol=1e-6)
    assert np.allclose(ours.slow_state, theirs.slow_state, atol=1e-9, equal_nan=True)
    assert np.allclose(ours.q, 0.5 * np.sum(f.flow(ours.state) ** 2, axis=1), rtol=1e-12, atol=1e-24)


@EVERY
def test_a_memory_of_three_bits_has_the_same_roots_by_both(variant: str) -> None:
    f = memory_field()
    starts = along(f, 200)
    ours, theirs = native(f, starts, variant=variant), minimise_speed(f, starts)
    at_root = ours.q <= 1e-20
    assert np.array_equal(at_root, theirs.q <= 1e-20)
    assert np.allclose(ours.state, theirs.state, atol=1e-6)
    assert np.allclose(ours.state[at_root], theirs.state[at_root], atol=1e-9)
    assert len(np.unique(np.round(ours.state[at_root], 5), axis=0)) > 8


@EVERY
def test_bistable_units_end_at_the_roots_of_their_scalar_equation(variant: str) -> None:
    root = brentq(lambda x: 2 * np.tanh(x) - x, 0.1, 10)
    line = np.linspace(-2.5, 2.5, 9)
    starts = np.stack(np.meshgrid(line, line, line), axis=-1).reshape(-1, 3)
    found = native(RateField(2.0 * np.eye(3), np.zeros(3), 0.2), starts, variant=variant)
    assert found.q.max() <= 1e-20
    assert np.abs(found.state[:, :, None] - [-root, 0.0, root]).min(-1).max() < 1e-9
    assert len(np.unique(np.round(found.state, 6) + 0.0, axis=0)) == 27


@EVERY
def test_a_singular_jacobian_is_no_obstacle(variant: str) -> None:
    """x = tanh x in every unit: the Jacobian vanishes at the root, a triple one."""
    starts = np.random.default_rng(0).normal(size=(20, 33))
    found = native(RateField(np.eye(33), np.zeros(33), 0.2), starts, variant=variant)
    assert found.q.max() <= 1e-20 and np.abs(found.state).max() < 3e-3


@EVERY
def test_roots_are_reached_all_along_an_attractor_that_is_nearly_a_ring(variant: str) -> None:
    """Cosine connections: the bump rests, up to a tiny ripple, at any angle. A has a direction of nearly zero slope."""
    units = 64
    angle = 2 * np.pi * np.arange(units) / units
    f = RateField(2 / units * 2.2 * np.cos(angle[:, None] - angle), np.zeros(units), 0.2)
    where = np.random.default_rng(0).uniform(0, 2 * np.pi, 100)
    found = native(f, 2.0 * np.cos(where[:, None] - angle), variant=variant)
    assert found.q.max() <= 1e-20
    bump = np.exp(1j * angle) @ np.tanh(found.state).T
    moved = np.abs(np.angle(bump * np.exp(-1j * where)))
    assert np.abs(bump).min() > 1.0 and moved.max() < 0.05


@EVERY
@pytest.mark.parametrize("shear", [1.0, 100.0, 1e4])
def test_a_badly_conditioned_singular_field_neither_stops_the_search_nor_raises_q(shear: float, variant: str) -> None:
    rng = np.random.default_rng(3)
    j = np.eye(16) + shear * np.triu(rng.normal(size=(16, 16)), 1) / 4
    f, starts = RateField(j, np.zeros(16), 0.2), 0.3 * rng.normal(size=(20, 16))
    before = 0.5 * np.sum(f.flow(starts) ** 2, axis=1)
    found, reference = native(f, starts, variant=variant), minimise_speed(f, starts)
    for end in (found, reference):
        assert np.all(np.isfinite(end.state)) and np.all(end.q <= before) and np.median(end.q / before) < 1e-6
    assert abs(np.sum(found.q <= 1e-20) - np.sum(reference.q <= 1e-20)) <= 2


@EVERY
def test_tanh_is_accurate_over_its_whole_range(variant: str) -> None:
    """With J = 2^60 and no iteration, q = (2^60 tanh x − x)² / 2 up to rounding."""
    x = np.concatenate([np.logspace(-300, 2.8, 4000), np.linspace(0.0, 21.0, 4000), 0.5 * np.log(2) * np.arange(1, 60)])
    x = np.concatenate([x, -x])
    found = native(RateField(np.array([[2.0**60]]), np.zeros(1), 0.2), x[:, None], iterations=0, variant=variant)
    exact = np.array([2.0**60 * math.tanh(v) - v for v in x])
    assert np.allclose(np.sqrt(2.0 * found.q), np.abs(exact), rtol=1e-15, atol=1e-140)


@EVERY
def test_threads_and_company_do_not_change_a_bit(variant: str) -> None:
    f = memory_field()
    starts = along(f, 50)
    whole = native(f, starts, slow=0.3, variant=variant)
    for threads in (0, 2, 3, 7):
        assert equal(whole, native(f, starts, slow=0.3, threads=threads, variant=variant))
    order = np.random.default_rng(0).permutation(50)
    mixed = native(f, starts[order], slow=0.3, variant=variant)
    assert equal(mixed, Descent(*(part[order] for part in whole)))
    assert equal(native(f, starts[[13]], slow=0.3, variant=variant), Descent(*(part[[13]] for part in whole)))


@EVERY
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e200])
def test_a_start_that_is_not_finite_stays_and_leaves_the_others_alone(bad: float, variant: str) -> None:
    f = random_field(9, gain=1.0)
    starts = np.random.default_rng(0).normal(size=(6, 9))
    clean = native(f, starts, slow=0.1, variant=variant)
    starts[2, 4] = bad
    with np.errstate(invalid="ignore", over="ignore"):
        found, reference = native(f, starts, slow=0.1, variant=variant), minimise_speed(f, starts, slow_speed=0.1)
    others = [0, 1, 3, 4, 5]
    assert equal(Descent(*(part[others] for part in found)), Descent(*(part[others] for part in clean)))
    assert np.array_equal(found.state[2], starts[2], equal_nan=True) and not np.isfinite(found.q[2])
    assert np.isnan(found.slow_state[2]).all()
    assert np.array_equal(found.state[2], reference.state[2], equal_nan=True) and not np.isfinite(reference.q[2])


def test_no_starts_give_no_ends() -> None:
    found = native(random_field(5), np.zeros((0, 5)))
    assert found.state.shape == found.slow_state.shape == (0, 5) and found.q.shape == (0,)


def test_arrays_of_any_layout_and_type_are_read() -> None:
    f = random_field(6)
    starts = np.random.default_rng(0).normal(size=(12, 6)).astype(np.float32)
    plain = native(f, starts.astype(np.float64)[::2])
    assert equal(plain, native(RateField(np.asfortranarray(f.recurrent), f.drive, 0.2), starts[::2]))


def test_starts_of_another_width_are_refused() -> None:
    with pytest.raises(AtlasError, match=r"\[start, 6\]") as caught:
        native(random_field(6), np.zeros((3, 7)))
    assert caught.value.key == "starts"


def test_an_unknown_instruction_set_is_refused() -> None:
    with pytest.raises(AtlasError, match=", ".join(VARIANTS)):
        native(random_field(2), np.zeros((1, 2)), variant="avx1024")


@pytest.fixture
def no_compiler(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("g++") is None
    native_library.attempt.cache_clear()
    yield
    native_library.attempt.cache_clear()


def test_the_compiled_search_is_taken_where_it_is_there() -> None:
    f, starts = memory_field(), along(memory_field(), 10)
    assert equal(descend(f, starts, slow_speed=0.3, threads=2), native(f, starts, slow=0.3))


def test_without_a_compiler_numpy_takes_over(no_compiler: None) -> None:
    f, starts = memory_field(), along(memory_field(), 10)
    assert equal(descend(f, starts, slow_speed=0.3), minimise_speed(f, starts, slow_speed=0.3))
