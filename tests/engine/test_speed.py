"""One guard against a slow engine; the measurements are in ``make bench``."""

from rnnatlas.benchmarks.contenders import eager_step
from rnnatlas.benchmarks.measure import interleave
from rnnatlas.benchmarks.problem import draw_problem
from rnnatlas.benchmarks.steps import Size, training_steps


def test_a_training_step_is_at_least_two_and_a_half_times_faster_than_eager_pytorch() -> None:
    size = Size(units=64, trials=64)
    problem = draw_problem(size.units, size.trials, size.times, size.inputs, size.outputs)
    times = interleave({"ours": training_steps(size), "eager": eager_step(problem)}, repetitions=9, warm_up=2)
    assert min(times["eager"]) >= 2.5 * min(times["ours"])
