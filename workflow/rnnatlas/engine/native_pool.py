"""The compiled workers of a training, kept from call to call."""

from __future__ import annotations

import ctypes
import weakref

from rnnatlas.engine.native_library import load
from rnnatlas.engine.native_structs import NetworkStruct, TrainingStruct


def pool_shape(call: TrainingStruct) -> tuple[object, ...]:
    """What the workers' buffers depend on: sizes, cells and threads of ``call`` and of its earlier networks."""

    def sizes(network: NetworkStruct) -> tuple[int, ...]:
        return network.kind, network.units, network.inputs, network.outputs

    references = (NetworkStruct * call.earlier).from_address(call.references) if call.earlier else ()
    numbers = (call.members, call.trials, call.times, call.threads)
    return (*numbers, sizes(call.network), *(sizes(network) for network in references))


class WorkerPool:
    """Workers for calls of one ``shape``; freed with this object."""

    def __init__(self, instruction_set: str, call: TrainingStruct) -> None:
        self.shape = pool_shape(call)
        create, delete = (getattr(load(), f"{verb}_pool_{instruction_set}") for verb in ("new", "delete"))
        create.restype = ctypes.c_void_p
        self.handle = ctypes.c_void_p(create(ctypes.byref(call)))
        weakref.finalize(self, delete, self.handle)
