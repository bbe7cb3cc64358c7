"""``routing graph``: a scheme as a picture, with the path of one test case highlighted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from routing.cli.completion import offered
from routing.cli.errors import UserError
from routing.cli.folders import named_from_here, there
from routing.cli.opened import opened
from routing.graph.flow import Flow
from routing.graph.read import NoScheme, read_flow
from routing.graph.svg import to_svg
from routing.graph.text import to_dot, to_mermaid
from routing.graph.way import Way, way
from routing.model.problem import Problems, counted, did_you_mean
from routing.testing.check import problems
from routing.testing.names import Names
from routing.testing.read import files_below, read_all
from routing.testing.run import carry, carry_together

FORMATS: dict[str, Callable[[Flow, Way | None], str]] = {"svg": to_svg, "mermaid": to_mermaid, "dot": to_dot}
#: Ending of the output file -> format.
ENDINGS = {".svg": "svg", ".mmd": "mermaid", ".md": "mermaid", ".dot": "dot", ".gv": "dot"}
#: The most calls of a test to name.
MOST_NAMED = 3
FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("scheme", shell_complete=offered("schemes"))
@click.option("--schemes", type=FOLDER, default="schemes", show_default=True, help="Folder of scheme files.")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), help="[default: by the ending of --out, else svg]")
@click.option("--out", "-o", type=click.Path(path_type=Path, dir_okay=False), help="File to write.  [default: print]")
@click.option("--case", metavar="NAME", shell_complete=offered("cases"), help="Highlight the path of this test case.")
def graph(scheme: str, schemes: Path, form: str | None, out: Path | None, case: str | None) -> None:
    """Draw SCHEME: its steps, their times, every path between them; fallbacks are dashed."""
    try:
        with named_from_here(schemes):
            flow = read_flow(there(schemes), scheme)
    except NoScheme as error:
        raise UserError(str(error)) from None
    lit = _way(schemes, scheme, case) if case else None
    chosen = form or ENDINGS.get(out.suffix if out else "", "svg")
    picture = FORMATS[chosen](flow, lit)
    if out is None:
        click.echo(picture, nl=False)
        return
    try:
        out.write_text(picture, "utf-8")
    except OSError as error:
        raise UserError(f"{out}: {error.strerror}") from None


def _way(schemes: Path, scheme: str, name: str) -> Way:
    """The path of the test case of that name. Raises UserError when there is none, or it does not enter the scheme."""
    cases, unread = read_all(files_below([schemes]))
    if unread:
        raise Problems(unread)
    first = next((case for case in cases if name in (case.name, case.test)), None)
    if first is None:
        known = [known for case in cases for known in (case.test, case.name)]
        hint = did_you_mean(name, known) or f"{counted(len(cases), 'case')} below {schemes}"
        raise UserError(f"no test case is called `{name}` ({hint})")
    with opened(schemes) as published:
        names = Names(published)
        if wrong := problems(first.together or [first], names):
            raise Problems(wrong)
        several = first.together and name == first.test
        results = carry_together(first.together, names) if several else [carry(first, names)]
    ways = [way(scheme, result.events, f"{scheme}: {result.case.name}") for result in results]
    return _chosen(scheme, name, [(each.case.name, lit) for each, lit in zip(results, ways, strict=True) if lit.steps])


def _chosen(scheme: str, name: str, found: Sequence[tuple[str, Way]]) -> Way:
    """The one path of a test that enters the scheme."""
    if not found:
        raise UserError(f"no call of `{name}` enters {scheme}")
    if len(found) > 1:
        calls = " or ".join(f'--case "{call}"' for call, _ in found[:MOST_NAMED])
        more = f" or {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
        raise UserError(f"{len(found)} calls of `{name}` enter {scheme}: choose one, {calls}{more}")
    return found[0][1]
