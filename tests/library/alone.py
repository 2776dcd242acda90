"""The library by itself: what a notebook does with it where neither PyTorch nor Snakemake is. Run as a program of its own.

``python alone.py blocked`` refuses to import both; ``python alone.py installed`` expects an environment without them, and the
library installed outside the checkout.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import pkgutil
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

ABSENT = ("torch", "triton", "snakemake")
# What has no meaning without PyTorch.
NEEDS_TORCH = (
    "engine.torch_*",
    "engine.cuda_*",
    "engine.device_*",
    "engine.triton_*",
    "networks.leaky_rnn",
    "benchmarks.*",
)


class Refuse(importlib.abc.MetaPathFinder):
    """Finds nothing under the names of ``ABSENT``, and lets nobody else find it."""

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> None:
        if fullname.split(".")[0] in ABSENT:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)


def check_absent(how: str) -> None:
    if how == "blocked":
        sys.meta_path.insert(0, Refuse())
        return
    assert how == "installed", how
    for name in ABSENT:
        assert importlib.util.find_spec(name) is None, f"{name} is installed"
    import rnnatlas

    home = Path(str(rnnatlas.__file__)).parent
    assert home.parent.name == "site-packages" and (home / "py.typed").is_file(), home


def import_everything() -> int:
    """Every module but for those that need PyTorch, which say so."""
    import rnnatlas

    names = [info.name for info in pkgutil.walk_packages(rnnatlas.__path__, "rnnatlas.")]
    for name in names:
        may_fail = any(fnmatch(name, f"rnnatlas.{pattern}") for pattern in NEEDS_TORCH)
        try:
            importlib.import_module(name)
        except ImportError as error:
            assert may_fail and "torch" in str(error).lower(), f"{name}: {error}"
    return len(names)


def use_it() -> None:
    """Trials, a training, an alternative, a comparison, fixed points, and weights of PyTorch as plain arrays."""
    import numpy as np

    from rnnatlas.config.analysis import FixedPointSettings
    from rnnatlas.config.training import DeflationSettings, NetworkSettings, TrainingSettings
    from rnnatlas.deflation.chains import begin_chains, deflate
    from rnnatlas.dynamics.census import fixed_point_census
    from rnnatlas.networks.ensemble import Ensemble
    from rnnatlas.tasks.registry import get_task
    from rnnatlas.training.member import Member
    from rnnatlas.training.standard import fresh_networks, train

    task = get_task("flip_flop", bits=1, duration=600.0)
    trials = task.trials(8, seed=0)
    network = NetworkSettings(units=12)
    settings = TrainingSettings(steps=3, batch=8, acceptance=0.0, acceptance_trials=8)
    networks = train(fresh_networks(task, network, 1.0, [Member((0, "g"), k) for k in range(2)]), task, settings)
    assert networks.training is not None and np.isfinite(networks.training.loss).all()
    run = networks.simulate(trials.inputs, noise=0.0)
    assert np.isfinite(task.performance(run.outputs, trials)).all()
    chains = begin_chains({"g": networks}, [("g", 0)])
    alternatives = deflate(chains, task, DeflationSettings(strength=1.0, training=settings), network=network)
    assert alternatives.training is not None and (alternatives.training.penalty > 0).all()
    table = fixed_point_census(networks, task, trials, FixedPointSettings(starts=8, iterations=20), 0, 1)
    assert len(table) > 3
    p = networks.parameters[[1]]
    state = {"weight_hh_l0": p.recurrent[0].T, "weight_ih_l0": p.input[0].T, "out.weight": p.readout[0].T}
    assert np.array_equal(Ensemble.from_torch(state).parameters.recurrent, p.recurrent)


def errors_name_the_extra() -> None:
    from rnnatlas.engine.select import select_engine
    from rnnatlas.errors import AtlasError
    from rnnatlas.networks.cell import Cell
    from rnnatlas.networks.initial_weights import initialise

    ensemble = initialise([0], 4, 1, 1, 1.0, Cell(0.2), ("x",))
    doors = {
        "torch": lambda: select_engine("torch"),
        "cuda": lambda: select_engine("cuda"),
        "to_torch": lambda: ensemble.to_torch(0),
        "LeakyRNN": lambda: importlib.import_module("rnnatlas.networks.leaky_rnn"),
        "TorchEngine": lambda: importlib.import_module("rnnatlas.engine").TorchEngine,
    }
    for name, door in doors.items():
        try:
            door()
        except AtlasError as error:
            assert isinstance(error, ImportError) and "pip install 'rnnatlas[torch]'" in str(error), (name, error)
        else:
            raise AssertionError(f"{name} works")


def main(how: str) -> None:
    check_absent(how)
    count = import_everything()
    errors_name_the_extra()
    from rnnatlas.engine.select import select_engine
    from rnnatlas.errors import AtlasError

    try:
        engine = select_engine("auto").name
    except AtlasError as error:  # no compiler here: both ways out are named
        assert "pip install 'rnnatlas[torch]'" in str(error) and "compiler" in str(error), error
        engine = "none"
    if engine != "none":
        use_it()
    assert not {name.split(".")[0] for name in sys.modules} & set(ABSENT)
    print(f"modules: {count}, engine: {engine}")


if __name__ == "__main__":
    main(sys.argv[1])
