"""Scheme tests of callbacks: one attempt each, with what the client's phone does."""

from __future__ import annotations

from pathlib import Path

import pytest

from routing.offline.published import PublishedRelease
from routing.testing.cases import read_cases
from routing.testing.check import check
from routing.testing.names import Names
from routing.testing.run import carry
from support.folders import HERE, compiled, laid_out

CLIENT = "+380671234567"
HEAD = f"call: {{to: '0800330521', from: '{CLIENT}', at: '2026-11-23 10:00', callback: %s}}"
#: What is expected -> who is first, the phones, the expectation.
TESTS = {
    "a person takes it, greeting and menu are skipped, and talks with the client": (
        "person", f"{{ivan.desk: 'answers after 3s, never hangs up', '{CLIENT}': 'answers after 4s, talks 30s'}}",
        f"[{{ring: ivan.desk, at: 0s}}, {{whisper: greeting.wav}}, {{ring: '{CLIENT}'}}, "
        f"{{talk: {{'{CLIENT}': 30s}}}}]",
    ),
    "the client is busy": (
        "person", f"{{ivan.desk: 'answers, never hangs up', '{CLIENT}': busy}}",
        f"[{{ring: '{CLIENT}'}}, {{end: NORMAL_CLEARING}}]",
    ),
    "nobody of the company takes it": (
        "person", f"{{ivan.desk: no answer, '{CLIENT}': answers}}", "[{ring: {ivan.desk: 20s}}, {end: NO_ANSWER}]",
    ),
    "the client is first and presses the key": (
        "client",
        f"{{'{CLIENT}': 'answers, confirms after 2s, never hangs up', ivan.desk: 'answers after 1s, talks 9s'}}",
        f"[{{ring: '{CLIENT}'}}, {{confirm: '{CLIENT}'}}, {{play: greeting.wav}}, {{ring: ivan.desk}}, "
        "{talk: {ivan.desk: 9s}}]",
    ),
    "a machine answers": (
        "client", f"{{'{CLIENT}': voicemail}}",
        f"[{{ring: '{CLIENT}'}}, {{confirm: '{CLIENT}'}}, {{end: CALL_REJECTED}}]",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def names(tmp_path_factory) -> Names:
    place = tmp_path_factory.mktemp("callbacks")
    root = place / "root"
    release = compiled(laid_out(HERE / "good" / "callbacks", place / "schemes"), root)
    (root / "current").symlink_to(f"releases/{release.folder.name}")
    return Names(PublishedRelease(root))


def one(folder: Path, first: str, phones: str, expected: str):
    file = folder / "a.test.yaml"
    file.write_text(f"tests:\n  - name: a\n    {HEAD % first}\n    phones: {phones}\n    expect: {expected}\n")
    (case,), problems = read_cases(file)
    assert not problems
    return case


@pytest.mark.parametrize("name", TESTS)
def test_an_attempt(names, tmp_path, name):
    case = one(tmp_path, *TESTS[name])
    assert not list(check(case, names))
    assert carry(case, names).complaints() == []


def test_nobody_but_a_number_is_called_back(names, tmp_path):
    case = one(tmp_path, "person", "{}", "[{end: NO_ANSWER}]")
    for caller in ("ivan.desk", "anonymous"):
        call = case.sample.made_call.model_copy(update={"from_": caller})
        (problem,) = check(type(case)(case.sample.model_copy(update={"call": call}), case.file, case.line), names)
        assert (problem.message, problem.hint) == (f"`{caller}` is not called back", "write the client's number")
