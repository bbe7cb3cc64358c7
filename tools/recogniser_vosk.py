"""A recogniser for `listen`: Vosk, with a model of your choice (https://alphacephei.com/vosk/models, the small ones).

    pip install vosk
    routing serve --recogniser "ukrainian=python3 tools/recogniser_vosk.py /srv/vosk-model-small-uk" ...

Big models take no list of phrases: they hear everything, and the phrase is looked for in it. It speaks the protocol of
docs/howto/listen.rst.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from vosk import KaldiRecognizer, Model, SetLogLevel


def recognised(model: Model, phrases: Sequence[str], audio: bytes, rate: int) -> dict[str, object]:
    """The words, without those that are in no phrase, and the confidence of the least sure one."""
    recogniser = KaldiRecognizer(model, rate, json.dumps([*phrases, "[unk]"], ensure_ascii=False))
    recogniser.SetWords(True)
    recogniser.AcceptWaveform(audio)
    found = json.loads(recogniser.FinalResult())
    known = [each for each in found.get("result", []) if each["word"] != "[unk]"]
    text = " ".join(each["word"] for each in known) or ("[unk]" if found.get("text") else "")
    return {"text": text, "confidence": min((each["conf"] for each in known), default=0.0)}


def main() -> None:
    SetLogLevel(-1)
    model = Model(sys.argv[1])
    print(json.dumps({"ready": True}), flush=True)
    while line := sys.stdin.buffer.readline():
        request = json.loads(line)
        audio = sys.stdin.buffer.read(request["bytes"])
        print(
            json.dumps({"id": request["id"], **recognised(model, request["phrases"], audio, request["rate"])}),
            flush=True,
        )


if __name__ == "__main__":
    main()
