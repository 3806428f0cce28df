"""A threshold of the operator's own in place of the card's, for the very graphs that it was chosen with."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from model.calibration import Calibration, CalibrationError
from model.card import ModelCard
from service.errors import CalibrationMismatch

_SETTING: Final = "LIVENESS_CALIBRATION"

_log = logging.getLogger(__name__)


def read_calibration(path: Path) -> Calibration:
    """Raises CalibrationMismatch for a file that is missing or is no calibration."""
    try:
        calibration = Calibration.from_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CalibrationMismatch(
            f"{path}, which {_SETTING} names, cannot be read: {error}; "
            "`python -m training calibrate` writes such a file"
        ) from error
    except CalibrationError as error:
        raise CalibrationMismatch(f"{path}: {error}") from error
    if not 0 <= calibration.threshold <= 1:
        raise CalibrationMismatch(
            f"{path}: a living score lies between 0 and 1, its threshold is {calibration.threshold:g}"
        )
    return calibration


def calibrated_card(card: ModelCard, files: Mapping[str, str], calibration: Calibration | None) -> ModelCard:
    """The card that verdicts are made by; `files` are the graphs' names and SHA-256.

    Raises CalibrationMismatch where the calibration was made with other graphs.
    """
    if calibration is None:
        return card
    try:
        used = calibration.applied_to(card, files)
    except CalibrationError as error:
        raise CalibrationMismatch(
            f"{error}, or unset {_SETTING} for the weights' own threshold ({card.threshold:g})"
        ) from error
    _log.info("calibrated: threshold %.4f in place of %.4f", used.threshold, card.threshold)
    return used
