"""The words of the console and of the capture component: whole in each language, and for each code."""

import json
import re
from pathlib import Path

import pytest

from model.quality import Reason
from service.stream.messages import Hint, Result

CONSOLE = Path(__file__).parents[2] / "service" / "console"
LANGUAGES = ("en", "de", "fr", "es")
# A whole capture has these, one of its frames cannot.
OF_A_CAPTURE = {
    Reason.TOO_FEW_FRAMES,
    Reason.TOO_STILL,
    Reason.FROZEN_FRAMES,
    Reason.LOOPED_FRAMES,
    Reason.TIMEOUT,
}


def words(folder: str, language: str) -> dict[str, str]:
    text = (CONSOLE / folder / f"{language}.js").read_text()
    said: dict[str, str] = json.loads(text.removeprefix("export default ").rstrip().removesuffix(";"))
    return said


def placeholders(said: str) -> list[str]:
    return sorted(re.findall(r"\{\w+\}", said))


@pytest.mark.parametrize("folder", ["words", "capture/words"])
@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_language_says_the_same_things(folder: str, language: str) -> None:
    english, other = words(folder, "en"), words(folder, language)
    assert other.keys() == english.keys()
    assert {key for key in english if bool(english[key]) != bool(other[key])} == set()
    assert {key for key in english if placeholders(english[key]) != placeholders(other[key])} == set()


def test_every_hint_of_the_stream_has_words() -> None:
    codes = {*Reason, *Hint} - OF_A_CAPTURE
    assert {f"hint.{code}" for code in codes} == {
        key for key in words("capture/words", "en") if key.startswith("hint.")
    }


def test_every_reason_of_a_verdict_has_words() -> None:
    assert {f"reason.{code}" for code in Reason} == {
        key for key in words("words", "en") if key.startswith("reason.")
    }


@pytest.mark.parametrize("result", Result)
def test_every_result_has_words_for_the_person_and_for_the_operator(result: Result) -> None:
    assert {f"outcome.{result}.title", f"outcome.{result}.text"} <= words("capture/words", "en").keys()
    assert f"outcome.{result}" in words("words", "en")


def test_every_failure_has_its_own_words_and_a_next_step() -> None:
    source = (CONSOLE / "capture" / "failures.js").read_text()
    kinds = set(re.findall(r'"(\w+)"', source.partition("@typedef {")[2].partition("} FailureKind")[0]))
    assert len(kinds) == 16
    said = words("capture/words", "en")
    texts = [said[f"failure.{kind}.text"] for kind in kinds]
    assert len({*texts}) == len({said[f"failure.{kind}.title"] for kind in kinds}) == len(kinds)


def test_every_key_that_pages_ask_for_by_name_has_words() -> None:
    pages = [path for folder in (".", "pages", "parts") for path in (CONSOLE / folder).glob("*.js")]
    asked = {key for path in pages for key in re.findall(r"""\bt\(\s*"([a-z_.A-Z]+)\"""", path.read_text())}
    assert len(asked) > 80
    assert asked - words("words", "en").keys() == set()
