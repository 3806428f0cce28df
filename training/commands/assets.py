"""Checks, fetches and prepares the assets: what `synthesise` draws its people, light and rooms from.

DIR holds the files that training/synthesis/assets.toml and its manifest name. What is missing there is
fetched into it from the public sources: heads with git, panoramas and decoders with npm. The cut portraits
cannot be fetched yet (nobody recorded where in their figures they lie) and must be handed on: the command
stops and says so. With --without-portraits it goes on with the 35 modelled heads, and with portraits of your
own in DIR/faces/t2i. Fetching goes on where it was interrupted.

Then heads are decoded, portraits cleaned and fitted with a head, panoramas made smaller. It takes a second
of a core for each portrait, once; what is prepared already is kept. Portraits with sunglasses, with a hand
at the face, covered or painted become no heads. A folder prepared earlier keeps its people, so that a seed
goes on with the same ones: prepare into a new folder to leave out what would be left out today.
"""

import argparse
import os
import sys
from collections import Counter
from pathlib import Path

from training.arguments import add_jobs

_VARIABLE = "LIVENESS_ASSETS"
_PLACES = (Path("../shared/assets"), Path("assets"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--assets",
        type=Path,
        metavar="DIR",
        help=f"the assets, or where to fetch them to (default: ${_VARIABLE}, else {_PLACES[0]} where it is, "
        f"else {_PLACES[1]})",
    )
    parser.add_argument(
        "--out", type=Path, default=Path("data/assets"), help="the folder to prepare (default: %(default)s)"
    )
    parser.add_argument(
        "--without-portraits",
        action="store_true",
        help="do without the cut portraits that DIR should hold: fewer people, all of them modelled",
    )
    parser.add_argument(
        "--check-only", action="store_true", help="compare hashes and contents; fetch and prepare nothing"
    )
    add_jobs(parser, "processes that prepare portraits")
    parser.add_argument(
        "--find-boxes",
        type=Path,
        metavar="FIGURES",
        help="find the portraits of DIR in SFHQ-T2I's figures, write OUT/portrait_boxes.csv and stop",
    )


def run(arguments: argparse.Namespace) -> None:
    """Raises MissingAssetsError, BrokenMeshError."""
    folder, portraits = _place(arguments.assets), not arguments.without_portraits
    if arguments.find_boxes:
        _find_boxes(folder, arguments.find_boxes, arguments.out)
        return
    if not arguments.check_only:
        _complete(folder, portraits=portraits)
    from training.synthesis.assets import check_folder, packages

    sound = check_folder(folder, portraits=portraits)
    sys.stdout.write(f"{sound} files in {folder} are what they should be\n")
    if not arguments.check_only:
        from training.synthesis.npm_source import install_packages

        node_modules = install_packages(arguments.out / "npm", packages())
        _prepare(folder, arguments.out, node_modules, jobs=arguments.jobs)


def _place(given: Path | None) -> Path:
    named = given or (Path(os.environ[_VARIABLE]) if os.environ.get(_VARIABLE) else None)
    return named or next((path for path in _PLACES if path.is_dir()), _PLACES[-1])


def _complete(folder: Path, *, portraits: bool) -> None:
    from training.synthesis.assets import State, file_states
    from training.synthesis.fetch import fetch_missing

    states = file_states(folder, portraits=portraits)
    missing = [name for name, state in states.items() if state is State.MISSING]
    if missing:
        sys.stdout.write(f"{len(missing)} files are missing in {folder}: fetching what can be fetched\n")
        fetch_missing(missing, folder)


def _find_boxes(folder: Path, figures: Path, out: Path) -> None:
    from training.synthesis.assets import PORTRAITS
    from training.synthesis.cutter import BOXES, find_boxes, write_boxes

    boxes, missing = find_boxes(figures, (folder / PORTRAITS).glob("*.jpg"))
    out.mkdir(parents=True, exist_ok=True)
    write_boxes(boxes, out / BOXES.name)
    sys.stdout.write(f"{len(boxes)} portraits found, {len(missing)} not; boxes in {out / BOXES.name}\n")


def _prepare(folder: Path, out: Path, node_modules: Path, *, jobs: int) -> None:
    from training.synthesis.prepare import prepare_all

    for kind, done in prepare_all(folder, out, node_modules, jobs=jobs).items():
        sys.stdout.write(f"{kind}: {done.made} made, {done.kept} kept, {len(done.refused)} left out\n")
        for name, reason in done.refused.items():
            sys.stdout.write(f"  {name}: {reason}\n")
        if done.outdated:
            reasons = ", ".join(f"{n} {reason}" for reason, n in Counter(done.outdated.values()).items())
            sys.stdout.write(
                f"  {len(done.outdated)} of those kept would be left out today ({reasons}): prepare into a "
                "new folder to do without them\n"
            )
