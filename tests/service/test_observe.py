"""Labels hold no more than the service has words for, whatever clients say."""

import pytest

from service.observe import Metrics
from service.stream.closes import Close


@pytest.mark.parametrize(
    ("code", "label"), [(Close.DONE, "1000"), (1006, "1006"), (Close.TOKEN_USED, "4409"), (4999, "other")]
)
def test_a_close_code_that_is_a_client_s_invention_makes_no_label_of_its_own(code: int, label: str) -> None:
    metrics = Metrics()
    metrics.observe_close(code)
    assert metrics.registry.get_sample_value("liveness_ws_closes_total", {"code": label}) == 1
