"""A recogniser for `listen`: PocketSphinx, with the English model that its package ships.

    pip install pocketsphinx
    routing serve --recogniser "english=python3 tools/recogniser_pocketsphinx.py" ...

Options: the folder of another model's acoustic model, and its dictionary. It speaks the protocol of
docs/howto/listen.rst. A phrase with a word that the dictionary lacks is never heard.

The confidence compares how well the sound fits the best phrase and how well it fits any phones at all: grammars alone
take every word for one of theirs.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

import numpy
from pocketsphinx import Decoder, get_model_path

#: A ratio of the two scores up to which a phrase is certain, and from which on it is none.
SURE, NONE = 0.62, 1.5
#: Samples of a block of 20 ms, and before and after the words; sizes of samples, of 1.
BLOCK, AROUND, SOFTEST, LOUDEST, NOISE = 320, 3200, 0.004, 0.3, 0.003
_WIDE = {"beam": 1e-100, "pbeam": 1e-100, "wbeam": 1e-80}


class Recogniser:
    """One decoder with a grammar for each list of phrases that was asked for."""

    def __init__(self, acoustic: str, dictionary: str) -> None:
        self._decoder = Decoder(
            hmm=acoustic,
            dict=dictionary,
            lm=None,
            logfn="/dev/null",
            samprate=16000,
            dither=True,
            bestpath=False,
            **_WIDE,
        )
        self._decoder.add_allphone_file("phones", get_model_path("en-us/en-us-phone.lm.bin"))
        self._grammars: dict[tuple[str, ...], str] = {}

    def recognise(self, phrases: Sequence[str], recorded: bytes) -> dict[str, object]:
        """The text and the confidence."""
        audio = words_alone(recorded)
        known = [phrase for phrase in phrases if all(map(self._decoder.lookup_word, phrase.split()))]
        text, score = self._decode(self._grammar(tuple(known)), audio) if known else ("", 0.0)
        if not text:
            return {"text": "", "confidence": 0.0}
        _, of_phones = self._decode("phones", audio)
        ratio = score / of_phones if of_phones else NONE
        return {"text": text, "confidence": round(min(max((NONE - ratio) / (NONE - SURE), 0.0), 1.0), 3)}

    def _grammar(self, phrases: tuple[str, ...]) -> str:
        if phrases not in self._grammars:
            name = f"menu{len(self._grammars)}"
            rule = " | ".join(phrases)
            self._decoder.add_jsgf_string(name, f"#JSGF V1.0; grammar {name}; public <{name}> = {rule};")
            self._grammars[phrases] = name
        return self._grammars[phrases]

    def _decode(self, search: str, audio: bytes) -> tuple[str, float]:
        """The words, and the logarithm of their score."""
        self._decoder.activate_search(search)
        self._decoder.start_utt()
        self._decoder.process_raw(audio, full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        return (found.hypstr, self._decoder.logmath.log(found.best_score)) if found else ("", 0.0)


def words_alone(audio: bytes) -> bytes:
    """The part with sound, equally loud, over a little noise: silence without any misleads the model."""
    samples = numpy.frombuffer(audio, "<i2").astype("float32") / 32768
    blocks = [numpy.abs(samples[at : at + BLOCK]).mean() for at in range(0, len(samples) - BLOCK + 1, BLOCK)]
    loud = numpy.nonzero(numpy.array(blocks) > max(SOFTEST, 0.1 * max(blocks, default=0.0)))[0]
    if len(loud):
        samples = samples[max(loud[0] * BLOCK - AROUND, 0) : (loud[-1] + 1) * BLOCK + AROUND]
    samples = samples * (LOUDEST / max(numpy.abs(samples).max(initial=0.0), 0.001))
    noisy = samples + numpy.random.default_rng(0).normal(0.0, NOISE, len(samples))
    return (numpy.clip(noisy, -1.0, 1.0) * 32767).astype("<i2").tobytes()


def main() -> None:
    acoustic, dictionary = [*sys.argv[1:3], "", ""][:2]
    recogniser = Recogniser(
        acoustic or get_model_path("en-us/en-us"), dictionary or get_model_path("en-us/cmudict-en-us.dict")
    )
    print(json.dumps({"ready": True}), flush=True)
    while line := sys.stdin.buffer.readline():
        request = json.loads(line)
        audio = sys.stdin.buffer.read(request["bytes"])
        print(json.dumps({"id": request["id"], **recogniser.recognise(request["phrases"], audio)}), flush=True)


if __name__ == "__main__":
    main()
