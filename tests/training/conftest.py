"""What is made once for many tests: the tiny network, converted, and a folder of scores."""

from pathlib import Path

import pytest

from tests.golden.make_golden import tiny_net
from tests.training.report_scores import write_scores
from training.export import Converted, convert


@pytest.fixture(scope="session")
def converted() -> Converted:
    """Conversion takes longer than all tests that look at it."""
    return convert(tiny_net())


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything that a report can show; copied before it is changed."""
    folder = tmp_path_factory.mktemp("scores")
    write_scores(folder, each=40)
    return folder
