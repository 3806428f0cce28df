"""Labels hold no more than the service has words for, whatever clients say."""

import re
from contextlib import suppress
from typing import Final

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from websockets.exceptions import ConnectionClosed

from service.observe import Metrics
from service.stream.closes import Close
from tests.helm.labels import LABELS
from tests.service import videos
from tests.service.serving import fresh, on_a_socket
from tests.service.sessions.clients import create
from tests.service.stream.talking import Talker, person, talking

INVENTED: Final = "invention-4711"


@pytest.mark.parametrize(
    ("code", "label"), [(Close.DONE, "1000"), (1006, "1006"), (Close.TOKEN_USED, "4409"), (4999, "other")]
)
def test_a_close_code_that_is_a_client_s_invention_makes_no_label_of_its_own(code: int, label: str) -> None:
    metrics = Metrics()
    metrics.observe_close(code)
    assert metrics.registry.get_sample_value("liveness_ws_closes_total", {"code": label}) == 1


def invent(client: httpx.Client) -> None:
    """All that a client can make up: paths, methods, ids, tokens, bodies, messages, close codes."""
    for path in (f"/{INVENTED}", f"/v1/sessions/{INVENTED}", f"/console/{INVENTED}", "/v1/liveness"):
        for method in ("GET", "POST", "DELETE", "BREW"):
            client.request(method, path, params={"q": INVENTED}, headers={"Idempotency-Key": INVENTED})
    for clip in (INVENTED.encode(), videos.black(), videos.person()):
        client.post("/v1/liveness", files={"clip": (INVENTED, clip, f"video/{INVENTED}")})
    made = create(client, json={"subject_ref": INVENTED, "device_ref": INVENTED})
    mine = f"/v1/sessions/{made['session_id']}/stream"
    for path in ("/v1/stream", mine, f"/v1/sessions/{INVENTED}/stream"):
        with talking(client, f"token.{INVENTED}", path=path) as talker, suppress(ConnectionClosed):
            talker.socket.send(f'{{"type": "{INVENTED}"}}')
            _listen(talker)
    with talking(client, f"token.{made['client_token']}", path=mine) as talker:
        talker.begin()
        talker.send_patiently(person(6))
        talker.socket.close(4711)


def _listen(talker: Talker) -> None:
    while talker.hear() is not None:
        pass


def test_every_label_takes_known_values_only_whatever_clients_make_up() -> None:
    with on_a_socket(fresh()) as client:
        invent(client)
        exposition = client.get("/metrics").text
    assert INVENTED not in exposition
    seen = set()
    for family in text_string_to_metric_families(exposition):
        for sample in family.samples:
            if sample.name.endswith("_created"):  # when a series began, beside each series
                continue
            name = re.sub(r"_(bucket|sum|count)$", "", sample.name)
            said = {label: value for label, value in sample.labels.items() if label != "le"}
            assert said.keys() == LABELS.get(name, {}).keys(), sample.name
            for label, value in said.items():
                known = LABELS[name][label]
                assert known is None or value in known, sample
                seen.add((name, label))
    assert {name for name, _ in seen} == LABELS.keys() - {"liveness_decoder_kills_total"}
