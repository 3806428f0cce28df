"""Deciding on a capture that is still being taken: once a loop would show, and on as much either way."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile

from model.card import ModelCard, VerdictRule
from model.motion import tracks
from model.quality import Reason
from model.verdict import Decision, Judgement, Observation, decide


@dataclass(frozen=True, slots=True)
class Standing:
    """Where such a capture stands; passed in and returned with each look at it."""

    next_at: int = 0  # sampled frames from which the rule is applied again
    decided: bool = False

    def due(self, seen: int, rule: VerdictRule) -> bool:
        """Whether the rule is applied to so many sampled frames."""
        return seen >= max(self.next_at, rule.min_windows)

    def judged(self, seen: int, judgement: Judgement, card: ModelCard) -> "Standing":
        """The rule looks at all that was seen and takes the longer the more that is.

        So it is applied again once the capture is a sixteenth longer: what a frame pays for it stays within
        bounds, and a decision comes at most that much later.
        """
        return Standing(seen + max(1, seen // 16), _stands(judgement, card))


def _stands(judgement: Judgement, card: ModelCard) -> bool:
    """Whether a decision of `decide_early` ends the capture; one against it has to see as much as one for it.

    Else a living person would have to pass at every look, from the shortest capture that can be judged on.
    """
    if judgement.decision is not Decision.ATTACK:
        return judgement.decision is Decision.BONA_FIDE
    windows = judgement.windows
    seconds = windows[-1].frames[-1].time - windows[0].frames[0].time
    return len(windows) >= usual_windows(card) and seconds >= card.verdict.early_seconds


def decide_early(observations: Sequence[Observation], *, card: ModelCard) -> Judgement:
    """`decide` for a capture that whoever presents it may end: an acceptance waits for a track that is long
    enough and would be accepted by itself.

    What comes again shows only after it came the first time; short tracks, which end whenever the face is
    covered, must not outvote a long one.
    """
    judgement = decide(observations, card=card)
    if judgement.decision is not Decision.BONA_FIDE:
        return judgement
    alone = [
        judgement if len(track) == len(observations) else decide(track, card=card)
        for track in long_tracks(observations, card=card)
    ]
    if any(each.decision is Decision.BONA_FIDE for each in alone):
        return judgement
    reasons = next((each.reasons for each in alone if each.reasons), _what_ended_tracks(observations))
    return replace(judgement, decision=Decision.UNDECIDED, score=None, reasons=reasons)


def _what_ended_tracks(observations: Sequence[Observation]) -> tuple[Reason, ...]:
    """Most often, since the first began; a track that nothing has ended lacks frames alone."""
    begun = dropwhile(lambda seen: seen.trace is None, observations)
    commonest = Counter(reason for seen in begun for reason in seen.reasons).most_common(1)
    return tuple(reason for reason, _ in commonest) or (Reason.TOO_FEW_FRAMES,)


def first_decision(observations: Sequence[Observation], *, card: ModelCard) -> Judgement:
    """What `judge_clip` answers `early`, of a capture that was observed whole; that of all frames where none
    came earlier.
    """
    standing = Standing()
    for seen in range(1, len(observations)):
        if observations[seen - 1].window is not None and standing.due(seen, card.verdict):
            judgement = decide_early(observations[:seen], card=card)
            standing = standing.judged(seen, judgement, card)
            if standing.decided:
                return judgement
    return decide(observations, card=card)


def long_tracks(observations: Sequence[Observation], *, card: ModelCard) -> list[list[Observation]]:
    """Those in which a loop would have come again: long enough in time, and in sampled frames as well.

    A sequence that comes again is told by its frames, of which a slow camera has few a second.
    """
    long = [
        track[0].since
        for track in tracks(seen.trace for seen in observations if seen.trace)
        if track[-1].time - track[0].since >= card.verdict.early_seconds and len(track) >= _usual_frames(card)
    ]
    return [[seen for seen in observations if seen.trace and seen.trace.since == since] for since in long]


def usual_windows(card: ModelCard) -> int:
    """Windows that an early acceptance takes at the sampling interval."""
    return max(card.verdict.min_windows, _usual_frames(card) - card.num_frames + 1)


def _usual_frames(card: ModelCard) -> int:
    return 1 + round(1000 * card.verdict.early_seconds / card.sampling.interval_ms)
