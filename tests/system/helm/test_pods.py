"""What every pod of the chart is, and what the service in it is told."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.settings import Settings
from tests.system.helm.chart import CHART, MATRIX, containers, helm, of_kind, one, pods, service, variables
from tests.system.tools.catalogue import Tool

SPEC = ("spec", "template", "spec")


@pytest.mark.parametrize("case", MATRIX)
def test_no_pod_has_more_rights_than_the_restricted_standard_grants(case: str) -> None:
    for pod in pods(case):
        security = pod["securityContext"]
        assert security["runAsNonRoot"] is True
        assert security["runAsUser"] >= 10000
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
        kinds = {key for volume in pod.get("volumes", ()) for key in volume} - {"name"}
        assert kinds <= {"emptyDir", "projected", "persistentVolumeClaim"}
    for container in containers(case):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


@pytest.mark.parametrize("case", MATRIX)
def test_every_container_is_bounded_and_named_by_a_fixed_version(case: str) -> None:
    for container in containers(case):
        assert container["resources"]["limits"].keys() >= {"cpu", "memory"}
        assert container["resources"]["requests"].keys() >= {"cpu", "memory"}
        tag = container["image"].split("@")[0].rpartition(":")[2]
        assert tag not in ("", "latest")


@pytest.mark.parametrize("case", MATRIX)
def test_what_a_container_said_before_it_failed_is_part_of_its_pod_s_description(case: str) -> None:
    for container in containers(case):
        assert container["terminationMessagePolicy"] == "FallbackToLogsOnError"


@pytest.mark.parametrize("case", MATRIX)
def test_every_serving_container_is_probed_and_drains_before_it_is_told_to_end(case: str) -> None:
    for deployment in of_kind(case, "Deployment"):
        for container in deployment["spec"]["template"]["spec"]["containers"]:
            assert container.keys() >= {"startupProbe", "readinessProbe", "livenessProbe"}
            assert container["lifecycle"]["preStop"]["sleep"]["seconds"] >= 5


def test_the_service_s_probes_ask_the_three_questions_apart() -> None:
    (container,) = service("nothing")["spec"]["template"]["spec"]["containers"]
    asked = {
        name: container[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "readiness", "liveness")
    }
    assert asked == {"startup": "/startupz", "readiness": "/readyz", "liveness": "/livez"}


@given(stop=st.integers(1, 120), stream=st.integers(1, 600))
@settings(max_examples=5, deadline=None)
def test_the_grace_period_covers_the_drain_the_longest_stream_and_15_s(stop: int, stream: int) -> None:
    values = f"auth.existingSecret=k,drain.preStopSeconds={stop},sessions.streamSeconds={stream}"
    done = helm(Tool.HELM_4, "template", CHART, "--set", values, "--show-only", "templates/deployment.yaml")
    assert f"terminationGracePeriodSeconds: {stop + stream + 15}\n" in done.stdout


def test_shared_memory_and_tmp_are_sized_memory() -> None:
    pod = service("nothing")["spec"]["template"]["spec"]
    mounts = {each["mountPath"]: each["name"] for each in pod["containers"][0]["volumeMounts"]}
    volumes = {each["name"]: each for each in pod["volumes"]}
    assert volumes[mounts["/dev/shm"]]["emptyDir"] == {"medium": "Memory", "sizeLimit": "512Mi"}
    assert volumes[mounts["/tmp"]]["emptyDir"] == {"medium": "Memory", "sizeLimit": "64Mi"}


def key_files(case: str) -> dict[str, tuple[str, str]]:
    """Secret and key by the path at which the service sees it."""
    pod = service(case)["spec"]["template"]["spec"]
    (folder,) = [each["mountPath"] for each in pod["containers"][0]["volumeMounts"] if each["name"] == "keys"]
    (volume,) = [each for each in pod["volumes"] if each["name"] == "keys"]
    return {
        f"{folder}/{item['path']}": (source["secret"]["name"], item["key"])
        for source in volume["projected"]["sources"]
        for item in source["secret"]["items"]
    }


def test_no_secret_is_in_the_environment() -> None:
    for case in MATRIX:
        for container in containers(case):
            assert "envFrom" not in container
            sources = {kind for each in container.get("env", ()) for kind in each.get("valueFrom", ())}
            assert sources <= {"fieldRef"}, case


def test_keys_are_files_where_the_service_is_told_to_look() -> None:
    told = variables("redis")
    assert key_files("redis") == {
        told["LIVENESS_KEYS_FILE"]: ("liveness-keys", "api-keys"),
        told["LIVENESS_TOKEN_KEYS_FILE"]: ("liveness-keys", "token-keys"),
        told["LIVENESS_REDIS_URL_FILE"]: ("liveness-redis", "redis-url"),
    }
    assert key_files("cpu") == {variables("cpu")["LIVENESS_KEYS_FILE"]: ("liveness-keys", "keys")}


def test_a_single_pod_asks_for_no_token_keys() -> None:
    assert variables("nothing")["LIVENESS_STORE"] == "memory"
    assert "LIVENESS_TOKEN_KEYS_FILE" not in variables("nothing")


def test_each_pod_writes_an_audit_file_of_its_own_on_the_claim() -> None:
    pod = service("everything")["spec"]["template"]["spec"]
    (volume,) = [each for each in pod["volumes"] if "persistentVolumeClaim" in each]
    (folder,) = [
        each["mountPath"] for each in pod["containers"][0]["volumeMounts"] if each["name"] == volume["name"]
    ]
    assert volume["persistentVolumeClaim"] == {"claimName": "liveness-audit"}
    assert variables("everything")["LIVENESS_AUDIT_FILE"] == f"{folder}/$(POD_NAME).jsonl"
    assert "LIVENESS_AUDIT_FILE" not in variables("nothing")


def test_a_calibration_is_mounted_where_the_service_is_told_to_look() -> None:
    pod = service("everything")["spec"]["template"]["spec"]
    (volume,) = [each for each in pod["volumes"] if each["name"] == "calibration"]
    (folder,) = [
        each["mountPath"] for each in pod["containers"][0]["volumeMounts"] if each["name"] == volume["name"]
    ]
    (item,) = volume["projected"]["sources"][0]["configMap"]["items"]
    assert item["key"] == "ours.json"
    assert variables("everything")["LIVENESS_CALIBRATION"] == f"{folder}/{item['path']}"
    assert "LIVENESS_CALIBRATION" not in variables("nothing")


def test_the_service_reads_what_the_chart_tells_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in variables("everything").items():
        monkeypatch.setenv(name, value)
    read = Settings()
    assert (read.engine, read.triton_url) == ("triton", "faces-triton:8001")
    assert str(read.otlp_endpoint) == "http://collector.monitoring:4318/"
    assert (read.sessions.start_seconds, read.sessions.result_seconds) == (120, 600)
    assert read.sessions.per_key == 1200
    assert (read.streams.max_seconds, read.streams.resume_seconds, read.streams.max_streams) == (30, 5, 16)
    assert read.streams.drain_seconds == read.streams.max_seconds
    assert read.allowed_origins == ("https://shop.example.org",)
    assert read.public_url == "https://liveness.example.org"
    assert read.store == "redis"


def test_settings_reach_the_service_as_it_parses_them() -> None:
    told = variables("cpu")
    assert told["LIVENESS_LOG_LEVEL"] == "debug"
    assert told["LIVENESS_MAX_UPLOAD_BYTES"] == "10000000"
    assert told["LIVENESS_MAX_WAIT_MS"] == "2.5"
    assert json.loads(told["LIVENESS_LIMITS"]) == {"max_seconds": 10}


def test_behind_an_ingress_with_tls_clients_are_sent_to_its_first_host_by_default() -> None:
    assert variables("ingress")["LIVENESS_PUBLIC_URL"] == "https://liveness.example.org"
    assert "LIVENESS_PUBLIC_URL" not in variables("nothing")
    (container,) = service("everything")["spec"]["template"]["spec"]["containers"]
    assert [each["name"] for each in container["env"]].count("LIVENESS_PUBLIC_URL") == 1


def test_volumes_and_variables_of_one_s_own_reach_the_container() -> None:
    pod = service("extra")["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert variables("extra")["OTEL_TRACES_SAMPLER"] == "always_off"
    assert variables("extra")["LIVENESS_WEIGHTS"] == "/weights"
    assert {"name": "weights", "mountPath": "/weights", "readOnly": True} in container["volumeMounts"]
    assert {"name": "weights", "persistentVolumeClaim": {"claimName": "weights"}} in pod["volumes"]


def test_an_open_service_is_told_so_and_one_with_keys_is_not() -> None:
    assert variables("open")["LIVENESS_ALLOW_OPEN"] == "true"
    assert variables("nothing")["LIVENESS_ALLOW_OPEN"] == "false"
    assert "LIVENESS_KEYS_FILE" not in variables("open")


def test_a_gpu_pod_has_its_device_its_node_its_image_and_no_way_back_to_the_cpu() -> None:
    pod = service("gpu")["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert container["resources"]["limits"]["nvidia.com/gpu"] == 1
    assert container["image"].endswith("-cuda")
    assert pod["runtimeClassName"] == "nvidia"
    assert pod["nodeSelector"] == {"kubernetes.io/arch": "amd64", "nvidia.com/gpu.product": "NVIDIA-L4"}
    assert {each["key"] for each in pod["tolerations"]} == {"dedicated", "nvidia.com/gpu"}
    assert json.loads(variables("gpu")["LIVENESS_PROVIDERS"]) == ["cuda"]
    assert variables("gpu")["LIVENESS_REQUIRE_GPU"] == "true"


def test_with_triton_the_gpu_is_triton_s_and_the_service_is_sent_there() -> None:
    triton = one("triton", "Deployment", "-triton")["spec"]["template"]["spec"]
    assert triton["containers"][0]["resources"]["limits"]["nvidia.com/gpu"] == 1
    assert triton["runtimeClassName"] == "nvidia"
    assert "nvidia.com/gpu" not in str(service("triton"))
    assert one("triton", "Deployment", "-triton")["spec"]["minReadySeconds"] == 300
    assert variables("triton")["LIVENESS_ENGINE"] == "triton"
    assert (
        variables("triton")["LIVENESS_TRITON_URL"]
        == one("triton", "Service", "-triton")["metadata"]["name"] + ":8001"
    )
    assert variables("triton-external")["LIVENESS_TRITON_URL"] == "triton.models:9001"


def test_triton_serves_the_graphs_that_the_service_s_own_image_writes_by_the_same_settings() -> None:
    pod = one("everything", "Deployment", "-triton")["spec"]["template"]["spec"]
    (writer,) = pod["initContainers"]
    (container,) = service("everything")["spec"]["template"]["spec"]["containers"]
    assert writer["image"] == container["image"]
    assert writer["args"] == ["triton-repository", "/models"]
    told = {each["name"]: each["value"] for each in writer["env"]}
    assert told.items() <= variables("everything").items()
    assert told["LIVENESS_MAX_PENDING"] == "32"


def test_two_pods_with_a_memory_of_their_own_never_run_at_once() -> None:
    assert service("nothing")["spec"]["strategy"] == {"type": "Recreate"}
    assert service("redis")["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
