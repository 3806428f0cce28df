"""The data sets by name: how each is listed, which protocols it has, and what a complete copy holds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from training.datasets import (
    casia_mfsd,
    dmad,
    folder,
    msu_mfsd,
    oulu_npu,
    own,
    replay_attack,
    siw,
)
from training.datasets.sample import DataSetError, Listing, Presentation, Sample
from training.protocols import ALL_ONLY, EVERYTHING, OULU_NPU, SIW, Protocol, own_protocols

Roster = Callable[[], tuple[Presentation, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class DataSet:
    """One data set that can be read."""

    name: str
    title: str
    list_samples: Callable[[Path], Listing]
    protocols: Mapping[str, Protocol] | None  # None: they follow from what is there
    roster: Roster | None = None  # the complete set, where all copies hold the same

    def protocol(self, name: str, presentations: Sequence[Presentation]) -> Protocol:
        """Raises DataSetError with the names there are, or with what the captures lack."""
        if name == EVERYTHING.name:
            return EVERYTHING
        known = self.protocols_over(presentations)
        if name not in known:
            names = ", ".join(dict.fromkeys((*known, EVERYTHING.name)))
            raise DataSetError(f"{self.title} has no protocol {name}, but {names}")
        return known[name]

    def protocols_over(self, presentations: Sequence[Presentation]) -> Mapping[str, Protocol]:
        """By name. Raises DataSetError with what the captures lack."""
        try:
            return own_protocols(presentations) if self.protocols is None else self.protocols
        except ValueError as error:
            raise DataSetError(str(error)) from error


def _data_sets() -> tuple[DataSet, ...]:
    return (
        DataSet(
            name=oulu_npu.NAME,
            title="OULU-NPU",
            list_samples=oulu_npu.list_samples,
            protocols=OULU_NPU,
            roster=oulu_npu.roster,
        ),
        DataSet(name=siw.NAME, title="SiW", list_samples=siw.list_samples, protocols=SIW),
        DataSet(
            name=casia_mfsd.NAME,
            title="CASIA-MFSD",
            list_samples=casia_mfsd.list_samples,
            protocols=ALL_ONLY,
            roster=casia_mfsd.roster,
        ),
        DataSet(
            name=replay_attack.NAME,
            title="Replay-Attack",
            list_samples=replay_attack.list_samples,
            protocols=ALL_ONLY,
            roster=replay_attack.roster,
        ),
        DataSet(
            name=msu_mfsd.NAME,
            title="MSU-MFSD",
            list_samples=msu_mfsd.list_samples,
            protocols=ALL_ONLY,
            roster=msu_mfsd.roster,
        ),
        DataSet(
            name=dmad.NAME,
            title="DMAD",
            list_samples=dmad.list_samples,
            protocols=ALL_ONLY,
            roster=dmad.roster,
        ),
        DataSet(
            name=folder.NAME,
            title="a folder with samples.csv",
            list_samples=folder.list_samples,
            protocols=None,
        ),
        DataSet(name=own.NAME, title="our own captures", list_samples=own.list_samples, protocols=None),
    )


DATA_SETS: Final = {data_set.name: data_set for data_set in _data_sets()}


def stored_protocol(root: Path, name: str) -> Protocol:
    """A protocol over the captures in `root`. Raises DataSetError where they have none of that name."""
    if name == EVERYTHING.name:
        return EVERYTHING
    samples = own.list_samples(root).samples
    return _origin(root, samples).protocol(name, samples)


def stored_protocols(root: Path) -> Mapping[str, Protocol]:
    """All that the captures in `root` have, by name. Raises DataSetError."""
    samples = own.list_samples(root).samples
    return _origin(root, samples).protocols_over(samples)


def _origin(root: Path, samples: Sequence[Sample]) -> DataSet:
    """The data set that the captures were labelled from, whose protocols are theirs; our own otherwise."""
    origins = sorted({each.data_set for each in samples}) or [own.NAME]
    if len(origins) > 1:
        raise DataSetError(f"{root} holds captures of {', '.join(origins)}, which have no protocol in common")
    return data_set(origins[0])


def data_set(name: str) -> DataSet:
    """Raises DataSetError with the names there are."""
    if name not in DATA_SETS:
        raise DataSetError(f"there is no data set {name}, but {', '.join(DATA_SETS)}")
    return DATA_SETS[name]
