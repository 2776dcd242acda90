"""Does a task keep what it promises? Found before anything is trained on it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.errors import AtlasError
from rnnatlas.tasks.task import Task
from rnnatlas.tasks.trials import Trials

_TRIALS = 24  # drawn for the check


def check_task(task: Task[Any]) -> None:
    """Draw some trials and judge them. Raises ``AtlasError``, naming the task's file and what in it, for

    - trials that are not reproducible from ``rng``, or whose number of steps depends on what was drawn;
    - arrays of ``Trials`` of another shape than the names of inputs and outputs make them, or that are not finite; weight or
      judged steps in the padding; epochs outside the trial;
    - a performance outside [0, 1], for outputs that hit the targets and for outputs of 0;
    - constant inputs of another length, and variables that are not among the conditions, or are classes without repetition.
    """
    expect = _Expectations(inspect.getfile(type(task)))
    with expect.no_error("draw"):
        trials, again, other = (task.draw(_TRIALS, np.random.default_rng(seed)) for seed in (0, 0, 1))
    expect(
        "draw", isinstance(trials, Trials), f"Trials are expected, found {type(trials).__name__}", "return Trials(...)"
    )
    _shapes(expect, task, trials)
    for name, array in _arrays(trials):
        same = np.array_equal(array, dict(_arrays(again))[name], equal_nan=True)
        expect("draw", same, f"the same {name} from the same rng is expected", "draw all that is random from rng")
    expect("draw", trials.times == other.times, f"as many steps whatever is drawn are expected, found {trials.times} and {other.times}", "pad to the longest trial that the settings allow, and give length")  # fmt: skip
    _steps(expect, trials)
    with expect.no_error("score"):
        found = [task.score(outputs[None], trials)["performance"] for outputs in (trials.targets, 0.0 * trials.targets)]
    for scores, what in zip(found, ("that hit the targets", "of 0"), strict=True):
        shape, kept = np.shape(scores), np.asarray(scores)[np.isfinite(scores)]
        expect("score", shape == (1, _TRIALS), f"performance [network, trial] is expected, found shape {list(shape)} for 1 and {_TRIALS}", "sum over the last two axes only")  # fmt: skip
        expect("score", kept.size > 0 and 0.0 <= kept.min() <= kept.max() <= 1.0, f"performance in [0, 1] is expected, found {kept.min(initial=np.inf):.3g} to {kept.max(initial=-np.inf):.3g} for outputs {what}", "scale or clip it; 1 is right")  # fmt: skip
    _names(expect, task, trials)


class _Expectations:
    """Raises for what is not as expected in one task's file."""

    def __init__(self, file: str) -> None:
        self.file = file

    def __call__(self, key: str, holds: bool | np.bool_, expected: str, remedy: str) -> None:
        if not holds:
            raise AtlasError(self.file, key, expected, f"{remedy} (docs/add_a_task.md)")

    @contextmanager
    def no_error(self, key: str) -> Iterator[None]:
        try:
            yield
        except AtlasError as error:
            raise AtlasError(error.file or self.file, error.key or key, error.expected, error.remedy) from error
        except Exception as error:
            raise AtlasError(
                self.file, key, f"failed with {type(error).__name__}: {error}", "mend it (docs/add_a_task.md)"
            ) from error


def _arrays(trials: Trials) -> Iterator[tuple[str, Array]]:
    for name in ("inputs", "targets", "weight", "judged", "length"):
        yield name, np.asarray(getattr(trials, name))
    yield from ((f"epochs[{name!r}]", np.asarray(array)) for name, array in trials.epochs.items())
    yield from ((f"conditions[{name!r}]", np.asarray(array)) for name, array in trials.conditions.items())


def _shapes(expect: _Expectations, task: Task[Any], trials: Trials) -> None:
    arrays = dict(_arrays(trials))
    times, channels = arrays["inputs"].shape[1:2], {"inputs": len(task.input_names)}
    for name, array in arrays.items():
        wanted: tuple[int, ...] = (_TRIALS,)
        if name in ("inputs", "targets", "weight", "judged"):
            wanted += (*times, channels.get(name, len(task.output_names)))
        elif name.startswith("epochs"):
            wanted += (2,)
        expect(name, array.shape == wanted, f"shape {list(wanted)} is expected ({_TRIALS} trials, {len(task.input_names)} input_names, {len(task.output_names)} output_names), found {list(array.shape)}", "make arrays and names agree")  # fmt: skip
        if name in ("inputs", "targets", "weight"):
            expect(
                name,
                np.isfinite(array).all(),
                "finite numbers are expected, found NaN or infinity",
                "give the padding zeros too",
            )
    expect(
        "judged",
        arrays["judged"].dtype == bool,
        f"true or false is expected, found {arrays['judged'].dtype}",
        "compare, do not count",
    )


def _steps(expect: _Expectations, trials: Trials) -> None:
    inside = (trials.length >= 1) & (trials.length <= trials.times)
    expect("length", inside.all(), f"1 to {trials.times} steps are expected, found {trials.length.min()} to {trials.length.max()}", "count the steps of each trial")  # fmt: skip
    padding = ~trials.valid()
    expect(
        "weight", (trials.weight >= 0).all(), "weights of at least 0 are expected", "weights multiply squared errors"
    )
    for name in ("weight", "judged"):
        array = getattr(trials, name)
        expect(
            name,
            not array[padding].any(),
            "0 is expected in the padding, after a trial's length",
            "set these steps to 0",
        )
        expect(name, array.any(), "something other than 0 is expected", "else nothing is learned or judged")
    for name, spans in trials.epochs.items():
        ordered = (spans[:, 0] >= 0) & (spans[:, 0] <= spans[:, 1]) & (spans[:, 1] <= trials.length)
        expect(
            f"epochs[{name!r}]", ordered.all(), "[start, stop) within each trial's length is expected", "count in steps"
        )


def _names(expect: _Expectations, task: Task[Any], trials: Trials) -> None:
    with expect.no_error("constant_inputs"):
        constants = task.constant_inputs()
    expect(
        "constant_inputs",
        len(constants) > 0,
        "at least one is expected",
        "name the input under which the network has to remember",
    )
    for name, value in constants.items():
        array, wanted = np.asarray(value), len(task.input_names)
        expect(f"constant_inputs[{name!r}]", array.shape == (wanted,) and np.isfinite(array).all(), f"{wanted} finite numbers are expected, one for each of input_names, found shape {list(array.shape)}", "give each input a value")  # fmt: skip
    with expect.no_error("variables"):
        variables, coloured = task.variables(), task.colour_variable()
    for name in (*(variable.name for variable in variables), coloured):
        expect("variables", name in trials.conditions, f"a name among the conditions ({', '.join(trials.conditions)}) is expected, found {name!r}", "add it to conditions, or name another")  # fmt: skip
    for variable in variables:
        distinct = len(np.unique(trials.conditions[variable.name]))
        expect("variables", variable.scale != "class" or distinct < _TRIALS, f"classes that recur are expected of {variable.name!r}, found {distinct} values in {_TRIALS} trials", "call it linear or circular")  # fmt: skip
