"""The README and the pages of docs, as readers go through them, and the examples in them."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HOME = Path(__file__).resolve().parents[2]
DOCS = HOME / "docs"
#: A YAML example, and the file that it is called.
_YAML = re.compile(r"^( *)\.\. code-block:: yaml\n(?: +:caption: (\S+)\n)?\n((?:\1    .*\n|\n)+)", re.MULTILINE)
#: What a reader may type: the block after a paragraph's `::`.
_LITERAL = re.compile(r"(?<=::\n\n)((?:    .*\n|\n)+)")


@dataclass(frozen=True)
class Example:
    """``place`` is ``file:line``; ``name`` the file that the example is called, or ""."""

    place: str
    name: str
    text: str


@dataclass(frozen=True)
class Document:
    """``name`` is relative to the repository."""

    name: str
    text: str

    def literals(self) -> Iterator[Example]:
        """The blocks behind a `::`."""
        for found in _LITERAL.finditer(self.text):
            yield Example(self._place(found.start()), "", textwrap.dedent(found[1]).strip() + "\n")

    def yaml(self) -> Iterator[Example]:
        """The blocks that say they are YAML."""
        for found in _YAML.finditer(self.text):
            yield Example(self._place(found.start()), found[2] or "", textwrap.dedent(found[3]))

    def _place(self, at: int) -> str:
        return f"{self.name}:{self.text.count(chr(10), 0, at) + 1}"


def pages() -> list[str]:
    """What the index names, in its order: ``howto/node``."""
    return re.findall(r"^   ([a-z_]+(?:/[a-z_]+)?)$", (DOCS / "index.rst").read_text("utf-8"), re.MULTILINE)


def documents() -> list[Document]:
    """The README first, then every page in the order of the index."""
    names = ["README.rst", *(f"docs/{page}.rst" for page in pages())]
    return [Document(name, (HOME / name).read_text("utf-8")) for name in names]
