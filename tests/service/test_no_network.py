"""The threads that find faces reach no network; nothing else is taken from them or from others."""

import asyncio
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from model.bundle import default_path
from service.faces import open_faces
from service.no_network import forbid_network

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="seccomp is Linux's")


def refused(family: socket.AddressFamily) -> bool:
    try:
        socket.socket(family, socket.SOCK_DGRAM).close()
    except PermissionError:
        return True
    return False


def of_a_thread_started_here(family: socket.AddressFamily) -> bool:
    found: list[bool] = []
    started = threading.Thread(target=lambda: found.append(refused(family)))
    started.start()
    started.join()
    return found[0]


def test_a_thread_and_those_that_it_starts_make_no_internet_socket() -> None:
    with ThreadPoolExecutor(1, initializer=forbid_network) as executor:
        for family in (socket.AF_INET, socket.AF_INET6):
            assert executor.submit(refused, family).result()
            assert executor.submit(of_a_thread_started_here, family).result()
        assert not executor.submit(refused, socket.AF_UNIX).result()
    assert not refused(socket.AF_INET)


def test_the_threads_that_find_faces_are_such() -> None:
    async def asked() -> bool:
        async with open_faces(default_path(), workers=1) as pool:
            return await asyncio.get_running_loop().run_in_executor(pool._executor, refused, socket.AF_INET)

    assert asyncio.run(asked())
