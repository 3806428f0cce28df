"""Which execution providers run the network: what was asked for against what there is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from service.errors import GpuRequired
from service.settings import Provider

_ORT_NAME: Final = {
    Provider.TENSORRT: "TensorrtExecutionProvider",
    Provider.CUDA: "CUDAExecutionProvider",
    Provider.OPENVINO: "OpenVINOExecutionProvider",
    Provider.CPU: "CPUExecutionProvider",
}
_GPU: Final = (Provider.TENSORRT, Provider.CUDA)


@dataclass(frozen=True, slots=True)
class ProviderReport:
    """What was asked for, and the provider that the sessions really have first."""

    asked: tuple[Provider, ...]
    running: Provider

    @property
    def device(self) -> str:
        return "gpu" if self.running in _GPU else "cpu"

    @property
    def fell_back(self) -> bool:
        """Whether something else runs than the first that was asked for."""
        return self.running is not self.asked[0]


def resolve(asked: Sequence[Provider], installed: Sequence[str]) -> tuple[Provider, ...]:
    """`auto` in terms of what this ONNX Runtime was built with; everything else as it was asked for."""
    automatic = [Provider.CUDA] if _ORT_NAME[Provider.CUDA] in installed else []
    chosen: list[Provider] = []
    for each in asked:
        chosen += [*automatic, Provider.CPU] if each is Provider.AUTO else [each]
    return tuple(dict.fromkeys(chosen)) or (Provider.CPU,)


def ort_names(providers: Sequence[Provider], installed: Sequence[str]) -> list[str]:
    """The names that ONNX Runtime is given: those that it has, and the CPU for what the others cannot do."""
    names = [_ORT_NAME[each] for each in providers if _ORT_NAME[each] in installed]
    return list(dict.fromkeys([*names, _ORT_NAME[Provider.CPU]]))


def with_options(names: Sequence[str], *, threads: int) -> list[str | tuple[str, dict[str, Any]]]:
    """The providers as ONNX Runtime takes them; OpenVINO has a thread pool of its own."""
    openvino = _ORT_NAME[Provider.OPENVINO]
    options = {"device_type": "CPU", "num_of_threads": str(threads)}
    return [(name, options) if name == openvino else name for name in names]


def report(
    asked: tuple[Provider, ...], running: Sequence[Sequence[str]], *, require_gpu: bool
) -> ProviderReport:
    """Compares with the providers that each session registered.

    Raises GpuRequired where a GPU must run the network and would not.
    """
    found = ProviderReport(asked, _worst(asked, [names[0] for names in running]))
    if require_gpu and found.device != "gpu":
        raise GpuRequired(
            f"LIVENESS_REQUIRE_GPU is set, but the network would run on {found.running}: install the extra "
            "`gpu` in place of `cpu` and check that the driver shows the GPU (nvidia-smi), or unset it"
        )
    return found


def preload_libraries(asked: Sequence[Provider], preload: Callable[[], None]) -> None:
    """The CUDA and cuDNN libraries that pip installed are found only once they are loaded."""
    if any(each in _GPU for each in asked):
        preload()


def _worst(asked: tuple[Provider, ...], first: Sequence[str]) -> Provider:
    """The provider of the session that got the least of what was asked for."""
    by_name = {name: provider for provider, name in _ORT_NAME.items()}
    order = [*asked, *(each for each in _ORT_NAME if each not in asked)]
    return max((by_name[name] for name in first), key=order.index)
