"""``routing run-examples``: carries the example company's sample calls through its compiled schemes, and checks them.

The calls run on the offline switch: phones ring in virtual time, while webhook steps ask the running engine over TCP,
and that asks running handlers over HTTP. The parts: `samples` reads the calls, `stage` compiles and starts what they
need, `children` are the processes, `expect` judges, `story` prints.
"""

from __future__ import annotations

import signal
import sys
import time
import uuid
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from routing.cli.examples.children import Children
from routing.cli.examples.stage import Places, Stage, set_up
from routing.cli.examples.story import Told, print_story, print_summary
from routing.offline.socket_peer import SocketPeer
from routing.testing.cases import Sample, read_samples
from routing.testing.expect import judge, settled

PATH = click.Path(path_type=Path)
PIPE_WIDTH = 100
INTRODUCTION = """\
Sample calls through the compiled schemes. Phones ring in virtual time on the offline switch; webhook steps
ask the engine and the handlers below, which are running processes. Times are seconds from the INVITE.
"""
#: The calls' ids come from their names, so that a run repeats itself.
IDS = uuid.UUID("5d8f4a0e-6b0e-4f53-9f3e-3d1f0a2c7b11")


@click.command()
@click.option("--schemes", type=PATH, default="schemes", show_default=True, help="Folder of scheme files.")
@click.option("--calls", type=PATH, help="The sample calls.  [default: company.test.yaml in the folder]")
@click.option("--tools", type=PATH, default="tools", show_default=True, help="Where the sample handlers are.")
@click.option("--out", type=PATH, default="var/example", show_default=True, help="Where release and logs go.")
@click.option("--secrets", type=PATH, default="var/secrets", show_default=True, help="Secrets of the schemes.")
def examples(schemes: Path, calls: Path | None, tools: Path, out: Path, secrets: Path) -> None:
    """Carry the sample calls through the compiled schemes, with the engine and the webhook handlers running."""
    signal.signal(signal.SIGTERM, _leave)
    began = time.monotonic()
    console = Console(highlight=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)
    samples = read_samples(calls or schemes / "company.test.yaml")
    out.mkdir(parents=True, exist_ok=True)
    with Children(out) as children, _progress(console) as progress:
        task = progress.add_task("compiling, starting engine and handlers", total=len(samples))
        stage = set_up(children, Places(schemes, tools, out, secrets))
        _print_stage(console, stage, time.monotonic() - began)
        stories = []
        for number, sample in enumerate(samples, 1):
            progress.update(task, description=sample.name)
            stories.append(carry(stage, sample))
            print_story(console, number, stories[-1])
            progress.advance(task)
    print_summary(console, stories, time.monotonic() - began)
    if any(told.failures for told in stories):
        sys.exit(1)


def carry(stage: Stage, sample: Sample) -> Told:
    """One call to its end, with what its example says is broken broken meanwhile."""
    published = stage.published
    call = sample.made(str(uuid.uuid5(IDS, sample.name)), published.timezone, published.country)
    with ExitStack() as broken:
        if sample.engine == "killed":
            stage.engine.kill()
        if sample.engine == "frozen":
            broken.enter_context(stage.engine.frozen())
        if sample.handler == "frozen":
            for handler in stage.handlers:
                broken.enter_context(handler.frozen())
        events = published.run(call, sample.ringing(), sample.dialling(), SocketPeer())
    wrong = [str(failure) for failure in judge(settled(events), sample.wanted)]
    return Told(sample, call, events, stage.logged(call.uuid), wrong)


def _print_stage(console: Console, stage: Stage, seconds: float) -> None:
    release = stage.release
    counts = f"{len(release.records)} schemes, {release.number_count} numbers"
    console.print(INTRODUCTION, style="dim")
    console.print(f"[dim]release[/] {release.name}: {counts}, published in {release.folder.parent.parent}")
    for name, where in stage.places.items():
        console.print(f"[dim]{name}[/] {where}")
    console.print(f"[dim]ready after {seconds:.1f} s[/]\n")


def _progress(console: Console) -> Progress:
    columns = (BarColumn(20), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _leave(number: int, frame: FrameType | None) -> None:
    """SIGTERM ends the children too."""
    sys.exit(128 + number)
