"""Writes service/stream/asyncapi.yaml anew: python -m tests.service.stream.make_asyncapi."""

from pathlib import Path

import yaml

import service.stream
from service.routes.asyncapi import CHANNELS
from service.stream.asyncapi import document

FILE = Path(service.stream.__file__).parent / "asyncapi.yaml"


class _Readable(yaml.SafeDumper):
    """Texts of several lines as such."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Readable.add_representer(str, _text)


def written() -> str:
    return yaml.dump(document(CHANNELS), Dumper=_Readable, sort_keys=False, allow_unicode=True, width=110)


if __name__ == "__main__":
    FILE.write_text(written())
