"""Verdicts as the API document shows them; a test holds them to the schema."""

from typing import Any, Final

_BONA_FIDE: Final[dict[str, Any]] = {
    "decision": "bona_fide",
    "score": 0.876,
    "threshold": 0.52,
    "reasons": [],
    "windows": [
        {"time": 0.4, "score": 0.866, "depth_score": 0.51, "bona_fide_prob": 0.955, "counts": False},
        {"time": 0.5, "score": 0.876, "depth_score": 0.52, "bona_fide_prob": 0.965, "counts": True},
    ],
    "evidence": {"motion": 1.83, "frozen_share": 0.0},
    "frames": {"received": 75, "sampled": 25, "used": 25, "dropped": {}},
    "sampling": {"sampled_by": "frame_count", "interval": 3, "interval_ms": 110.0},
    "model": {"name": "compact", "version": "0.1.0", "status": "preview", "sha256": "3f8a"},
    "timings_ms": {
        "decode": 61.2,
        "face": 310.5,
        "queue": 9.8,
        "encode": 214.0,
        "pair": 71.3,
        "window": 8.4,
        "score": 55.1,
        "total": 730.9,
    },
    "digest": "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
_ATTACK: Final = _BONA_FIDE | {
    "decision": "attack",
    "score": 0.083,
    "windows": [{"time": 0.4, "score": 0.083, "depth_score": 0.03, "bona_fide_prob": 0.096, "counts": True}],
}
_UNDECIDED: Final = _BONA_FIDE | {
    "decision": "undecided",
    "score": None,
    "reasons": ["no_face"],
    "windows": [],
    "evidence": {"motion": None, "frozen_share": None},
    "frames": {"received": 75, "sampled": 25, "used": 0, "dropped": {"no_face": 25}},
}
VERDICTS: Final[dict[str, dict[str, Any]]] = {
    "bona_fide": _BONA_FIDE,
    "attack": _ATTACK,
    "undecided": _UNDECIDED,
}
