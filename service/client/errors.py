"""What a caller may have to handle.

ClientError
  ServiceRefused   REST answered with a problem document
  StreamRefused    the service ended the stream: `code` says why, `close` how
  ConnectionLost   nobody answers, or the connection broke and could not be taken up again
"""

# ruff: noqa: N818 - the classes are called what they say


class ClientError(Exception):
    """Whatever the client raises on purpose."""


class ServiceRefused(ClientError):
    def __init__(self, status: int, code: str, message: str, retry_after: int | None) -> None:
        super().__init__(f"{code}: {message}")
        self.status, self.code, self.message, self.retry_after = status, code, message, retry_after


class StreamRefused(ClientError):
    def __init__(self, code: str, message: str, *, close: int, retry_after: int | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.close, self.retry_after = code, message, close, retry_after


class ConnectionLost(ClientError):
    """What was sent may have been judged or not."""
