"""The templates, and how numbers and names are written in them."""

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import escape

from training.intervals import CONFIDENCE
from training.metrics import Rate


def environment() -> Environment:
    """Names are escaped in pages by themselves, in Markdown by `cell`."""
    found = Environment(
        loader=PackageLoader("training.report"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {
        "percent": _percent,
        "interval": _interval,
        "words": words,
        "value": _value,
        "cell": _cell,
    }
    found.globals["confidence"] = f"{CONFIDENCE:.0%}".replace("%", " %")
    return found


def _percent(rate: Rate | float) -> str:
    if isinstance(rate, Rate) and not rate.total:
        return "–"
    return f"{100 * (rate.value if isinstance(rate, Rate) else rate):.1f} %"


def _interval(bounds: Rate | tuple[float, float]) -> str:
    if isinstance(bounds, Rate) and not bounds.total:
        return "–"
    low, high = bounds.interval if isinstance(bounds, Rate) else bounds
    return f"{100 * low:.1f} – {100 * high:.1f}"


def words(name: str) -> str:
    return name.replace("_", " ")


def _cell(value: object) -> str:
    """A name or value as text of a Markdown table, never as its markup."""
    return str(escape(words(_value(value)))).replace("|", "\\|").replace("\n", " ")


def _value(value: object) -> str:
    """One line of a card: lists as words, an open end as such."""
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return "none" if value is None else str(value)
