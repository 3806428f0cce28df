"""A folder of made-up scores with everything that a report can show."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from model.card import VerdictRule
from model.verdict import Decision
from tests.model.test_card import CARD
from training.flips import Flips, write_flips
from training.robustness import PERTURBATIONS, Perturbation
from training.scores import ScoreRow, write_table
from training.time_gaps import AlteredWindow, write_gaps

# Mean score of each species, when bona fide scores are about 0.75.
SPECIES = {
    "print_flat": 0.2,
    "print_curved": 0.24,
    "replay_phone": 0.3,
    "replay_monitor": 0.36,
    "wobble": 0.28,
}
_FACTORS = {
    "camera": ("phone_front", "laptop", "webcam"),
    "session": ("office", "window", "evening", "street"),
    "skin_tone": ("light", "medium", "dark"),
    "glasses": ("no", "yes"),
}


def write_scores(folder: Path, *, each: int, seed: int = 0) -> None:
    """`each` captures of every kind in every split."""
    rng = np.random.default_rng(seed)
    card = replace(CARD, threshold=0.52, verdict=VerdictRule(min_motion=0.004))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "card.json").write_text(card.to_json())
    for split in ("dev", "test"):
        write_table(_rows(rng, each, threshold=0.52, spread=0.085), folder / f"scores_{split}.csv")
        for name, spread in (("lbp_svm", 0.22), ("single_frame", 0.16), ("motion", 0.25)):
            rows = _rows(rng, each, threshold=0.5, spread=spread)
            write_table(rows, folder / "baselines" / name / f"scores_{split}.csv")
        for name in ("protocol_1", "protocol_2", "unseen_simulator"):
            rows = _rows(rng, each // 2, threshold=0.52, spread=0.1)
            write_table(rows, folder / "protocols" / name / f"scores_{split}.csv")
    write_table(
        _rows(rng, 12, threshold=0.52, spread=0.06), folder / "clips" / "webcam_person" / "scores_dev.csv"
    )
    write_gaps(_windows(rng, each), folder / "gaps.csv")
    write_flips(
        [_flips(rng, each, perturbation) for perturbation in PERTURBATIONS], folder / "robustness.csv"
    )
    _depth_maps(rng, folder / "depth")
    (folder / "provenance.toml").write_text(
        'captures = "made for this test from a seed; no person was filmed"\n'
        "[identities]\ntrain = 120\ndev = 40\ntest = 44\n"
    )
    (folder / "MODEL_CARD.md").write_text("# Intended use\n\nTo see what a report looks like.\n")


def _rows(rng: np.random.Generator, each: int, *, threshold: float, spread: float) -> list[ScoreRow]:
    kinds = {"bona_fide": 0.75, **SPECIES}
    return [
        _row(rng, group, species, mean, threshold, spread)
        for species, mean in kinds.items()
        for group in range(each)
    ]


def _row(
    rng: np.random.Generator, group: int, species: str, mean: float, threshold: float, spread: float
) -> ScoreRow:
    score = float(np.clip(rng.normal(mean, spread), 0, 1))
    bona_fide = species == "bona_fide"
    motion = float(rng.lognormal(-4.6 if bona_fide or species.startswith("replay") else -6, 0.5))
    decision = Decision.BONA_FIDE if score >= threshold else Decision.ATTACK
    reasons: tuple[str, ...] = ()
    if decision is Decision.BONA_FIDE and motion < 0.004:
        decision, reasons = Decision.UNDECIDED, ("too_still",)
    if rng.random() < 0.01:
        decision, reasons, score = Decision.UNDECIDED, ("face_too_small",), float("nan")
    return ScoreRow(
        group=group, subject=f"s{group % 44:02d}", species=species, bona_fide=bona_fide, decision=decision,
        reasons=reasons, score=score, depth_score=score * 0.8, bona_fide_probability=score, motion=motion,
        frozen_share=0.0, early_decision=decision, early_share=0.9,
        factors={name: str(rng.choice(values)) for name, values in _FACTORS.items()},
    )  # fmt: skip


def _windows(rng: np.random.Generator, count: int) -> list[AlteredWindow]:
    return [
        AlteredWindow(
            name, f"s{i % 44}", float(rng.lognormal(-5, 0.6)), *rng.normal((0.7, shift), 0.15).tolist()
        )
        for name, shift in (("frozen", 0.4), ("shuffled", 0.5))
        for i in range(count)
    ]


def _flips(rng: np.random.Generator, captures: int, perturbation: Perturbation) -> Flips:
    applies = not perturbation.name.startswith("30 frames")
    changed = rng.multinomial(captures * applies, (0.003, 0.012, 0.008, 0.977))
    return Flips(
        perturbation=perturbation.name,
        captures=captures * applies,
        to_bona_fide=int(changed[0]),
        to_attack=int(changed[1]),
        to_undecided=int(changed[2]),
        wanted=perturbation.wanted,
    )


def _depth_maps(rng: np.random.Generator, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for name in ("bona_fide_rejected_group_12", "replay_monitor_accepted_group_7"):
        blob = cv2.GaussianBlur(rng.random((32, 96)).astype(np.float32), (0, 0), 4)
        scaled = cv2.normalize(blob, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
        cv2.imwrite(
            str(folder / f"{name}.png"), cv2.resize(scaled, (288, 96), interpolation=cv2.INTER_NEAREST)
        )
