"""A voice for tests: speaks each text as a tone, as long as the text, or does what voices do at their worst.

Run as a command: ``python voice.py [FAULT [FILE]]``. Counts its runs in the file that ``VOICE_LOG`` names; FILE gets
its pid.
"""

import math
import os
import signal
import struct
import sys
import time
import wave

RATE, HZ, LETTERS_A_SECOND = 22050, 440, 16


def tone(seconds: float, loudness: float = 0.5) -> bytes:
    samples = (round(loudness * 32767 * math.sin(2 * math.pi * HZ * at / RATE)) for at in range(round(seconds * RATE)))
    return b"".join(struct.pack("<h", sample) for sample in samples)


def write(samples: bytes) -> None:
    with wave.open(sys.stdout.buffer, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(samples)


def main(fault: str, file: str = "") -> None:
    if file:
        with open(file, "w", encoding="utf-8") as own:
            own.write(str(os.getpid()))
    text = sys.stdin.read().strip()
    if log := os.environ.get("VOICE_LOG"):
        with open(log, "a", encoding="utf-8") as file:
            file.write(f"{text}\n")
    match fault:
        case "hangs":
            time.sleep(600)
        case "hangs at orders" if text.startswith("Order"):
            time.sleep(600)
        case "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        case "fails":
            sys.exit("no model here")
        case "tells secrets":
            sys.exit(os.environ.get("ROUTING_REDIS", "knows none"))
        case "repeats":
            print(text, file=sys.stderr)
            sys.stdout.write(text)
            sys.exit(3)
        case "nothing":
            return
        case "page":
            print("<html>not a WAV file</html>")
        case "silent":
            write(bytes(RATE))
        case "endless":
            write(tone(1) * 600)
        case "flood":
            while True:
                sys.stdout.buffer.write(bytes(1 << 16))
        case "leaves a child":
            if os.fork() == 0:
                time.sleep(600)
            write(tone(1))
        case _:
            write(tone(len(text) / LETTERS_A_SECOND + 0.2))


if __name__ == "__main__":
    main(*(sys.argv[1:] or [""]))
