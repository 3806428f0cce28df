"""Fits every probe on train and dev, and asks on test how well it tells the classes apart."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm

from training.audit.probes import PROBES, Example, Probe, examples
from training.curves import auc
from training.datasets.capture import list_groups, read_group
from training.errors import NoCaptures
from training.intervals import Indices, Interval, bootstrap_by_subject

LEARNING, TESTED = ("train", "dev"), "test"
_FOLDS = 4
_SEED = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """AUC on test: 0.5 where the probe learnt nothing that holds there."""

    probe: Probe
    auc: float
    interval: Interval
    bona_fide: int
    attacks: int

    @property
    def within(self) -> bool:
        return self.probe.limit is None or self.auc <= self.probe.limit


def audit(data: Path, probes: Sequence[Probe] = PROBES) -> tuple[Finding, ...]:
    """Raises NoCaptures where a split holds nothing to learn from or to test on."""
    learning, tested = _gathered(data, probes, LEARNING), _gathered(data, probes, (TESTED,))
    return tuple(
        _finding(probe, learning[probe.name], tested[probe.name])
        for probe in tqdm(probes, "probes", unit="probe", disable=None)
        if learning[probe.name] and tested[probe.name]
    )


def _gathered(data: Path, probes: Sequence[Probe], splits: Sequence[str]) -> dict[str, list[Example]]:
    paths = [path for split in splits for path in list_groups(data, split)]
    if not paths:
        raise NoCaptures(f"{data} holds no {' or '.join(splits)} captures; `synthesise` makes some")
    gathered: dict[str, list[Example]] = {probe.name: [] for probe in probes}
    for path in tqdm(paths, "/".join(splits), unit="group", disable=None):
        group = read_group(path)
        for probe in probes:
            gathered[probe.name] += examples(probe, group)
    return gathered


def _finding(probe: Probe, learning: Sequence[Example], tested: Sequence[Example]) -> Finding:
    machine = _best_machine(learning)
    machine.fit(_numbers(learning), _labels(learning))
    scores_N = machine.predict_proba(_numbers(tested))[:, 1]
    bona_fide_N = _labels(tested)

    def of(drawn: Indices) -> float:
        living = bona_fide_N[drawn]
        if living.all() or not living.any():
            return float("nan")
        return auc(scores_N[drawn][living].tolist(), scores_N[drawn][~living].tolist())

    interval = bootstrap_by_subject([example.subject for example in tested], of, seed=_SEED)
    count = int(bona_fide_N.sum())
    return Finding(probe, of(np.arange(len(tested))), interval, count, len(tested) - count)


def _best_machine(learning: Sequence[Example]) -> ClassifierMixin:
    """Linear or a forest, whichever does better on groups held out of what it may learn from."""
    groups = [example.group for example in learning]
    folds = GroupKFold(min(_FOLDS, len(set(groups))))
    machines = (
        make_pipeline(StandardScaler(), LogisticRegression(C=0.1, class_weight="balanced", max_iter=1000)),
        RandomForestClassifier(
            100, min_samples_leaf=5, class_weight="balanced", random_state=_SEED, n_jobs=1
        ),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        scored = [
            cross_val_score(
                each, _numbers(learning), _labels(learning), groups=groups, cv=folds, scoring="roc_auc"
            ).mean()
            for each in machines
        ]
    return machines[int(np.nanargmax(scored))]


def _numbers(chosen: Sequence[Example]) -> np.ndarray:
    return np.stack([example.numbers for example in chosen])


def _labels(chosen: Sequence[Example]) -> np.ndarray:
    return np.array([example.bona_fide for example in chosen])
