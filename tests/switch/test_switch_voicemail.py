"""Voicemail on the real switch: what ends a message, and what the journal keeps of it."""

import json

import pytest
from click.testing import CliRunner

from routing.cli.calls import calls
from routing.cli.journal import journal
from support.switchbed.cases import Case

CLOSED = "+380800330006"


@pytest.mark.parametrize(
    ("words", "ending", "status"),
    [
        ({"digits": "#"}, {"playback_terminator_used": "#"}, "no answer"),
        ({"digits": "*"}, {"playback_terminator_used": "*"}, "no answer"),
        ({}, {"silence_hits_exhausted": "true"}, "no answer"),
        # who speaks waits for 1.5 s, of which the tone lasts half a second: a message of 1.3 s
        ({"hangs_up_after_s": 0.3, "speaks": True}, {"sip_hangup_disposition": "recv_bye"}, "no answer"),
        ({"hangs_up_after_s": 5, "speaks": True}, {"sip_hangup_disposition": "recv_bye"}, "voicemail"),
    ],
    ids=["hash", "star", "silence", "at the tone", "message"],
)
def test_what_ends_a_message_and_what_is_one(bed, tmp_path, words, ending, status):
    (outcome,) = bed.carry(Case("voicemail", CLOSED, "+380671119001", **words))
    assert {name: outcome.call.get(name) for name in ending} == ending
    recording = outcome.call["routing_voicemail"]
    spool = bed.switch.home / "spool"
    kept = {path: path.read_bytes() for path in spool.glob("*.json")}
    database = str(tmp_path / "journal.db")
    CliRunner().invoke(journal, ["--spool", str(spool), "--database", database, "--once"], catch_exceptions=False)
    for path, text in kept.items():
        path.write_bytes(text)  # other tests look at them
    told = CliRunner().invoke(calls, ["--database", database, "--json", "--limit", "0"], catch_exceptions=False).output
    call = {row["id"]: row for row in map(json.loads, told.splitlines())}[outcome.call["uuid"]]
    assert (call["status"], bool(call["voicemail"])) == (status, status == "voicemail")
    assert recording in {str(path) for path in bed.recordings()} or status != "voicemail"
    assert recording not in {str(path) for path in bed.recordings()} or status == "voicemail"
