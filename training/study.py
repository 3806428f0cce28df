"""Variants of the network, trained alike and briefly: what they tell apart, and what they cost.

Which one is shipped is chosen by this, so it never looks at test: half of dev's people give a threshold for
the other half, and the other way round.
"""

import csv
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from statistics import median
from typing import Any, Final, cast

import numpy as np
import onnx
from matplotlib.figure import Figure

from model.network.config import COMPACT, NetworkConfig, Stem
from model.network.cost import cost, trainable_parameters
from model.network.liveness import LivenessNet, fused
from training.config import TrainConfig, training_card
from training.datasets.capture import list_groups, read_headers
from training.decision import by_family
from training.development import BONA_FIDE, GAPS, RESAMPLED, auc, group_windows, window_scores
from training.errors import NoCaptures
from training.export import convert
from training.metrics import Rate, apcer, bpcer, threshold_at_least_acer, worst
from training.onnx_engine import cpu_session

# One switch at a time; a face of 64 px keeps its depth's grid by a full stem. A full stem of 128 px and a
# face of 256 px cost four times as much and were not affordable.
STUDIED: Final[tuple[NetworkConfig, ...]] = (
    COMPACT,
    replace(COMPACT, name="width_0.125", width=0.125),
    replace(COMPACT, name="width_0.375", width=0.375),
    replace(COMPACT, name="face_64", face_size=64, stem=Stem.FULL),
    replace(COMPACT, name="space_to_depth", stem=Stem.SPACE_TO_DEPTH),
    replace(COMPACT, name="compressed_features", raw_features=False),
    replace(COMPACT, name="plain_change", change_gain=1.0),
)
_PASSES: Final = 30
_NO_ATTACKS: Final = {BONA_FIDE, RESAMPLED, *GAPS}  # the gaps' copies are looked at by themselves


@dataclass(frozen=True, kw_only=True, slots=True)
class Studied:
    """One variant. Rates are of windows, pooled over both halves of dev."""

    variant: str
    mega_macs: float  # of one more sampled frame in a stream
    milliseconds: float  # the same on one thread of a CPU: encoder, pair head, window head
    parameters: int
    refused: int  # bona fide windows
    bona_fide: int
    worst_family: str
    accepted: int  # windows of that family of instruments
    attacks: int
    freeze_gap: float
    shuffle_gap: float
    steps1: int
    steps2: int

    @property
    def acer(self) -> float:
        """Mean of both error rates."""
        return (self.refused / self.bona_fide + self.accepted / self.attacks) / 2


def studied(net: LivenessNet, config: TrainConfig, data: Path, *, groups: int) -> Studied:
    """A trained variant on dev's first groups."""
    card = training_card(config)
    halves = [
        window_scores(fused(net), group_windows(half, card), card) for half in dev_halves(data, groups=groups)
    ]
    refused, accepted = cross_judged(halves)
    family, passed = worst(accepted)
    together = {kind: halves[0].get(kind, []) + halves[1].get(kind, []) for kind in (BONA_FIDE, *GAPS)}
    return Studied(
        variant=config.network.name,
        mega_macs=cost(config.network).new_frame / 1e6,
        milliseconds=new_frame_milliseconds(net),
        parameters=trainable_parameters(net),
        refused=refused.count,
        bona_fide=refused.total,
        worst_family=family,
        accepted=passed.count,
        attacks=passed.total,
        freeze_gap=auc(together[BONA_FIDE], together["freeze"]),
        shuffle_gap=auc(together[BONA_FIDE], together["shuffle"]),
        steps1=config.stage1.steps,
        steps2=config.stage2.steps,
    )


def dev_halves(data: Path, *, groups: int) -> tuple[Sequence[Path], Sequence[Path]]:
    """Dev's first groups, everybody in one half alone. Raises NoCaptures where a half would be empty."""
    people = defaultdict[str, list[Path]](list)
    for path in list_groups(data, "dev")[:groups]:
        people[str(read_headers(path)[0]["subject"])].append(path)
    halves: tuple[list[Path], list[Path]] = ([], [])
    for _, paths in sorted(people.items(), key=lambda each: -len(each[1])):
        min(halves, key=len).extend(paths)
    if not all(halves):
        raise NoCaptures(f"{data}/dev needs groups of two people or more: one half judges the other")
    return halves


def cross_judged(halves: Sequence[Mapping[str, Sequence[float]]]) -> tuple[Rate, dict[str, Rate]]:
    """Bona fide windows refused and each family's accepted, every half at the other half's threshold."""
    refused, accepted = Rate(0, 0), dict[str, Rate]()
    for ours, others in (halves, reversed(halves)):
        threshold = threshold_at_least_acer(others[BONA_FIDE], _families(others))
        refused = _sum(refused, bpcer(ours[BONA_FIDE], threshold))
        for family, scores in _families(ours).items():
            accepted[family] = _sum(accepted.get(family, Rate(0, 0)), apcer(scores, threshold))
    return refused, accepted


def _families(scores: Mapping[str, Sequence[float]]) -> dict[str, list[float]]:
    return by_family({kind: each for kind, each in scores.items() if kind not in _NO_ATTACKS})


def _sum(one: Rate, other: Rate) -> Rate:
    return Rate(one.count + other.count, one.total + other.total)


def new_frame_milliseconds(net: LivenessNet) -> float:
    """What a stream pays for one more sampled frame, through the graphs that are served: sum of medians."""
    return sum(_milliseconds(proto) for name, proto in convert(net).protos.items() if name != "clip")


def _milliseconds(proto: onnx.ModelProto) -> float:
    session = cpu_session(proto.SerializeToString())
    random = np.random.default_rng(0)
    feed = {
        each.name: random.uniform(-0.5, 0.5, [1, *each.shape[1:]]).astype(np.float32)
        for each in session.get_inputs()
    }
    spent = []
    for _ in range(_PASSES):
        started = time.perf_counter()
        session.run(None, feed)
        spent.append(1000 * (time.perf_counter() - started))
    return median(spent)


def write_study(found: Sequence[Studied], folder: Path) -> None:
    """study.csv, and study.png: ACER against milliseconds."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "study.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [each.name for each in fields(Studied)])
        writer.writeheader()
        writer.writerows(asdict(each) for each in found)
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.add_subplot(xlabel="ms a sampled frame, one thread", ylabel="ACER of dev windows, %")
    for each in found:
        axes.plot(each.milliseconds, 100 * each.acer, "o", color="black", markersize=4)
        axes.annotate(each.variant, (each.milliseconds, 100 * each.acer), (4, 4), textcoords="offset points")
    figure.savefig(folder / "study.png", dpi=120)


def read_study(path: Path) -> tuple[Studied, ...]:
    """What `write_study` wrote; nothing where there is no file yet."""
    if not path.is_file():
        return ()
    with path.open(newline="", encoding="utf-8") as file:
        return tuple(_read(cells) for cells in csv.DictReader(file))


def _read(cells: Mapping[str, str]) -> Studied:
    made: dict[str, Any] = {each.name: cast(type, each.type)(cells[each.name]) for each in fields(Studied)}
    return Studied(**made)
