"""What an evaluation's rows come to: counts first, then rates, then what the scores could tell apart."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from model.quality import Reason
from model.verdict import Decision
from training.curves import auc, bpcer_at_apcer, equal_error_rate, worst_apcer_at_bpcer
from training.intervals import Interval
from training.metrics import Rate, Refusals, Tally, apcer, bpcer, worst
from training.report import by_subject
from training.report.evidence import Evaluation
from training.scores import ScoreRow, decides_both, scores_by_species
from training.time_attacks import TIME_ONLY_SPECIES

APCER_TARGETS: Final = (0.10, 0.05, 0.01)
BPCER_TARGET: Final = 0.02


@dataclass(frozen=True)
class Results:
    """The numbers of one evaluation; a property that needs what is not there raises ValueError."""

    evaluation: Evaluation

    @property
    def name(self) -> str:
        return self.evaluation.name

    @property
    def rows(self) -> Sequence[ScoreRow]:
        return self.evaluation.test

    @cached_property
    def bona_fide(self) -> Tally:
        return Tally.of(row.decision for row in self.rows if row.bona_fide)

    @cached_property
    def species(self) -> Mapping[str, Tally]:
        names = sorted({row.species for row in self.rows if not row.bona_fide})
        return {
            name: Tally.of(row.decision for row in self.rows if not row.bona_fide and row.species == name)
            for name in names
        }

    def worst_apcer(self, refusals: Refusals = Refusals.APART) -> tuple[str, Rate]:
        return worst({name: tally.apcer(refusals) for name, tally in self.species.items()})

    def bpcer(self, refusals: Refusals = Refusals.APART) -> Rate:
        return self.bona_fide.bpcer(refusals)

    def acer(self, refusals: Refusals = Refusals.APART) -> float:
        """Mean of the worst species' APCER and BPCER (Eq. 9)."""
        return (self.worst_apcer(refusals)[1].value + self.bpcer(refusals).value) / 2

    def hter(self, refusals: Refusals = Refusals.APART) -> float:
        """As ACER, with all attacks alike (the paper's cross-database measure)."""
        pooled = sum(self.species.values(), Tally(0, 0, 0))
        return (pooled.apcer(refusals).value + self.bpcer(refusals).value) / 2

    @cached_property
    def scores(self) -> tuple[list[float], dict[str, list[float]]]:
        return scores_by_species(self.rows)

    @property
    def pooled_attacks(self) -> list[float]:
        return [score for each in self.scores[1].values() for score in each]

    @property
    def auc(self) -> float:
        return auc(self.scores[0], self.pooled_attacks)

    @property
    def equal_error_rate(self) -> float:
        return equal_error_rate(self.scores[0], self.pooled_attacks)

    @property
    def bpcer_at_apcer(self) -> Mapping[float, Rate]:
        return {target: bpcer_at_apcer(*self.scores, target) for target in APCER_TARGETS}

    @property
    def worst_apcer_at_bpcer(self) -> tuple[str, Rate]:
        """The worst species at a BPCER of 2 % or less, by the score alone."""
        return worst_apcer_at_bpcer(*self.scores, BPCER_TARGET)

    def by_score_alone(self, species: str | None) -> Rate:
        """The error rate if the mean score against the threshold were the whole rule; None: bona fide."""
        threshold = self.evaluation.point.threshold
        if species is None:
            return bpcer(self.scores[0], threshold)
        return apcer(self.scores[1].get(species, []), threshold)

    @cached_property
    def subjects(self) -> int:
        return len({row.subject for row in self.rows})

    @cached_property
    def early(self) -> "Results | None":
        """The same captures as a service ends them that stops at the first decision; None where unknown."""
        known = [row for row in self.rows if row.early_decision is not None]
        rows = tuple(replace(row, decision=row.early_decision or row.decision) for row in known)
        return Results(replace(self.evaluation, name="first decision", test=rows)) if known else None

    @cached_property
    def sent_on(self) -> "Results | None":
        """The bona fide captures that were sent on as an attack's pictures are; None where there is none."""
        rows = self.evaluation.sent_on
        return Results(replace(self.evaluation, name="sent on", test=rows, sent_on=())) if rows else None

    @property
    def early_share(self) -> float:
        """Mean share of the sampled frames that the first decision had seen."""
        return float(np.nanmean([row.early_share for row in self.rows]))

    def reasons(self) -> Mapping[str, Counter[str]]:
        """Why captures ended undecided, by species."""
        found: dict[str, Counter[str]] = {}
        for row in self.rows:
            if row.decision is Decision.UNDECIDED:
                found.setdefault(row.species, Counter()).update(row.reasons or ("no reason given",))
        return dict(sorted(found.items()))

    @cached_property
    def too_still(self) -> Mapping[str, Rate]:
        """Captures that ended undecided for holding still alone, of all of a kind, bona fide ones first."""
        still = Counter(row.species for row in self.rows if row.reasons == (Reason.TOO_STILL,))
        total = Counter(row.species for row in self.rows)
        ordered = [*dict.fromkeys(row.species for row in self.rows if row.bona_fide), *self.species]
        return {name: Rate(still[name], total[name]) for name in ordered}

    @property
    def time_attacks(self) -> Mapping[str, Tally]:
        """Those that leave nothing to see in a frame: the rule's to stop."""
        return {name: tally for name, tally in self.species.items() if name in TIME_ONLY_SPECIES}

    def apcer_with_the_still(self, species: str) -> Rate:
        """Accepted of those classified or too still, which counts as refused; other refusals are apart."""
        tally, still = self.species[species], self.too_still[species].count
        return Rate(tally.accepted, tally.accepted + tally.rejected + still)

    @cached_property
    def instruments(self) -> "Results | None":
        """Without attacks of time alone; None where there is no such attack, or no other."""
        rows = tuple(row for row in self.rows if row.species not in TIME_ONLY_SPECIES)
        if len(rows) == len(self.rows) or not decides_both(rows):
            return None
        return Results(replace(self.evaluation, name=f"{self.name}, instruments alone", test=rows))

    def acer_by_subject(self, refusals: Refusals = Refusals.APART) -> Interval:
        """95 % interval when whole subjects are drawn again, as those below."""
        return by_subject.interval_by_subject(self.rows, by_subject.acer, refusals)

    def hter_by_subject(self, refusals: Refusals = Refusals.APART) -> Interval:
        return by_subject.interval_by_subject(self.rows, by_subject.hter, refusals)

    def bpcer_by_subject(self, refusals: Refusals = Refusals.APART) -> Interval:
        return by_subject.interval_by_subject(self.rows, by_subject.bpcer, refusals)

    def hardest(self, count: int) -> tuple[Sequence[ScoreRow], Sequence[ScoreRow]]:
        """The attacks accepted with the highest scores, the bona fide captures rejected with the lowest."""
        accepted = [r for r in self.rows if not r.bona_fide and r.decision is Decision.BONA_FIDE]
        rejected = [r for r in self.rows if r.bona_fide and r.decision is Decision.ATTACK]
        return (
            sorted(accepted, key=lambda row: -row.score)[:count],
            sorted(rejected, key=lambda row: row.score)[:count],
        )
