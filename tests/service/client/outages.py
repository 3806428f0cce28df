"""A network that breaks and comes back when a test says so, on the way to a service that never stops."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.service.client.lossy import pass_on


class Network:
    """Leads from `port` to the service's, but for the time between `cut` and `mend`."""

    def __init__(self, service: int) -> None:
        self._service, self._ends = service, list[socket.socket]()
        self.port, self.upgrades, self._silent = 0, 0, False
        self.mend()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Ends all connections; whoever connects is refused."""
        for each in (self._listener, *self._ends):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._ends.clear()

    def hush(self) -> None:
        """Ends all connections; whoever connects gets no answer."""
        self.cut()
        self._silent = True
        self._listen()

    def mend(self) -> None:
        if self._silent:
            self.cut()
        self._silent = False
        self._listen()

    def _listen(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, args=(self._listener,), daemon=True).start()

    def _serve(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                self.upgrades += 1
                self._ends.append(client)
                if not self._silent:
                    self._connect(client)

    def _connect(self, client: socket.socket) -> None:
        there = socket.create_connection(("127.0.0.1", self._service))
        self._ends.append(there)
        for way in ((client, there), (there, client)):
            threading.Thread(target=_one_way, args=way, daemon=True).start()


def _one_way(source: socket.socket, target: socket.socket) -> None:
    """Whoever closes one end closes the other."""
    pass_on(source, target)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


@contextmanager
def network_to(port: int | None) -> Iterator[Network]:
    assert port is not None
    network = Network(port)
    try:
        yield network
    finally:
        network.cut()
