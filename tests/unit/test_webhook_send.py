"""What `send` of a webhook step becomes: what the author writes is what the handler is sent."""

import json

import pytest

from routing.compile.build import build
from routing.decide.request import build_request
from routing.model.decision import Call
from routing.model.problem import Problems

PROJECT = (
    "project: {name: p, timezone: Europe/Kyiv, country: UA}\npeople: {ivan: {name: I, phones: {desk: {sip: '1001'}}}}\n"
)
SCHEME = "scheme: s\nnumbers: ['+380440000500']\nsteps:\n  - webhook: {url: 'http://h/', send: {SEND}}\n  - hangup\n"
CALL = Call("u-1", "/r", "s", "1", "+380440000500", "+380671234567", True, 0.0)


def built(folder, send):
    (folder / "project.yaml").write_text(PROJECT)
    (folder / "s.yaml").write_text(SCHEME.replace("SEND", send))
    release = build(folder, folder / "root", lambda where: {"SIP_PASSWORD_1001": "x"})
    return json.loads((release.folder / "schemes" / "s.json").read_text())["steps"]["1"]


def test_a_call_field_in_braces_and_fixed_text_reach_the_handler(tmp_path):
    step = built(tmp_path, 'client: "{{caller}}", source: phone, id: "{{ call_id }}"')
    sent = json.loads(build_request(step, CALL, "m", 0).body)
    assert sent == {"client": "+380671234567", "source": "phone", "id": "u-1"}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("{{calller}}", "there is no call field `calller`"),
        ("from {{caller}}", "`from {{caller}}` is neither one call field nor fixed text"),
    ],
)
def test_what_no_handler_could_be_sent_is_refused(tmp_path, value, message):
    with pytest.raises(Problems) as refused:
        built(tmp_path, f'client: "{value}"')
    assert message in str(refused.value.problems[0])
