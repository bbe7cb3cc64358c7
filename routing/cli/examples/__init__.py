"""``routing run-examples``: runs the example company's sample calls through its compiled schemes, and checks them.

The calls run on the offline switch: phones ring in virtual time, while dynamic steps get decisions from the running
engine over TCP, which uses running handlers, a CRM and a Redis. The parts: `stage` compiles and starts everything,
`processes` holds the processes, `site` lends numbers to visitors, `remembering` stores talks, `story` prints. Calls and
their expectations are scheme tests (`routing.testing`).
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from routing.cli.examples.processes import ExampleProcesses
from routing.cli.examples.queues import WithQueues
from routing.cli.examples.site import Lent
from routing.cli.examples.stage import Stage, StagePaths, set_up
from routing.cli.examples.story import Story, print_story, print_summary
from routing.cli.options import FOLDER, NEW_FILE, NEW_FOLDER
from routing.cli.scratch import scratch
from routing.cli.terminal import terminal
from routing.compile.build import is_fit
from routing.model.problem import counted
from routing.offline.decider import Decider
from routing.offline.queue_engine import QueueEngine
from routing.offline.socket_peer import SocketPeer
from routing.offline.switch import OfflineCall
from routing.store.program import HOW_TO_GET, program
from routing.testing import partners
from routing.testing.cases import CallCase
from routing.testing.read import checked
from routing.testing.run import carry_with, made

PIPE_WIDTH = 100
INTRODUCTION = """\
Sample calls through the compiled schemes. Phones ring in virtual time on the offline switch;
the engine decides dynamic steps with the processes below and its Redis.
Times are seconds from the INVITE.
"""


@click.command()
@click.option("--schemes", type=FOLDER, default="schemes", show_default=True, help="Folder of scheme files.")
@click.option("--calls", type=NEW_FILE, help="The sample calls.  [default: company.test.yaml in the folder]")
@click.option("--tools", type=NEW_FOLDER, default="tools", show_default=True, help="Where the sample partners are.")
@click.option("--out", type=NEW_FOLDER, default="var/example", show_default=True, help="Where release and logs go.")
@click.option("--secrets", type=NEW_FILE, default="var/secrets", show_default=True, help="Secrets of the schemes.")
def examples(schemes: Path, calls: Path | None, tools: Path, out: Path, secrets: Path) -> None:
    """Run the sample calls through the compiled schemes, with the engine and its partners running."""
    signal.signal(signal.SIGTERM, _leave)
    began = time.monotonic()
    console = terminal(PIPE_WIDTH)
    out.mkdir(parents=True, exist_ok=True)
    with _root(out) as root, ExampleProcesses(out) as children, _progress(console) as progress:
        task = progress.add_task("compiling, starting the engine and its partners", total=None)
        stage = set_up(children, StagePaths(schemes, tools, out, secrets, root))
        found = checked([calls or schemes / "company.test.yaml"], stage.names)
        cases = [case for case in found if stage.can_carry(case.sample) and not case.together]
        progress.update(task, total=len(cases))
        _print_stage(console, stage, len(found) - len(cases), time.monotonic() - began)
        stories = []
        for number, case in enumerate(cases, 1):
            progress.update(task, description=case.name)
            stories.append(carry(stage, case))
            print_story(console, number, stories[-1])
            progress.advance(task)
    print_summary(console, stories, time.monotonic() - began)
    if any(story.result.failures for story in stories):
        sys.exit(1)


def carry(stage: Stage, case: CallCase) -> Story:
    """Run one call to its end; processes that its example breaks are broken meanwhile."""
    sample, call = case.sample, made(case, stage.names)
    lent: Lent | None = None
    if sample.entities or sample.source:
        lent = stage.site.visit(call.uuid, sample.entities, sample.source)
        call = replace(call, to=lent.number)
    with ExitStack() as broken:
        if sample.engine == "killed":
            stage.engine.kill()
        elif stage.remembering:
            stage.remembering.before(sample, call)
        if sample.engine == "frozen":
            broken.enter_context(stage.engine.frozen())
        if sample.handler == "frozen":
            for handler in stage.handlers:
                broken.enter_context(handler.frozen())
        result = carry_with(_engine(case, call, stage), case, call, stage.names)
    if stage.remembering and sample.engine != "killed":
        stage.remembering.after(call, result.events)
    return Story(result, stage.logged(call.uuid), lent)


def _engine(case: CallCase, call: OfflineCall, stage: Stage) -> Decider:
    """The running engine; its code also serves the call's queues, unless the engine is broken."""
    queues = partners.engine(case.sample, stage.names.published.files, call)
    return WithQueues(SocketPeer(), queues) if isinstance(queues, QueueEngine) else SocketPeer()


@contextmanager
def _root(out: Path) -> Iterator[Path]:
    """The release root below ``out``; a temporary folder where ``out`` is not fit for a release."""
    if is_fit(out):
        yield out / "root"
        return
    with scratch("routing-examples-") as made:
        yield made


def _print_stage(console: Console, stage: Stage, left_out: int, seconds: float) -> None:
    release = stage.release
    counts = f"{counted(len(release.records), 'scheme')}, {counted(release.number_count, 'number')}"
    console.print(INTRODUCTION, style="dim")
    console.print(f"[dim]release[/] {release.name}: {counts}, published in {release.folder.parent.parent}")
    for name, where in stage.shown.items():
        console.print(f"[dim]{name}[/] {where}")
    if stage.remembering is None:
        why = f"its Redis does not run; see {stage.engine.log}" if program() else f"no redis-server ({HOW_TO_GET})"
        console.print(f"[yellow]without memory[/], and without the {left_out} calls that need it: {why}")
    console.print(f"[dim]ready after {seconds:.1f} s[/]\n")


def _progress(console: Console) -> Progress:
    columns = (BarColumn(20), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _leave(number: int, frame: FrameType | None) -> None:
    """SIGTERM ends the children too."""
    sys.exit(128 + number)
