"""What runs against what was asked for."""

import pytest

from service.engine.providers import ort_names, preload_libraries, report, resolve, with_options
from service.errors import GpuRequired
from service.settings import Provider

CPU_BUILD = ["AzureExecutionProvider", "CPUExecutionProvider"]
GPU_BUILD = ["TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"]
ON_GPU = [["CUDAExecutionProvider", "CPUExecutionProvider"]] * 3
ON_CPU = [["CPUExecutionProvider"]] * 3


def test_auto_is_cuda_where_it_is_installed_and_the_cpu_elsewhere() -> None:
    assert resolve([Provider.AUTO], GPU_BUILD) == (Provider.CUDA, Provider.CPU)
    assert resolve([Provider.AUTO], CPU_BUILD) == (Provider.CPU,)


def test_what_is_asked_for_by_name_stays_asked_for_where_it_is_not_installed() -> None:
    assert resolve([Provider.TENSORRT, Provider.AUTO], CPU_BUILD) == (Provider.TENSORRT, Provider.CPU)


def test_onnx_runtime_is_only_offered_what_it_has_with_the_cpu_at_last() -> None:
    asked = (Provider.TENSORRT, Provider.CUDA)
    assert ort_names(asked, GPU_BUILD) == GPU_BUILD
    assert ort_names(asked, CPU_BUILD) == ["CPUExecutionProvider"]


def test_what_runs_as_asked_is_no_fallback() -> None:
    found = report((Provider.CUDA, Provider.CPU), ON_GPU, require_gpu=True)
    assert (found.running, found.device, found.fell_back) == (Provider.CUDA, "gpu", False)


def test_a_gpu_that_is_installed_but_absent_is_a_fallback() -> None:
    found = report((Provider.CUDA, Provider.CPU), ON_CPU, require_gpu=False)
    assert (found.running, found.device, found.fell_back) == (Provider.CPU, "cpu", True)


def test_one_graph_on_the_cpu_is_a_fallback_of_all() -> None:
    assert report((Provider.CUDA,), [*ON_GPU[:2], *ON_CPU[:1]], require_gpu=False).running is Provider.CPU


def test_a_required_gpu_makes_any_fallback_fatal() -> None:
    with pytest.raises(GpuRequired, match="nvidia-smi"):
        report((Provider.CUDA,), [*ON_GPU[:2], *ON_CPU[:1]], require_gpu=True)


def test_the_cuda_libraries_are_loaded_only_for_a_gpu() -> None:
    loaded: list[bool] = []
    preload_libraries((Provider.CPU,), lambda: loaded.append(False))
    preload_libraries((Provider.CUDA,), lambda: loaded.append(True))
    assert loaded == [True]


def test_openvino_keeps_to_the_threads_of_the_settings_and_others_need_no_options() -> None:
    names = ["OpenVINOExecutionProvider", "CPUExecutionProvider"]
    assert with_options(names, threads=3) == [
        ("OpenVINOExecutionProvider", {"device_type": "CPU", "num_of_threads": "3"}),
        "CPUExecutionProvider",
    ]
