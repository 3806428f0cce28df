"""Which generator a portrait comes from, and what is known of its terms for outputs (assets.toml)."""

from dataclasses import dataclass

from training.synthesis.assets import sources


@dataclass(frozen=True, slots=True)
class Generator:
    """A [[generator]] entry of assets.toml."""

    name: str
    terms: str
    terms_source: str
    figures: tuple[str, ...] = ()  # all of whose portraits it made
    pictures: tuple[str, ...] = ()  # single portraits whose label names it

    def made(self, portrait: str) -> bool:
        return portrait in self.pictures or portrait.rpartition("_")[0] in self.figures


def generators() -> tuple[Generator, ...]:
    """In the order of assets.toml; the last one stands for the unknown."""
    return tuple(
        Generator(
            entry["name"],
            entry["terms"],
            entry["terms_source"],
            tuple(entry["figures"]),
            tuple(entry.get("pictures", ())),
        )
        for entry in sources()["generator"]
    )


def generator_of(portrait: str) -> Generator:
    """Of a portrait by its name, without the suffix."""
    *known, unknown = generators()
    return next((each for each in known if each.made(portrait)), unknown)
