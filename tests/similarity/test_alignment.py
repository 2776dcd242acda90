"""The second score of DSA against closed forms, brute force, the bound of the unitary problem, and the authors' package."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations, permutations, product

import numpy as np
import pytest
from scipy.linalg import block_diag, expm
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

from rnnatlas.errors import AtlasError
from rnnatlas.similarity import fit_operator, standardise
from rnnatlas.similarity.alignment import alignment_distance, compare_aligned, describe_for_alignment
from rnnatlas.similarity.dynamical import DelayOperator
from rnnatlas.similarity.orthogonal import ascend, hermitian, polar


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """As in every job: threads of BLAS only get in each other's way at this size."""
    with threadpool_limits(1, "blas"):
        yield


def operator(matrix: np.ndarray, ridge: float = 0.0) -> DelayOperator:
    return DelayOperator(matrix, np.linalg.eigvals(matrix).astype(complex), 1, len(matrix), ridge)


def network(seed: int, gain: float, trials: int = 24, time: int = 40, units: int = 12) -> np.ndarray:
    """Rates of a random noisy network."""
    draws = np.random.default_rng(seed)
    weights = draws.normal(size=(units, units)) * gain / np.sqrt(units)
    x = draws.normal(size=(trials, units))
    steps = []
    for _ in range(time):
        x = x + 0.2 * (np.tanh(x) @ weights - x) + 0.1 * draws.normal(size=x.shape)
        steps.append(np.tanh(x))
    return np.stack(steps, axis=1)


@cache
def fitted(seed: int, gain: float, rank: int = 30) -> DelayOperator:
    return fit_operator(standardise(network(seed, gain)), 10, rank)


def turn(n: int, seed: int, determinant: int) -> np.ndarray:
    q = np.linalg.qr(np.random.default_rng(seed).normal(size=(n, n)))[0]
    q[:, 0] *= determinant * np.sign(np.linalg.det(q))
    return q


def turned(a: DelayOperator, q: np.ndarray) -> DelayOperator:
    return replace(a, matrix=q @ a.matrix @ q.T)


def largest(a: DelayOperator, b: DelayOperator) -> float:
    """``max_C ⟨A, C B Cᵀ⟩`` from the distance."""
    d = alignment_distance(a, b, "euclidean")
    return (np.sum(a.matrix**2) + np.sum(b.matrix**2) - d**2) / 2


def random_pair(n: int, seed: int) -> tuple[DelayOperator, DelayOperator]:
    a, b = np.random.default_rng(seed).normal(size=(2, n, n)) / np.sqrt(n)
    return operator(a), operator(b)


def brute_force(a: np.ndarray, b: np.ndarray, starts: int) -> float:
    """The best of many descents over ``exp(skew) · reflection``, in SciPy."""
    n = len(a)
    upper = np.triu_indices(n, 1)
    draws = np.random.default_rng(0)

    def height(x: np.ndarray, base: np.ndarray) -> float:
        skew = np.zeros((n, n))
        skew[upper] = x
        c = expm(skew - skew.T) @ base
        return -float(np.sum(a * (c @ b @ c.T)))

    best = -np.inf
    for start in range(starts):
        base = turn(n, start, (-1) ** start)
        best = max(best, -minimize(height, draws.normal(size=len(upper[0])) * 0.1, args=(base,)).fun)
    return best


@pytest.mark.parametrize("determinant", [1, -1])
@pytest.mark.parametrize("which", ["random", "fitted", "normal", "symmetric", "small", "odd"])
def test_a_turned_or_reflected_copy_is_at_distance_zero(which: str, determinant: int) -> None:
    a = {
        "random": lambda: random_pair(30, 0)[0],
        "fitted": lambda: fitted(1, 2.0),
        "normal": lambda: operator(normal(np.array([0.9 + 0.3j, 0.5 + 0.6j, -0.2 + 0.1j, 0.1 + 0.9j]), [0.4, -0.7])),
        "symmetric": lambda: operator(np.diag([3.0, 1.0, -2.0, 0.5])),
        "small": lambda: operator(np.array([[0.3, 2.0], [-0.1, 0.7]])),
        "odd": lambda: random_pair(7, 5)[0],
    }[which]()
    copy = turned(a, turn(len(a.matrix), 3, determinant))
    assert alignment_distance(a, a) == 0.0
    assert alignment_distance(a, copy) < 1e-7
    assert alignment_distance(a, copy, "euclidean") < 1e-7 * np.linalg.norm(a.matrix)


def normal(pairs: np.ndarray, real: list[float]) -> np.ndarray:
    blocks = [np.array([[x.real, x.imag], [-x.imag, x.real]]) for x in pairs]
    return block_diag(*blocks, *[[[x]] for x in real])


@pytest.mark.parametrize("seed", range(5))
def test_symmetric_operators_are_matched_by_their_ordered_eigenvalues(seed: int) -> None:
    a, b = (np.random.default_rng([seed, k]).normal(size=(12, 12)) for k in range(2))
    a, b = operator(a + a.T), operator(b + b.T)
    ordered = [np.sort(x.eigenvalues.real) for x in (a, b)]
    assert alignment_distance(a, b, "euclidean") == pytest.approx(np.linalg.norm(ordered[0] - ordered[1]), rel=1e-7)
    cosine = ordered[0] @ ordered[1] / np.linalg.norm(ordered[0]) / np.linalg.norm(ordered[1])
    assert alignment_distance(a, b) == pytest.approx(np.arccos(cosine), rel=1e-7)


@pytest.mark.parametrize("seed", range(5))
def test_planes_of_rotation_are_matched_by_their_ordered_speeds(seed: int) -> None:
    """Antisymmetric operators: a plane of the faster with a plane of the faster, whatever its sense, for C may reflect."""
    a, b = (np.random.default_rng([seed, k]).normal(size=(11, 11)) for k in range(2))
    a, b = operator(a - a.T), operator(b - b.T)
    ordered = [np.sort(np.abs(x.eigenvalues.imag)) for x in (a, b)]
    # The search ends after a number of steps, near the optimum and never below it: where, hangs on how the start was rounded.
    least = np.linalg.norm(ordered[0] - ordered[1])
    assert least * (1 - 1e-9) <= alignment_distance(a, b, "euclidean") <= least * (1 + 1e-4)


@pytest.mark.parametrize("seed", range(6))
def test_normal_operators_are_matched_by_the_best_assignment_of_eigenvalues(seed: int) -> None:
    """For normal ones ``f ≤ max_π Re Σ λ̄_k μ_π(k)`` (Hoffman & Wielandt 1953); of conjugate pairs alone, it is reached.

    As a real assignment matches pairs with pairs where there are no real eigenvalues, and C turns plane into plane.
    """
    draws = np.random.default_rng(seed)
    a, b = (draws.normal(size=4) + 1j * draws.uniform(0.1, 1.5, size=4) for _ in range(2))
    best = max(2.0 * np.sum((a.conj() * b[list(order)]).real) for order in permutations(range(4)))
    one, other = (turned(operator(normal(x, [])), turn(8, k, -1)) for k, x in enumerate((a, b)))
    assert largest(one, other) == pytest.approx(best, abs=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_two_dimensions_by_every_angle(seed: int) -> None:
    a, b = random_pair(2, seed)
    angle = np.linspace(0.0, np.pi, 20001)
    c, s = np.cos(angle), np.sin(angle)
    best = -np.inf
    for sign in (1.0, -1.0):
        q = np.stack([np.stack([c, -sign * s], -1), np.stack([s, sign * c], -1)], -2)
        best = max(best, np.max(np.sum(a.matrix * (q @ b.matrix @ q.swapaxes(1, 2)), axis=(1, 2))))
    assert largest(a, b) == pytest.approx(best, abs=1e-6)
    assert largest(a, b) >= best - 1e-9


@pytest.mark.parametrize(("n", "seed"), list(product((3, 4), range(3))))
def test_three_and_four_dimensions_by_many_descents(n: int, seed: int) -> None:
    a, b = random_pair(n, seed)
    assert largest(a, b) == pytest.approx(brute_force(a.matrix, b.matrix, 30), abs=1e-6)


def test_many_random_starts_find_little_more_and_the_unitary_bound_is_kept() -> None:
    operators = [fitted(1, 0.5), fitted(2, 1.0), fitted(3, 2.5)]
    draws = np.random.default_rng(0).normal(size=(24, 30, 30))
    for a, b in combinations(operators, 2):
        level = np.trace(a.matrix) * np.trace(b.matrix) / 30
        rest = [x.matrix - np.trace(x.matrix) / 30 * np.eye(30) for x in (a, b)]
        sizes = [np.linalg.norm(x) for x in rest]
        found = (largest(a, b) - level) / np.prod(sizes)
        others = ascend(rest[0] / sizes[0], rest[1] / sizes[1], polar(draws), 200)[1]
        bound = np.prod([1 / s for s in sizes]) * np.dot(*(np.linalg.eigvalsh(hermitian(x)) for x in rest))
        assert others.max() <= bound + 1e-12 and found <= bound + 1e-12
        assert np.sqrt(2 - 2 * found) <= 1.05 * np.sqrt(2 - 2 * others.max())


def test_ascent_never_falls_and_stays_orthogonal() -> None:
    a, b = (x.matrix / np.linalg.norm(x.matrix) for x in random_pair(10, 1))
    starts = polar(np.random.default_rng(2).normal(size=(5, 10, 10)))
    heights = np.stack([ascend(a, b, starts, steps)[1] for steps in range(1, 60)])
    assert np.all(np.diff(heights, axis=0) >= -1e-8)
    c, f = ascend(a, b, starts, 500, 0.0)
    assert np.allclose(c @ c.swapaxes(1, 2), np.eye(10), atol=1e-12)
    assert np.allclose(f, np.sum(a * (c @ b @ c.swapaxes(1, 2)), axis=(1, 2)), atol=1e-12)
    assert np.array_equal(np.sign(np.linalg.det(c)), np.sign(np.linalg.det(starts)))
    m = c @ b @ c.swapaxes(1, 2)
    slope = a @ m.swapaxes(1, 2) - m.swapaxes(1, 2) @ a
    assert np.max(np.abs(slope - slope.swapaxes(1, 2))) < 1e-7


def test_the_same_to_the_bit_in_either_order_and_at_each_call() -> None:
    operators = [fitted(1, 0.5), fitted(2, 1.0), fitted(3, 2.5)]
    described = [describe_for_alignment(x) for x in operators]
    for i, j in combinations(range(3), 2):
        first = compare_aligned(described[i], described[j])
        assert first == compare_aligned(described[j], described[i])
        assert first.angular == alignment_distance(operators[j], operators[i])
        assert first.euclidean == alignment_distance(operators[i], operators[j], "euclidean")


def test_coordinates_do_not_count_and_the_angle_does_not_know_of_scale() -> None:
    a, b = fitted(1, 0.5), fitted(3, 2.5)
    angle, length = alignment_distance(a, b), alignment_distance(a, b, "euclidean")
    for seed, determinant in ((1, 1), (2, -1)):
        one, other = turned(a, turn(30, seed, determinant)), turned(b, turn(30, seed + 7, 1))
        # The way to the optimum is the same but for rounding, which the last steps leave.
        assert alignment_distance(one, other) == pytest.approx(angle, rel=1e-3)
        assert alignment_distance(one, other, "euclidean") == pytest.approx(length, rel=1e-3)
    thrice = DelayOperator(3.0 * b.matrix, 3.0 * b.eigenvalues, b.n_delays, b.rank, b.ridge)
    assert alignment_distance(a, thrice) == pytest.approx(angle, rel=1e-3)
    cosine = (np.sum(a.matrix**2) + np.sum(b.matrix**2) - length**2) / 2
    assert np.cos(angle) == pytest.approx(cosine / np.linalg.norm(a.matrix) / np.linalg.norm(b.matrix), abs=1e-12)


def test_distances_at_the_ends_of_their_range() -> None:
    eye = operator(np.eye(4))
    assert alignment_distance(eye, operator(-2.0 * np.eye(4))) == pytest.approx(np.pi)
    assert alignment_distance(eye, operator(-2.0 * np.eye(4)), "euclidean") == pytest.approx(6.0)
    assert alignment_distance(eye, operator(np.diag([1.0, -1.0, 1.0, -1.0]))) == pytest.approx(np.pi / 2)
    assert alignment_distance(operator(np.array([[0.5]])), operator(np.array([[0.2]])), "euclidean") == pytest.approx(
        0.3
    )


@pytest.mark.filterwarnings("ignore")
def test_the_authors_package_finds_no_better_alignment() -> None:
    """dsa-metric 2.0.2 descends from one start in each half of O(n) in float32, and normalises for its Euclidean score too."""
    peer = pytest.importorskip("DSA.simdist")
    import torch

    operators = [fitted(1, 0.5, 10), fitted(2, 1.0, 10), fitted(3, 2.5, 10)]
    for a, b in ((operators[0], operators[1]), (operators[0], operators[2])):
        torch.manual_seed(0)
        settings = peer.SimilarityTransformDist(iters=500, score_method="angular", lr=0.01)
        theirs = float(settings.fit_score(a.matrix.copy(), b.matrix.copy()))
        ours = alignment_distance(a, b)
        assert ours <= theirs + 1e-4  # what float32 leaves of an arc cosine
        assert theirs <= 1.1 * ours
        units = [operator(x.matrix / np.linalg.norm(x.matrix)) for x in (a, b)]
        chord = float(settings.score(score_method="euclidean"))
        assert alignment_distance(*units, "euclidean") <= chord + 1e-4
        assert chord <= 1.1 * alignment_distance(*units, "euclidean")


def test_complaints_say_what_is_needed() -> None:
    a = random_pair(4, 0)[0]
    with pytest.raises(AtlasError, match=r"fitted alike.*\(1, 4, 0.0\) and \(1, 4, 0.5\)"):
        alignment_distance(a, operator(a.matrix, ridge=0.5))
    with pytest.raises(AtlasError, match="fitted alike"):
        alignment_distance(a, random_pair(5, 0)[0])
    with pytest.raises(AtlasError, match="not zero was expected"):
        alignment_distance(a, operator(np.zeros((4, 4))))
    with pytest.raises((AtlasError, TypeError)):  # the type checker, where it is on, is first to complain
        alignment_distance(a, a, "wasserstein")  # type: ignore[arg-type]
