"""How long compiling needs to speak: a company with a thousand texts, and again when nothing, or one text, has changed.
Then how long a waiting caller waits for a text with the facts of the call.

Needs espeak-ng. Prints seconds on the clock, and CPU seconds of the compiler and of the voices, for each text.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import click

from routing.compile.build import build
from routing.engine.speaking import CallVoice
from routing.http.breaker import Breaker
from routing.model.spoken import Phrase
from routing.speech.voices import CommandVoices

TEXT = "Ваш дзвінок номер {number} дуже важливий для нас, зачекайте, будь ласка, на лінії."
COMMAND = "espeak-ng -v uk --stdin --stdout"
PROJECT = """
project:
  name: spoken
  timezone: Europe/Kyiv
  country: UA
  speech: {uk: "COMMAND"}
""".replace("COMMAND", COMMAND)


def scheme(texts: list[str]) -> str:
    """A scheme that says all of them."""
    said = "\n".join(f'  - play: {{text: "{text}"}}' for text in texts)
    return f'scheme: main\nnumbers: ["+380800330521"]\nsteps:\n{said}\n  - hangup\n'


def measured(what: str, folder: Path, count: int) -> None:
    """Compile, and print what it took."""
    own, voices, began = _cpu(resource.RUSAGE_SELF), _cpu(resource.RUSAGE_CHILDREN), time.monotonic()
    build(folder / "schemes", folder / "root", lambda _: {}, voices=CommandVoices())
    took_s = time.monotonic() - began
    own, voices = _cpu(resource.RUSAGE_SELF) - own, _cpu(resource.RUSAGE_CHILDREN) - voices
    print(f"{what:<28} {took_s:6.2f} s   CPU: compiler {own:5.2f} s, voices {voices:5.2f} s "
          f"({(own + voices) * 1000 / count:5.1f} ms a text)")  # fmt: skip


def waited(folder: Path, count: int = 100) -> None:
    """Speak texts one after another as the engine does for calls that wait."""
    voice = CallVoice(folder, Breaker(time.monotonic))
    texts = [Phrase("uk", TEXT.format(number=number)) for number in range(count + 1)]
    voice(texts.pop(), COMMAND, 30.0)  # loads numpy
    own, voices, took_ms = _cpu(resource.RUSAGE_SELF), _cpu(resource.RUSAGE_CHILDREN), []
    for text in texts:
        began = time.monotonic()
        voice(text, COMMAND, 30.0)
        took_ms.append((time.monotonic() - began) * 1000)
    own, voices = _cpu(resource.RUSAGE_SELF) - own, _cpu(resource.RUSAGE_CHILDREN) - voices
    took_ms.sort()
    print(f"while a call waits: median {statistics.median(took_ms):.0f} ms, longest {took_ms[-1]:.0f} ms; CPU: engine "
          f"{own * 1000 / count:.1f} ms, voice {voices * 1000 / count:.1f} ms a text")  # fmt: skip


def _cpu(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


@click.command()
@click.option("--texts", default=1000, show_default=True)
def main(texts: int) -> None:
    """Compile a thousand texts."""
    if not shutil.which("espeak-ng"):
        print("espeak-ng was not found: `apt install espeak-ng`")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "schemes").mkdir()
        (folder / "schemes" / "project.yaml").write_text(PROJECT, encoding="utf-8")
        lines = [TEXT.format(number=number) for number in range(texts)]
        (folder / "schemes" / "main.yaml").write_text(scheme(lines), encoding="utf-8")
        print(f"{texts} texts of about {len(lines[0])} letters, {os.cpu_count()} cores")
        measured("every text", folder, texts)
        measured("nothing has changed", folder, texts)
        (folder / "schemes" / "main.yaml").write_text(scheme(["Новий текст.", *lines[1:]]), encoding="utf-8")
        measured("one text has changed", folder, texts)
        sounds = [*(folder / "root" / "releases").glob("*/sounds/spoken/*.wav")]
        print(f"{len(sounds)} sounds in two releases")
        waited(folder)


if __name__ == "__main__":
    main()
