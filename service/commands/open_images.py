"""python -m service open-images: sealed audit images -> pictures, with the operator's private key."""

import argparse
from pathlib import Path
from typing import Final

from rich.console import Console

from service.commands import Commands
from service.keys import write_private_bytes

_FAILED: Final = 2
_MORE: Final = """examples:
  python -m service keys sealing --file private.pem       once, where the service is not; keep it there
  LIVENESS_AUDIT_IMAGES__FOLDER=images LIVENESS_AUDIT_IMAGES__PUBLIC_KEY=... python -m service serve
  python -m service open-images images/SESSION.*.sealed --key private.pem --to opened

The service can seal pictures and not open them. Exit code 2 where one could not be opened.
"""


def add_to(commands: Commands) -> None:
    parser = commands.add_parser(
        "open-images",
        help="open sealed audit images",
        description="Opens audit images with the private key that the service never had.",
        epilog=_MORE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--key", type=Path, required=True, help="the private key, PEM")
    parser.add_argument(
        "--to", type=Path, required=True, help="folder for the pictures, readable by you alone"
    )
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    from service.sealing import SealError, read_private_key, unseal

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    failed = 0
    try:
        key = read_private_key(parsed.key)
        parsed.to.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (SealError, OSError) as error:
        console.print(str(error), markup=False)
        return _FAILED
    for path in parsed.files:
        try:
            opened = unseal(path.read_bytes(), path.stem, key)
            kind = "webp" if opened[:4] == b"RIFF" else "jpg"
            write_private_bytes(parsed.to / f"{path.stem}.{kind}", opened)
        except (SealError, OSError) as error:
            console.print(str(error), markup=False)
            failed = _FAILED
    return failed
