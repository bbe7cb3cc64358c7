"""What a recognition costs: espeak-ng says phrases on a telephone line, the engine asks PocketSphinx which one it was.

    python tools/bench_listen.py [--rounds 5]

Needs espeak-ng and pocketsphinx. Prints how long an answer takes, the CPU of recogniser and engine for each phrase, and
how many were right and sure.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import os
import resource
import shutil
import statistics
import sys
import time
from pathlib import Path

import gevent
import numpy
import soundfile
import soxr  # type: ignore[import-untyped]

from routing.engine.recogniser import RecogniserProcess
from routing.model.recognition import BUDGET_SECONDS, SAMPLE_RATE
from routing.speech.command import spoken

TOOL = Path(__file__).parent / "recogniser_pocketsphinx.py"
PHRASES = ["sales", "support", "new order", "delivery", "opening hours", "talk to a person"]
VOICES = ["en-us", "en-gb", "en-us+f3"]
SURE = 0.5
TELEPHONE_HZ = 8000


def audio(phrase: str, voice: str) -> bytes:
    """The phrase between silences, as a telephone carries it."""
    samples, rate = soundfile.read(io.BytesIO(spoken(f"espeak-ng -v {voice} --stdin --stdout", phrase)))
    narrow = soxr.resample(soxr.resample(samples, rate, TELEPHONE_HZ), TELEPHONE_HZ, SAMPLE_RATE)
    silence = numpy.zeros(round(SAMPLE_RATE * 0.7))
    whole = numpy.concatenate([silence, narrow, silence])
    return (numpy.clip(whole, -1, 1) * 32767).astype("<i2").tobytes()


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    if not shutil.which("espeak-ng") or not importlib.util.find_spec("pocketsphinx"):
        print("espeak-ng or pocketsphinx was not found: `apt install espeak-ng`, `pip install pocketsphinx`")
        return
    process = RecogniserProcess(f"{sys.executable} {TOOL}", lambda state, why: None)
    keeper = gevent.spawn(process.keep_running)
    while process.state != "ready":
        gevent.sleep(0.1)
    try:
        _measure(process, [(phrase, audio(phrase, voice)) for phrase in PHRASES for voice in VOICES], rounds)
    finally:
        keeper.kill()


def _measure(process: RecogniserProcess, said: list[tuple[str, bytes]], rounds: int) -> None:
    took_ms, right, sure = [], 0, 0
    own, other = _own_cpu(), _cpu(process.pid)
    for _ in range(rounds):
        for phrase, sound in said:
            began = time.monotonic()
            heard = process.recognise("en", PHRASES, sound, BUDGET_SECONDS)
            took_ms.append((time.monotonic() - began) * 1000)
            right += heard.text == phrase
            sure += heard.text == phrase and heard.confidence >= SURE
    count = len(took_ms)
    own, other = (_own_cpu() - own) * 1000 / count, (_cpu(process.pid) - other) * 1000 / count
    length_s = statistics.mean(len(sound) for _, sound in said) / 2 / SAMPLE_RATE
    print(f"{count} phrases of {length_s:.1f} s with the silence around them")
    print(f"answer: median {statistics.median(took_ms):.0f} ms, longest {max(took_ms):.0f} ms")
    print(f"CPU a phrase: recogniser {other:.0f} ms, engine {own:.1f} ms")
    print(f"{right} right, {sure} of them with a confidence of {SURE} and more")


def _own_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
