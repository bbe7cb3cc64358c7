"""How Sphinx builds these pages: ``make docs``, without network, warnings are errors."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]

import reference_pages  # noqa: E402

import routing  # noqa: E402

project = "routing"
copyright = "the authors of routing"
release = routing.__version__
html_theme = "furo"
html_title = "routing"
html_static_path: list[str] = []
exclude_patterns = ["requirements.txt"]
#: Text in single backticks is code, as in docstrings and messages.
default_role = "literal"
#: Examples are shown as they are where no language is named.
highlight_language = "none"
nitpicky = True


#: Commands are imported while pages are read; one of their libraries has much to say then.
logging.getLogger("alembic").setLevel(logging.WARNING)


class Generated(SphinxDirective):
    """``.. generated:: NAME``: a page of the reference, written while Sphinx runs."""

    required_arguments = 1

    def run(self) -> Sequence[nodes.Node]:
        """The page's nodes."""
        return self.parse_text_to_nodes(reference_pages.page(self.arguments[0]), offset=0, allow_section_headings=True)


def setup(app: Sphinx) -> None:
    """Add what these pages need to Sphinx."""
    app.add_directive("generated", Generated)
