"""What the upgrade request says: the page that it comes from, the protocol and the tokens it brings."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from service.stream.messages import SUBPROTOCOL

_RESUME: Final = "resume."


def may_come_from(connection: HTTPConnection, allowed: Sequence[str]) -> bool:
    """Whether a browser's page may open a stream: one of this host, or of an allowed origin.

    Browsers let every page connect to every WebSocket and only say which page it is. Others say nothing.
    """
    origin = connection.headers.get("origin")
    if origin is None or origin in allowed:
        return True
    return urlsplit(origin).netloc == connection.headers.get("host")


def speaks_our_protocol(connection: HTTPConnection) -> bool:
    return SUBPROTOCOL in connection.scope["subprotocols"]


def resume_token(connection: HTTPConnection) -> str | None:
    """The token in the subprotocol `resume.<token>`: the one place where a browser can put it."""
    for each in connection.scope["subprotocols"]:
        if each.startswith(_RESUME):
            return str(each).removeprefix(_RESUME)
    return None
