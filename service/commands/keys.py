"""python -m service keys: make, list and revoke API keys."""

import argparse
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from service.commands import Commands
from service.errors import StartError
from service.keys import ApiKey, KeyRing, Scope, write_private
from service.sealing import new_key
from service.sessions.tokens import TokenRing, new_token_key, read_jwk_set

_FAILED: Final = 2
_SIGNING_KEYS: Final = 2
_WAITS: Final = "prepared"  # a member of a JWK that does not sign yet
_EXAMPLES: Final = """examples:
  python -m service keys new shop --file keys.json                    all scopes; the key is shown once
  python -m service keys new shop --scope sessions:write --days 90
  python -m service keys list
  python -m service keys revoke 3f8a0c1d2e4b

  python -m service keys signing --file tokens.json                   what signs clients' tokens
  python -m service keys sealing --file private.pem                   what opens audit images

Token keys are read at the start. Several replicas change over without refusing a client in four steps: `keys
signing --prepare`, restart them one by one, `keys signing`, restart them again.

Two keys of one name and the same scopes may be active at a time: make the new one, change the backend over,
revoke the old one. A running service reads the file anew when it changes. The file holds hashes only.
--file is LIVENESS_KEYS_FILE unless it is given.
"""


def add_to(commands: Commands) -> None:
    parser = commands.add_parser(
        "keys",
        help="make, list and revoke API keys",
        description="API keys for backends.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    new = verbs.add_parser("new", help="make a key and print it once, on standard output")
    new.add_argument("name", help="whose key: sessions belong to a name")
    new.add_argument("--scope", action="append", type=Scope, choices=list(Scope), help="all unless given")
    new.add_argument("--days", type=_days, help="days until it expires, 1 or more (never)")
    listed = verbs.add_parser("list", help="show the keys, without their secrets")
    revoke = verbs.add_parser("revoke", help="end a key at once")
    revoke.add_argument("id", help="as `keys list` shows it")
    signing = verbs.add_parser(
        "signing", help="put a new key that signs clients' tokens in front of a JWK set"
    )
    signing.add_argument("--file", type=Path, help="the JWK set (LIVENESS_TOKEN_KEYS_FILE)")
    signing.add_argument(
        "--prepare", action="store_true", help="behind the others for now: known to all before it signs"
    )
    signing.set_defaults(run=_run, verb=_signing, variable="LIVENESS_TOKEN_KEYS_FILE")
    sealing = verbs.add_parser("sealing", help="make a key pair for audit images, and print its public half")
    sealing.add_argument("--file", type=Path, required=True, help="where the private half goes, PEM")
    sealing.set_defaults(run=_run, verb=_sealing, variable="")
    for verb, run in ((new, _new), (listed, _list), (revoke, _revoke)):
        verb.add_argument("--file", type=Path, help="the key file (LIVENESS_KEYS_FILE)")
        verb.set_defaults(run=_run, verb=run, variable="LIVENESS_KEYS_FILE")


def _days(text: str) -> int:
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"a key lasts a day or more, not {text}; `keys revoke` ends one")
    return int(text)


def _run(parsed: argparse.Namespace) -> int:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    path = parsed.file or os.environ.get(parsed.variable)
    if not path:
        console.print(f"which file? give --file, or set {parsed.variable}", markup=False)
        return _FAILED
    try:
        parsed.verb(parsed, Path(path), console)
    except (StartError, ValueError, OSError) as error:
        console.print(str(error), markup=False)
        return _FAILED
    except KeyError:
        console.print(f"no key has the id {parsed.id}; `keys list` shows them", markup=False)
        return _FAILED
    return 0


def _new(parsed: argparse.Namespace, path: Path, console: Console) -> None:
    ring = KeyRing.read(path) if path.exists() else KeyRing()
    expires = datetime.now(UTC) + timedelta(days=parsed.days) if parsed.days is not None else None
    ring, text = ring.with_new(parsed.name, frozenset(parsed.scope or Scope), expires=expires)
    ring.write(path)
    console.print(f"kept as a hash in {path}; this is the only time that the key is shown:", markup=False)
    sys.stdout.write(f"{text}\n")


def _list(_parsed: argparse.Namespace, path: Path, _console: Console) -> None:
    now = datetime.now(UTC)
    table = Table("id", "name", "state", "scopes", "created", "expires", box=None)
    for key in KeyRing.read(path).keys:
        expires = f"{key.expires:%Y-%m-%d}" if key.expires else "never"
        scopes = " ".join(sorted(key.scopes))
        table.add_row(key.id, key.name, _state(key, now), scopes, f"{key.created:%Y-%m-%d}", expires)
    Console(soft_wrap=True).print(table)


def _revoke(parsed: argparse.Namespace, path: Path, console: Console) -> None:
    KeyRing.read(path).without(parsed.id).write(path)
    console.print(f"{parsed.id} is revoked", markup=False)


def _signing(parsed: argparse.Namespace, path: Path, console: Console) -> None:
    """The key before stays, for the tokens that it signed."""
    before = read_jwk_set(path) if path.exists() else []
    if before:
        TokenRing(before)
    if parsed.prepare and not before:
        raise ValueError(f"{path} holds no key yet, so that there is nothing to prepare: leave --prepare out")
    keys = (_prepared if parsed.prepare else _promoted)(before)
    write_private(path, json.dumps({"keys": keys}, indent=1) + "\n")
    console.print(f"{keys[0]['kid']} signs from the next start on; {len(keys)} verify", markup=False)


def _prepared(before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [*before[:_SIGNING_KEYS], new_token_key() | {_WAITS: True}]


def _promoted(before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The prepared key in front, or a new one."""
    waiting = [key for key in before if _WAITS in key] or [new_token_key()]
    first = {name: value for name, value in waiting[-1].items() if name != _WAITS}
    return [first, *(key for key in before if _WAITS not in key)][:_SIGNING_KEYS]


def _sealing(_parsed: argparse.Namespace, path: Path, console: Console) -> None:
    if path.exists():
        raise ValueError(f"{path} exists: what was sealed for that key opens with no other")
    private, public = new_key()
    write_private(path, private)
    console.print(f"{path} opens what is sealed: keep it away from the service, whose key is", markup=False)
    sys.stdout.write(f"{public}\n")


def _state(key: ApiKey, now: datetime) -> str:
    if key.revoked:
        return "revoked"
    return "active" if key.active(now) else "expired"
