"""Looks for shortcuts: small probes try to tell bona fide from attack by what must not tell it.

Each probe sees one thing only (the room behind the face, the face's box, the length, the presets, the tone of
the face, ...), is fitted on train and dev and asked on test. An AUC of 0.5 is as good as guessing. Do this
before every training: what a probe finds, a network finds too.

Ends with 1 where a probe does better than its limit. Probes without a limit may see physics: they are
reported only.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from training.audit.audit import Finding, audit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("data", type=Path, help="folder of captures (`synthesise` makes it)")
    parser.add_argument("--out", type=Path, help="also writes the table here, as Markdown")


def run(arguments: argparse.Namespace) -> int:
    """Raises NoCaptures."""
    findings = audit(arguments.data)
    text = "\n".join(_table(findings)) + "\n"
    sys.stdout.write(text)
    if arguments.out is not None:
        arguments.out.write_text(text)
    return 0 if all(finding.within for finding in findings) else 1


def _table(findings: Sequence[Finding]) -> Iterator[str]:
    yield "| probe | AUC on test | 95 % by subject | limit | bona fide / attacks |"
    yield "|---|---|---|---|---|"
    for finding in findings:
        low, high = finding.interval
        limit = "-" if finding.probe.limit is None else f"{finding.probe.limit:.2f}"
        said = "" if finding.within else " **exceeded**"
        cells = (finding.probe.name, f"{finding.auc:.2f}", f"{low:.2f}-{high:.2f}", limit + said)
        yield f"| {' | '.join(cells)} | {finding.bona_fide} / {finding.attacks} |"
