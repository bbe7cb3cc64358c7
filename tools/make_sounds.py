"""Speaks the example company's prompts into ``schemes/sounds/``: 8 kHz, 16 bit, mono WAV, as telephony plays it.

    python tools/make_sounds.py            needs espeak-ng

The files are committed, so nobody needs this to run the examples; it is how they were made. A company records its own.
"""

from __future__ import annotations

import array
import io
import math
import subprocess
import sys
import wave
from pathlib import Path

SOUNDS = Path(__file__).resolve().parent.parent / "schemes" / "sounds"
RATE = 8000
#: Taps on each side of the low-pass filter, and its edge: a telephone line carries up to 3.4 kHz.
HALF_WIDTH, EDGE_HERTZ = 24, 3600
SPEED_WORDS_A_MINUTE = 165
QUIET, PAUSE_SECONDS = 200, 0.15

#: File name -> voice, text.
PROMPTS = {
    "confirm.wav": ("uk", "Клієнт компанії Стандартпарк. Щоб відповісти, натисніть один."),
    "menu.wav": (
        "uk",
        "Стандартпарк, дренаж і благоустрій. Філія вашої області: один. Інтернет-магазин: два. Доставка: три. "
        "Або наберіть внутрішній номер.",
    ),
    "wrong_key.wav": ("uk", "Такого номера немає."),
    "closed.wav": (
        "uk",
        "Стандартпарк. Зараз ми не працюємо. Залиште повідомлення після сигналу, і ми передзвонимо вранці.",
    ),
    "holiday.wav": ("uk", "Стандартпарк. Сьогодні святковий день. Залиште повідомлення після сигналу."),
    "all_busy.wav": ("uk", "Усі менеджери розмовляють. Залиште повідомлення, і ми передзвонимо протягом години."),
    "welcome.wav": ("uk", "Вітаємо у Стандартпарку. Розмову буде записано."),
    "shop_whisper.wav": ("uk", "Інтернет-магазин."),
    "courier.wav": ("uk", "Наберіть номер кур'єра з повідомлення про доставку."),
    "order_number.wav": ("uk", "Наберіть номер замовлення і решітку."),
    "order_sent.wav": ("uk", "Ваше замовлення відправлено."),
    "order_packed.wav": ("uk", "Ваше замовлення зібрано, відправимо його сьогодні."),
    "order_missing.wav": ("uk", "Такого замовлення немає. З'єднуємо з магазином."),
    "rate_talk.wav": ("uk", "Оцініть розмову, будь ласка: від одного до п'яти."),
    "rate_thanks.wav": ("uk", "Дякуємо."),
    "export_menu.wav": ("en", "Standartpark export desk. Prices, or delivery?"),
    "export_keys.wav": ("en", "For prices, press one. For delivery, press two."),
    "export_closed.wav": (
        "en",
        "Standartpark export desk. We are closed now. Please leave a message after the tone.",
    ),
}
#: Music while a phone rings: (hertz, seconds), a slow figure that can be heard for a minute.
TUNE = [(262, 0.6), (330, 0.6), (392, 0.6), (523, 0.9), (392, 0.6), (330, 0.9), (0, 0.3)]


def speak(voice: str, text: str) -> tuple[int, array.array[int]]:
    """Sample rate and samples of a spoken text."""
    command = ["espeak-ng", "-v", voice, "-s", str(SPEED_WORDS_A_MINUTE), "--stdout", text]
    spoken = subprocess.run(command, check=True, capture_output=True).stdout
    with wave.open(io.BytesIO(spoken)) as file:
        return file.getframerate(), array.array("h", file.readframes(file.getnframes()))


def resampled(samples: array.array[int], rate: int) -> array.array[int]:
    """The same sound at 8 kHz: a windowed sinc, evaluated only where a new sample is due."""
    out = array.array("h")
    cut = EDGE_HERTZ / rate
    for index in range(int(len(samples) * RATE / rate)):
        centre = index * rate / RATE
        total = 0.0
        for at in range(max(0, int(centre) - HALF_WIDTH), min(len(samples), int(centre) + HALF_WIDTH + 1)):
            away = at - centre
            angle = 2 * math.pi * cut * away
            sinc = 2 * cut * (math.sin(angle) / angle if angle else 1.0)
            total += samples[at] * sinc * (0.5 + 0.5 * math.cos(math.pi * away / (HALF_WIDTH + 1)))
        out.append(max(-32767, min(32767, round(total))))
    return out


def trimmed(samples: array.array[int]) -> array.array[int]:
    """Silence at both ends cut down to a short pause: every second of a prompt is paid for."""
    loud = [at for at, sample in enumerate(samples) if abs(sample) > QUIET]
    pause = array.array("h", [0]) * int(RATE * PAUSE_SECONDS)
    return pause + samples[loud[0] : loud[-1] + 1] + pause


def tune() -> array.array[int]:
    """Soft tones that fade in and out, so that the loop has no clicks."""
    out = array.array("h")
    for hertz, seconds in TUNE:
        count = int(RATE * seconds)
        for at in range(count):
            fade = min(1.0, at / 400, (count - at) / 1600)
            out.append(round(5000 * fade * math.sin(2 * math.pi * hertz * at / RATE)))
    return out


def write(name: str, samples: array.array[int]) -> None:
    """One file, and a line about it."""
    with wave.open(str(SOUNDS / name), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    print(f"{name:<20} {len(samples) / RATE:5.1f} s {len(samples) * 2 // 1000:>5} kB")


def main() -> None:
    """Every prompt, then the music."""
    SOUNDS.mkdir(parents=True, exist_ok=True)
    for name, (voice, text) in PROMPTS.items():
        rate, samples = speak(voice, text)
        write(name, trimmed(resampled(samples, rate)))
    write("waiting.wav", tune())


if __name__ == "__main__":
    sys.exit(main())
