"""The compiled workers of a training, kept from call to call."""

from __future__ import annotations

import ctypes
import weakref

from rnnatlas.engine.native_library import call, load
from rnnatlas.engine.native_structs import NetworkStruct, TrainingStruct


def pool_shape(task: TrainingStruct) -> tuple[object, ...]:
    """What the workers' buffers depend on: sizes, cells and threads of ``task`` and of its earlier networks."""

    def sizes(network: NetworkStruct) -> tuple[int, ...]:
        return network.kind, network.units, network.inputs, network.outputs

    references = (NetworkStruct * task.earlier).from_address(task.references) if task.earlier else ()
    numbers = (task.members, task.trials, task.times, task.threads)
    return (*numbers, sizes(task.network), *(sizes(network) for network in references))


class WorkerPool:
    """Workers for calls of one ``shape``; freed with this object. Raises ``OutOfMemory``."""

    def __init__(self, instruction_set: str, task: TrainingStruct) -> None:
        self.shape = pool_shape(task)
        self.handle = ctypes.c_void_p()
        call(f"new_pool_{instruction_set}", ctypes.byref(task), ctypes.byref(self.handle))
        weakref.finalize(self, getattr(load(), f"delete_pool_{instruction_set}"), self.handle)
