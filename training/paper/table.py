"""An experiment's table: filled line by line, kept after each, and said in a terminal."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, pstdev

from model.network.liveness import LivenessNet
from training.config import training_card
from training.errors import RunMismatch
from training.paper.judged import Judged, Measured, measured, scored
from training.paper.learnt import learnt
from training.paper.setting import Setting, Variant
from training.study_table import read_study, write_study

Learn = Callable[[Setting, Variant, str], LivenessNet]


@dataclass(frozen=True, slots=True)
class Mean:
    """A variant over the protocols that it was measured on."""

    variant: str
    rates: tuple[float, ...]  # ACER, or HTER
    paper: str

    @property
    def rate(self) -> float:
        return fmean(self.rates)

    @property
    def spread(self) -> float:
        """Standard deviation over the protocols; 0 of one."""
        return pstdev(self.rates)

    @property
    def published(self) -> float | None:
        """The paper's mean as a share, where it gives one."""
        return float(self.paper.split()[0]) / 100 if self.paper else None


def filled(
    setting: Setting, variants: Sequence[Variant], name: str, *, learn: Learn = learnt
) -> list[Measured]:
    """A line for each variant and protocol, in order; RUN/NAME.csv keeps those that are done.

    Raises RunMismatch where it holds lines of another setting, and what `learn` raises.
    """
    table = setting.folder / f"{name}.csv"
    done = {(each.variant, each.protocol): each for each in read_lines(table, setting.origin)}
    asked = [(variant, protocol) for protocol in setting.protocols for variant in variants]
    for variant, protocol in asked:
        if (variant.name, protocol) not in done:
            done[variant.name, protocol] = _measured(setting, variant, protocol, learn)
            write_study(list(done.values()), table)
    return [done[variant.name, protocol] for variant, protocol in asked]


def read_lines(table: Path, origin: str) -> list[Measured]:
    """Those that are there. Raises RunMismatch where they have another origin."""
    lines = list(read_study(Measured, table))
    for other in {each.origin for each in lines} - {origin}:
        raise RunMismatch(f"{table} is of other trainings ({other}); take another --run")
    return lines


def means(lines: Iterable[Measured], measure: str = "acer") -> list[Mean]:
    """Of each variant, in the order of its first line."""
    by_variant: dict[str, list[Measured]] = {}
    for each in lines:
        by_variant.setdefault(each.variant, []).append(each)
    return [
        Mean(name, tuple(getattr(each, measure) for each in own), own[0].paper)
        for name, own in by_variant.items()
    ]


def in_words(lines: Sequence[Measured]) -> str:
    """Counts before rates; then the means of variants with several protocols."""
    head = f"{'variant':16}{'protocol':10}{'refused':>12}{'worst family':>22}{'HTER':>8}{'ACER':>8}  paper\n"
    text = head + "".join(
        f"{each.variant:16}{each.protocol:10}{f'{each.refused}/{each.bona_fide}':>12}"
        f"{f'{each.worst_family} {each.accepted}/{each.attacks}':>22}"
        f"{each.hter:8.1%}{each.acer:8.1%}  {each.paper}\n"
        for each in lines
    )
    return text + "".join(
        f"{each.variant:16}{len(each.rates)} protocols: {each.rate:.1%} ± {each.spread:.1%}  {each.paper}\n"
        for each in means(lines)
        if len(each.rates) > 1
    )


def _measured(setting: Setting, variant: Variant, protocol: str, learn: Learn) -> Measured:
    net, card = learn(setting, variant, protocol), training_card(variant.config)
    dev, test = (
        scored(
            net,
            card,
            Judged(variant.judged_on, split, protocol, setting.groups),
            doing=f"{variant.name}, protocol {protocol}",
        )
        for split in ("dev", "test")
    )
    return measured(
        dev, test, variant=variant.name, protocol=protocol, paper=variant.paper, origin=setting.origin
    )
