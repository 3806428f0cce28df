"""What a benchmark found, for the terminal and for README.md."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table as RichTable


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[object]]

    def show(self, console: Console) -> None:
        """Numbers to the right."""
        table = RichTable(
            title=self.title, title_justify="left", box=None, header_style="bold", pad_edge=False
        )
        for i, name in enumerate(self.head):
            table.add_column(name, justify="left" if i == 0 else "right")
        for row in self.rows:
            table.add_row(*map(shown, row))
        console.print(table)
        console.print()

    def markdown(self) -> str:
        lines = [f"{self.title}:", "", _line(self.head), _line(["---", *["---:"] * (len(self.head) - 1)])]
        return "\n".join([*lines, *(_line(list(map(shown, row))) for row in self.rows)])


def shown(cell: object) -> str:
    if not isinstance(cell, float):
        return str(cell)
    return f"{cell:.0f}" if abs(cell) >= 1000 else f"{cell:.2f}"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell or " " for cell in cells) + " |"
