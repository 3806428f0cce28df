"""Every line that services log in the whole test run, looked through for what may not be in any."""

import logging
import re
from typing import Final

from service.logs import JsonFormatter

# A client's token, an API key's secret, pictures in base64 or spelt out, rows of numbers as landmarks are.
FORBIDDEN: Final = re.compile(
    r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}"
    r"|lvk_[0-9a-f]{12}_[\w-]{20,}"
    r"|/9j/|iVBORw0KGgo|data:image|\\xff\\xd8\\xff"
    r"|(?:-?\d+(?:\.\d+)?(?:e-?\d+)?[,\s]+){3,}-?\d+\.\d"
)


class LogWatch(logging.Handler):
    """Formats each line as the service does and remembers those that tell too much."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonFormatter())
        self.lines, self.telling = 0, list[str]()

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record)
        self.lines += 1
        if FORBIDDEN.search(line):
            self.telling.append(line)
