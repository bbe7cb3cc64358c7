"""What a voice speaks while a call waits, on the real switch: heard, and what is heard without a file or an engine."""

import io
import math
import shlex
import signal
import struct
import sys
import wave

import pytest

from support import voice
from support.switchbed import ports
from support.switchbed.ear import is_tone, samples
from support.switchbed.engines import serving
from support.switchbed.lab import FOLDER, Lab, until

NUMBER, INSTEAD_HZ = "380800330981", 700.0
SCHEME = f"""
scheme: facts
numbers: ["+{NUMBER}"]
steps:
  - say: {{text: "Ваш номер {{{{caller}}}}", instead: instead.wav, timeout: 2s}}
  - hangup: CALL_REJECTED
"""


def tone(hertz):
    file = io.BytesIO()
    with wave.open(file, "wb") as made:
        made.setparams((1, 2, 8000, 0, "NONE", ""))
        waves = (round(9000 * math.sin(2 * math.pi * hertz * at / 8000)) for at in range(16000))
        made.writeframes(b"".join(struct.pack("<h", sample) for sample in waves))
    return file.getvalue()


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    command = f"{shlex.quote(sys.executable)} {shlex.quote(voice.__file__)}"
    project = (FOLDER / "company.yaml").read_text(encoding="utf-8")
    project = project.replace("{name: lab,", f'{{name: lab, speech: {{uk: "{command}"}},', 1)
    running = Lab(
        tmp_path_factory.mktemp("facts"),
        more={"company.yaml": project, "facts.yaml": SCHEME},
        sounds={"instead.wav": tone(INSTEAD_HZ)},
        engine=f"127.0.0.1:{ports.free()}",
    )
    yield running
    running.stop()


@pytest.fixture(scope="module")
def engine(lab):
    with serving(lab, "--listen", lab.engine) as running:
        yield running


def heard(agent, hertz, seconds=10):
    """Whether an agent hears a tone within a time."""
    return any(is_tone(samples(packet), hertz) for packet in agent.sounds(seconds))


def carried(lab, hertz):
    """A call in which this tone is heard goes on with the next step."""
    with lab.caller() as caller:
        call = caller.call(NUMBER)
        assert caller.answered(call).start == "200"
        assert heard(caller, hertz)
        assert until(call.is_over)
    assert lab.record(call)["hangup_cause"] == "CALL_REJECTED"
    assert lab.quiet()


def test_a_caller_hears_what_the_voice_speaks(lab, engine):
    carried(lab, voice.HZ)
    decided = next(engine.lines("decision"))
    assert (decided["kind"], decided["decision"]) == ("speak", "1:spoken")
    assert "номер" not in str(decided)


def test_a_file_that_is_not_there_is_no_silence(lab, engine):
    with lab.caller() as caller:
        call = caller.call(NUMBER)
        assert caller.answered(call).start == "200"
        (uuid,) = lab.uuids(1)
        release = (lab.root / "current").resolve()
        lab.switch.esl.api(f"uuid_setvar {uuid} routing_spoken {'0' * 32}")
        lab.switch.esl.api(f"uuid_transfer {uuid} 1.speech XML:{release}/schemes/facts.xml facts")
        assert heard(caller, INSTEAD_HZ)
        assert until(call.is_over)
    assert lab.quiet()


def test_a_stalled_engine_is_no_silence(lab, engine):
    engine.send(signal.SIGSTOP)
    try:
        carried(lab, INSTEAD_HZ)
    finally:
        engine.send(signal.SIGCONT)
