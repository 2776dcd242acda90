"""The compiled workers of a training, kept from call to call."""

from __future__ import annotations

import ctypes
import weakref

from rnnatlas.engine.native_library import call, load
from rnnatlas.engine.native_structs import NetworkStruct, TrainingStruct


def pool_shape(task: TrainingStruct) -> tuple[object, ...]:
    """What the workers' buffers depend on, beside the longest trial: sizes, cells and threads of ``task`` and of its earlier networks."""

    def sizes(network: NetworkStruct) -> tuple[int, ...]:
        return network.kind, network.units, network.inputs, network.outputs

    references = (NetworkStruct * task.earlier).from_address(task.references) if task.earlier else ()
    numbers = (task.members, task.trials, task.threads, task.muon)
    return (*numbers, sizes(task.network), *(sizes(network) for network in references))


class WorkerPool:
    """Workers for calls of one shape, of trials up to those of ``task``; freed with this object. Raises ``OutOfMemory``."""

    def __init__(self, instruction_set: str, task: TrainingStruct) -> None:
        self.shape, self.times = pool_shape(task), task.times
        self.handle = ctypes.c_void_p()
        call(f"new_pool_{instruction_set}", ctypes.byref(task), ctypes.byref(self.handle))
        weakref.finalize(self, getattr(load(), f"delete_pool_{instruction_set}"), self.handle)

    def serves(self, task: TrainingStruct) -> bool:
        """Whether the buffers are those that ``task`` needs; longer ones are as good, so that time steps may alternate."""
        return task.times <= self.times and pool_shape(task) == self.shape
