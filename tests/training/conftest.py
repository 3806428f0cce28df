"""The tiny network, converted once: that takes longer than all tests that look at it."""

import pytest

from tests.golden.make_golden import tiny_net
from training.export import Converted, convert


@pytest.fixture(scope="session")
def converted() -> Converted:
    return convert(tiny_net())
