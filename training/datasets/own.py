"""Our own format, synthesised or labelled: a sample for each capture of `DIRECTORY/SPLIT/000123.npz`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

from training.datasets.capture import SPLITS, Capture, list_groups, read_group, read_headers
from training.datasets.sample import DataSetError, Listing, Presentation, Problem, Sample
from training.protocols import Protocol, Selection
from training.scores import ScoreRow

NAME: Final = "own"


def list_samples(root: Path) -> Listing:
    """Every capture of every finished group, by the headers alone."""
    if not any((root / split).is_dir() for split in SPLITS):
        raise DataSetError(f"{root} holds no captures: it has none of the folders {', '.join(SPLITS)}")
    samples: list[Sample] = []
    problems: list[Problem] = []
    for split in SPLITS:
        for path in list_groups(root, split):
            try:
                samples += _samples(path, split)
            except (OSError, ValueError, KeyError, BadZipFile) as error:
                problems.append(Problem(f"{split}/{path.name}", f"cannot be read: {error}"))
    return Listing(tuple(samples), tuple(problems))


def presentation(capture: Capture) -> Presentation:
    """A capture's factors; those that it does not tell are empty."""
    return _presentation(f"{capture.split}/{capture.group:06d}", capture.split, _header(capture))


def presentation_of_row(row: ScoreRow, split: str) -> Presentation:
    """The same of a capture that was scored."""
    header = {"subject": row.subject, "species": row.species, "factors": row.factors}
    return _presentation(f"{split}/{row.group:06d}", split, header)


def select_captures(captures: Sequence[Capture], protocol: Protocol) -> tuple[Capture, ...]:
    """The captures of a group that a protocol uses, cut where it looks at the first frames only."""
    chosen = (
        (capture, protocol.of_split(capture.split))
        for capture in captures
        if protocol.of_split(capture.split).takes(presentation(capture))
    )
    return tuple(_cut(capture, selection) for capture, selection in chosen)


def read_selected(path: Path, protocol: Protocol) -> tuple[Capture, ...]:
    """The captures of a stored group that a protocol uses; none is left of some groups."""
    return select_captures(read_group(path), protocol)


def _samples(path: Path, split: str) -> list[Sample]:
    samples = []
    for member, header in enumerate(read_headers(path)):
        factors = _presentation(f"{split}/{path.stem}#{member}", split, header)
        samples.append(
            Sample(
                name=factors.name,
                split=split,
                subject=factors.subject,
                session=factors.session,
                camera=factors.camera,
                species=factors.species,
                physics=factors.physics,
                data_set=str(header["factors"].get("data_set", NAME)),  # `labelling` writes whose it was
                path=path,
                member=member,
            )
        )
    return samples


def _presentation(name: str, split: str, header: Mapping[str, Any]) -> Presentation:
    factors = header["factors"]
    return Presentation(
        name=name,
        split=split,
        subject=str(header["subject"]),
        session=str(factors.get("session", "")).partition("/")[0],  # the light; then what is behind the head
        camera=str(factors.get("camera", "")),
        species=str(header["species"]),
        physics=str(factors.get("physics", "")),
    )


def _header(capture: Capture) -> dict[str, Any]:
    return {"subject": capture.subject, "species": capture.species, "factors": capture.factors}


def _cut(capture: Capture, selection: Selection) -> Capture:
    """Up to the given frame of the video, by the positions that `labelling` wrote down."""
    positions = capture.factors.get("frame_indices")
    if selection.first_frames is None or positions is None:
        return capture
    kept = sum(position < selection.first_frames for position in positions)
    return replace(
        capture,
        frames=capture.frames[:kept],
        times_T=capture.times_T[:kept],
        landmarks_TL3=capture.landmarks_TL3[:kept],
        depth_THW=capture.depth_THW[:kept],
        factors={**capture.factors, "frame_indices": positions[:kept]},
    )
