"""python -m tests.system.browser.pictures: takes the README's pictures of the console anew.

It needs a machine with nothing else to do: what is shown is a real check, at the pace at which it runs.
"""

import itertools
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from model.clip import PixelArray
from tests.system.browser.driver import Visit, visit
from tests.system.browser.films import person, write_y4m
from tests.system.browser.serving import Served, serving
from tests.system.cut_clip import cut
from tests.system.tools.catalogue import Tool, require

if TYPE_CHECKING:
    from playwright.sync_api import BrowserType

FOLDER: Final = Path(__file__).parent / "pictures"
START: Final = "Open the camera"
_QUALITY: Final = 82
_GAP: Final = 32  # px between the phones
_PAPER: Final = (244, 243, 242)  # BGR


def main() -> None:
    sys.path.append(str(require(Tool.PLAYWRIGHT).parent))
    from playwright.sync_api import sync_playwright

    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright, serving() as service:
        film = write_y4m(itertools.islice(person(require(Tool.PERSON)), 500), Path(folder) / "person.y4m")
        clip = Path(folder) / "person.mp4"
        cut(require(Tool.PERSON), clip, 3)
        _save("live", _live(playwright.chromium, service, film))
        _save("clip", _clip(playwright.chromium, service, clip))
        _save("phone", _beside(_phone(playwright.chromium, service, film)))


def _live(chromium: "BrowserType", service: Served, film: Path) -> PixelArray:
    with visit(chromium, film, viewport={"width": 1280, "height": 1040}) as visited:
        visited.open(service.url, "liveness-capture")
        visited.page.get_by_label("Keep watching").check()
        visited.press(START)
        visited.until(lambda: len(visited.course("trace")) > 12)
        return _shot(visited)


def _clip(chromium: "BrowserType", service: Served, clip: Path) -> PixelArray:
    size = {"width": 1280, "height": 1040}
    with visit(chromium, viewport=size, color_scheme="dark") as visited:
        visited.open(f"{service.url}/#clip", ".drop")
        visited.page.set_input_files("#file", clip)
        visited.page.wait_for_selector(".report")
        visited.page.get_by_role("slider").press("End")
        visited.page.evaluate("document.activeElement.blur()")
        visited.page.wait_for_timeout(500)
        return _shot(visited)


def _phone(chromium: "BrowserType", service: Served, film: Path) -> list[PixelArray]:
    """Before, during and after."""
    size = {"width": 390, "height": 660}
    with visit(chromium, film, viewport=size, is_mobile=True, has_touch=True) as visited:
        visited.open(service.link(service.new_session()), "liveness-capture .panel h2")
        shots = [_shot(visited)]
        visited.press(START)
        visited.until(lambda: len(visited.course("progress")) > 3)
        shots.append(_shot(visited))
        assert visited.outcome() == "passed", "the machine has too much else to do: try again"
        return [*shots, _shot(visited)]


def _shot(visited: Visit) -> PixelArray:
    picture = cv2.imdecode(np.frombuffer(visited.page.screenshot(), np.uint8), cv2.IMREAD_COLOR)
    return np.asarray(picture, dtype=np.uint8)


def _beside(pictures: Sequence[PixelArray]) -> PixelArray:
    gap = np.full((pictures[0].shape[0], _GAP, 3), _PAPER, np.uint8)
    parts = [part for picture in pictures for part in (gap, picture)]
    return np.hstack([*parts, gap])


def _save(name: str, picture: PixelArray) -> None:
    path = FOLDER / f"{name}.webp"
    _, data = cv2.imencode(".webp", picture, [cv2.IMWRITE_WEBP_QUALITY, _QUALITY])
    path.write_bytes(data.tobytes())
    sys.stdout.write(f"{path.name}: {len(data) / 1000:.0f} kB\n")


if __name__ == "__main__":
    main()
