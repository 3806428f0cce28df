"""A network that loses answers: the service does its work, and its client never hears of it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_CHUNK = 1 << 16


@contextmanager
def losing_answers(port: int, *, answers: int) -> Iterator[int]:
    """A port that leads to `port`; the first so many answers are cut off before they arrive."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threads = [threading.Thread(target=_serve, args=(listener, port, answers), daemon=True)]
        threads[0].start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        threads[0].join(10)


def _serve(listener: socket.socket, port: int, answers: int) -> None:
    for number in range(1 << 10):
        try:
            client, _ = listener.accept()
        except OSError:
            return
        there = socket.create_connection(("127.0.0.1", port))
        threading.Thread(target=_pass_on, args=(client, there), daemon=True).start()
        with client, there:
            _answer(there, client, lost=number < answers)
            for each in (client, there):
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)  # closing alone ends nothing while `_pass_on` still reads


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(_CHUNK):
            target.sendall(data)


def _answer(there: socket.socket, client: socket.socket, *, lost: bool) -> None:
    """Nothing is given on of an answer that is lost; it is cut when its first bytes come."""
    with suppress(OSError):
        while data := there.recv(_CHUNK):
            if lost:
                return
            client.sendall(data)
