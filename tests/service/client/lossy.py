"""A network that loses answers: the service does its work, and its client never hears of it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_CHUNK = 1 << 16


@contextmanager
def losing_answers(port: int, *, answers: int, instead: bytes = b"") -> Iterator[int]:
    """A port that leads to `port`; the first so many answers are cut off before they arrive.

    A proxy that loses one says so: what comes `instead` of it.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threads = [threading.Thread(target=_serve, args=(listener, port, answers, instead), daemon=True)]
        threads[0].start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        threads[0].join(10)


def bad_gateway(status: int) -> bytes:
    """What a proxy answers in its own name."""
    return f"HTTP/1.1 {status} Sorry\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nsorry".encode()


def _serve(listener: socket.socket, port: int, answers: int, instead: bytes) -> None:
    for number in range(1 << 10):
        try:
            client, _ = listener.accept()
        except OSError:
            return
        there = socket.create_connection(("127.0.0.1", port))
        threading.Thread(target=pass_on, args=(client, there), daemon=True).start()
        with client, there:
            _answer(there, client, instead if number < answers else None)
            for each in (client, there):
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)  # closing alone ends nothing while `pass_on` still reads


def pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(_CHUNK):
            target.sendall(data)


def _answer(there: socket.socket, client: socket.socket, instead: bytes | None) -> None:
    """Nothing is given on of an answer that is lost; once its first bytes are there, `instead` comes."""
    with suppress(OSError):
        while data := there.recv(_CHUNK):
            if instead is not None:
                client.sendall(instead)
                return
            client.sendall(data)
