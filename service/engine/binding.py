"""How arrays get into a graph and out of it: `PassesInTurn` on the CPU, `BoundPasses` on a GPU.

B items of one pass, the first axis of every input and output.
"""

import ctypes
import queue
from collections.abc import Sequence
from typing import Final, Protocol, TypeAlias

import numpy as np
import onnxruntime

from model.clip import FloatArray

Arrays: TypeAlias = tuple[FloatArray, ...]
Memory: TypeAlias = "onnxruntime.OrtMemoryInfo | None"

_ON_A_GPU: Final = ("TensorrtExecutionProvider", "CUDAExecutionProvider")


class Passes(Protocol):
    """One pass for all items: each the inputs of one, each result the outputs of one, its own memory."""

    def __call__(self, items: Sequence[Arrays], /) -> list[Arrays]: ...


class PassesInTurn:
    """ONNX Runtime reads and writes arrays of this process, one item after the other.

    A CPU gains nothing from a larger batch: its arrays leave the cache, and joining them is a copy of each.
    """

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session
        self._names = [each.name for each in session.get_inputs()]

    def __call__(self, items: Sequence[Arrays], /) -> list[Arrays]:
        return [self._pass(arrays) for arrays in items]

    def _pass(self, arrays: Arrays) -> Arrays:
        feed = {name: array[None] for name, array in zip(self._names, arrays, strict=True)}
        return tuple(output_B[0] for output_B in self._session.run(None, feed))


class BoundPasses:
    """Items are written where the GPU fetches them by itself and read where it has put its answers.

    That memory is page-locked where the provider has such an allocator, and used again by every pass: no
    array is copied twice, and none waits for the operating system. Each pass that runs at the same time has
    its own.
    """

    def __init__(
        self, session: onnxruntime.InferenceSession, *, at_once: int, max_batch: int, memory: Memory = None
    ) -> None:
        self._idle: queue.SimpleQueue[_Buffers] = queue.SimpleQueue()
        for _ in range(at_once):
            self._idle.put(_Buffers(session, max_batch, memory))

    def __call__(self, items: Sequence[Arrays], /) -> list[Arrays]:
        buffers = self._idle.get()
        try:
            return buffers.run(items)
        finally:
            self._idle.put(buffers)


def page_locked(providers: Sequence[str]) -> Memory:
    """The allocator of host memory that the first provider's GPU reaches by itself; None without one."""
    for device in onnxruntime.get_ep_devices():
        if device.ep_name == providers[0]:
            return device.memory_info(onnxruntime.OrtDeviceMemoryType.HOST_ACCESSIBLE)
    return None


def passes_of(session: onnxruntime.InferenceSession, *, at_once: int, max_batch: int) -> Passes:
    """By what the session runs on, not by what was asked for."""
    running = session.get_providers()
    if running[0] not in _ON_A_GPU:
        return PassesInTurn(session)
    return BoundPasses(session, at_once=at_once, max_batch=max_batch, memory=page_locked(running))


class _Room:
    """Host memory for one input or output of up to `max_batch` items."""

    def __init__(self, shape: Sequence[int | str | None], max_batch: int, memory: Memory) -> None:
        whole = [max_batch, *(int(side or 0) for side in shape[1:])]
        self._value = onnxruntime.OrtValue.ortvalue_from_shape_and_type(whole, np.float32, memory_info=memory)
        self.address: int = self._value.data_ptr()
        # Not OrtValue.numpy(): of memory that belongs to a GPU it may be a copy, and writing to it be lost.
        pointer = ctypes.cast(self.address, ctypes.POINTER(ctypes.c_float))
        self.array_B: FloatArray = np.ctypeslib.as_array(pointer, whole)


class _Buffers:
    """Room for one pass of up to `max_batch` items."""

    def __init__(self, session: onnxruntime.InferenceSession, max_batch: int, memory: Memory) -> None:
        self._session, self._binding = session, session.io_binding()
        self._inputs = {each.name: _Room(each.shape, max_batch, memory) for each in session.get_inputs()}
        self._outputs = {each.name: _Room(each.shape, max_batch, memory) for each in session.get_outputs()}

    def run(self, items: Sequence[Arrays]) -> list[Arrays]:
        count = len(items)
        for arrays, (name, room) in zip(zip(*items, strict=True), self._inputs.items(), strict=True):
            filled_B = np.stack(arrays, out=room.array_B[:count])
            self._binding.bind_input(name, "cpu", 0, np.float32, filled_B.shape, room.address)
        for name, room in self._outputs.items():
            shape = room.array_B[:count].shape
            self._binding.bind_output(name, "cpu", 0, np.float32, shape, room.address)
        self._binding.synchronize_inputs()
        self._session.run_with_iobinding(self._binding)
        self._binding.synchronize_outputs()
        return [tuple(np.array(room.array_B[i]) for room in self._outputs.values()) for i in range(count)]
