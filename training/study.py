"""Variants of the backbone, trained alike and briefly: what they tell apart, and what the network then costs.

Each is trained as a classifier of single frames (`baselines.frame`): a few hundred steps of both stages,
which is what is affordable for all, leave every variant at chance. Which one is shipped is chosen by this, so
it never looks at test: half of dev's people give a threshold for the other half, and the other way round.
"""

import math
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeAlias, cast

import numpy as np
from matplotlib.figure import Figure
from onnxruntime import InferenceSession

from model.clip import FloatArray
from model.network.config import COMPACT, NetworkConfig, Stem
from model.network.cost import cost, trainable_parameters
from model.network.liveness import LivenessNet
from training.baselines.frame import SingleFrame
from training.baselines.harness import Scorer, captures
from training.datasets.capture import list_groups, read_headers
from training.decision import by_family
from training.errors import NoCaptures
from training.export import convert
from training.metrics import Rate, apcer, bpcer, threshold_at_least_acer, worst
from training.onnx_engine import cpu_session
from training.scores import BONA_FIDE, as_taken
from training.study_table import Row
from training.time_attacks import TIME_ONLY_SPECIES

# One switch at a time; a face of 64 px keeps its depth's grid by a full stem. A full stem of 128 px and a
# face of 256 px cost four times as much and were not affordable.
STUDIED: Final[tuple[NetworkConfig, ...]] = (
    COMPACT,
    replace(COMPACT, name="width_0.125", width=0.125),
    replace(COMPACT, name="width_0.375", width=0.375),
    replace(COMPACT, name="face_64", face_size=64, stem=Stem.FULL),
    replace(COMPACT, name="space_to_depth", stem=Stem.SPACE_TO_DEPTH),
    replace(COMPACT, name="plain_convolutions", gradient=False),
)
_PASSES: Final = 30

Scores = Mapping[str, Sequence[float]]  # by species
_Pass: TypeAlias = tuple[InferenceSession, dict[str, FloatArray]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Studied:
    """One variant. Rates are of captures, pooled over both halves of dev."""

    variant: str
    mega_macs: float  # of the whole network, for one more sampled frame in a stream
    milliseconds: float  # the same on one thread of a CPU, see `timed`; NaN until then
    parameters: int
    refused: int  # bona fide captures
    bona_fide: int
    worst_family: str
    accepted: int  # captures of that family of instruments
    attacks: int
    steps: int

    @property
    def acer(self) -> float:
        """Mean of both error rates."""
        return (self.refused / self.bona_fide + self.accepted / self.attacks) / 2


def studied(variant: SingleFrame, data: Path, *, groups: int) -> Studied:
    """Trains a variant on train and judges dev's first groups. Raises NoCaptures."""
    halves = dev_halves(data, groups=groups)  # what is missing is said before the training
    score = variant.fit(list_groups(data, "train"))
    refused, accepted = cross_judged([_scores(half, score, f"{variant.name}: dev") for half in halves])
    family, passed = worst(accepted)
    return Studied(
        variant=variant.name,
        mega_macs=cost(variant.network).new_frame / 1e6,
        milliseconds=math.nan,
        parameters=trainable_parameters(LivenessNet(variant.network)),
        refused=refused.count,
        bona_fide=refused.total,
        worst_family=family,
        accepted=passed.count,
        attacks=passed.total,
        steps=variant.steps,
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


def _scores(groups: Sequence[Path], score: Scorer, doing: str) -> dict[str, list[float]]:
    """Of bona fide captures as they were taken, and of attacks that one frame can show."""
    found = defaultdict[str, list[float]](list)
    for capture in as_taken(captures(groups, doing)):
        if capture.species not in TIME_ONLY_SPECIES:
            found[BONA_FIDE if capture.bona_fide else capture.species].append(score(capture))
    return found


def cross_judged(halves: Sequence[Scores]) -> tuple[Rate, dict[str, Rate]]:
    """Bona fide captures refused and each family's accepted, every half at the other half's threshold."""
    refused, accepted = Rate(0, 0), dict[str, Rate]()
    for ours, others in (halves, reversed(halves)):
        threshold = threshold_at_least_acer(others[BONA_FIDE], _families(others))
        refused = _sum(refused, bpcer(ours[BONA_FIDE], threshold))
        for family, scores in _families(ours).items():
            accepted[family] = _sum(accepted.get(family, Rate(0, 0)), apcer(scores, threshold))
    return refused, accepted


def _families(scores: Scores) -> dict[str, list[float]]:
    return by_family({kind: each for kind, each in scores.items() if kind != BONA_FIDE})


def _sum(one: Rate, other: Rate) -> Rate:
    return Rate(one.count + other.count, one.total + other.total)


def timed(found: Sequence[Row], networks: Sequence[NetworkConfig]) -> list[Row]:
    """With the milliseconds of each, taken in turn: whatever else the machine does slows all alike."""
    by_name = {each.name: each for each in networks}
    rows = cast(Sequence[Any], found)
    passes = [_served(LivenessNet(by_name[each.variant])) for each in rows]
    spent = np.array([[_milliseconds(each) for each in passes] for _ in range(_PASSES)])
    return [
        replace(each, milliseconds=middle)
        for each, middle in zip(rows, np.median(spent, axis=0).tolist(), strict=True)
    ]


def _served(net: LivenessNet) -> list[_Pass]:
    """The graphs that a stream runs for one more sampled frame, each with an input."""
    protos = [proto for name, proto in convert(net).protos.items() if name != "clip"]
    return [_fed(cpu_session(proto.SerializeToString())) for proto in protos]


def _fed(session: InferenceSession) -> _Pass:
    random = np.random.default_rng(0)
    feed = {
        each.name: random.uniform(-0.5, 0.5, [1, *each.shape[1:]]).astype(np.float32)
        for each in session.get_inputs()
    }
    return session, feed


def _milliseconds(passes: Sequence[_Pass]) -> float:
    started = time.perf_counter()
    for session, feed in passes:
        session.run(None, feed)
    return 1000 * (time.perf_counter() - started)


def plot_study(found: Sequence[Studied], path: Path) -> None:
    """ACER against milliseconds."""
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.add_subplot(xlabel="ms a sampled frame, one thread", ylabel="ACER of dev captures, %")
    for each in found:
        axes.plot(each.milliseconds, 100 * each.acer, "o", color="black", markersize=4)
        axes.annotate(each.variant, (each.milliseconds, 100 * each.acer), (4, 4), textcoords="offset points")
    figure.savefig(path, dpi=120)
