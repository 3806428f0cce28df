"""What one stream gathers between its first frame and its verdict, also across a lost connection."""

import asyncio
import time
from dataclasses import dataclass, field, replace

from model.early import usual_windows
from model.sampling import SampledBy
from service.assessment import Assessment
from service.engine.serving import EngineInfo
from service.schemas import Verdict
from service.stream.codec import unpack
from service.stream.evidence import as_clip
from service.stream.hub import Held, StreamHub
from service.stream.policy import StreamPolicy, Told
from service.stream.signs import look_of
from service.stream.spread import Spread
from service.stream.state import Judged, Phase, Picture, Rules, StreamNow
from service.verdicts import verdict


@dataclass
class Course:
    """One connection's; what came before it is in `before`, and goes on."""

    hub: StreamHub
    info: EngineInfo
    policy: StreamPolicy
    before: Held = field(default_factory=Held)
    _started_at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self._evidence = self.before.evidence
        self._digest = self.before.digest.copy()
        self.pictures = self.before.pictures or Spread(self.policy.pictures)
        self._signs = self.before.signs.gone_on_with()

    @property
    def windows(self) -> int:
        return self._evidence.windows

    def rules(self) -> Rules:
        limits = self.hub.limits
        return Rules(
            limits=replace(limits, max_seconds=limits.max_seconds - self.before.lasted),
            sampling=self.hub.card.sampling,
            needed=self._needed(),
            whole_verdict=self.policy.told is Told.VERDICT,
            may_trace=self.policy.trace,
            stop_when_decided=self.policy.stop_when_decided,
            resume_token=self.policy.resume_token,
        )

    def _needed(self) -> int:
        card = self.hub.card
        return usual_windows(card) if self.policy.stop_when_decided else card.verdict.min_windows

    def received(self, message: bytes) -> None:
        """The digest is of the pictures alone: a film that is sent again is captured at other times."""
        frame = unpack(message)
        self._digest.update(frame.picture)
        self._signs.frame_came(frame.captured, time.monotonic())

    async def judge(self, picture: Picture, *, trace: bool) -> Judged:
        """One sampled frame; one at a time."""
        placed = replace(
            picture, time=picture.time + self.before.lasted, index=picture.index + self.before.received
        )
        self._evidence, judged = await self.hub.judge.judge(
            placed, self._evidence, trace=trace, ends=self.policy.stop_when_decided
        )
        if judged.windows > self.before.evidence.windows and not judged.late:
            self.hub.observe_lag(time.monotonic() - picture.arrived_at)
        self.pictures.add(picture.data)
        if (look := await asyncio.to_thread(look_of, picture)) is not None:
            self._signs.looks.append(look)
        return judged

    async def verdict(self, state: StreamNow, *, timed_out: bool) -> Verdict:
        """What the stream says in the end, as REST says it of a clip."""
        card, received = self.hub.card, self.before.received + state.received
        judgement = await self.hub.judge.judgement(
            self._evidence, early=self.policy.stop_when_decided, timed_out=timed_out
        )
        self.hub.metrics.observe_judgement(judgement, received=received, channel=self.policy.channel)
        late = self.before.late + state.late
        self.hub.metrics.frames.labels("late").inc(late)
        sampled_by = state.sampler.sampled_by if self.before.counted else SampledBy.TIME
        clip = as_clip(self._evidence, received=received, sampled_by=sampled_by)
        total = time.monotonic() - self._started_at + self.before.lasted
        stages = dict(self._evidence.stage_seconds)
        said = verdict(
            Assessment(judgement, clip, self._digest.hexdigest(), stages, total),
            card,
            self.info,
            depth_maps=False,
        )
        frames = said.frames.model_copy(update={"late": late})
        return said.model_copy(update={"frames": frames, "signals": self._signs.signals(state.hello)})

    def hold(self, state: StreamNow) -> bool:
        """Keeps what was seen for whoever brings the token; False where the stream is over."""
        token = self.policy.resume_token
        if token is None or state.phase in (Phase.GREETING, Phase.CLOSED):
            return False
        held = Held(
            evidence=self._evidence.without_track(),
            received=self.before.received + state.received,
            late=self.before.late + state.late,
            counted=self.before.counted and state.sampler.sampled_by is SampledBy.FRAME_COUNT,
            pictures=self.pictures,
            signs=self._signs,
            digest=self._digest,
            lasted=self.before.lasted + time.monotonic() - self._started_at,
        )
        self.hub.hold(token, held)
        return True
