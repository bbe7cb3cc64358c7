"""Proofs of work: only a solved challenge of ours, in its time; whatever else comes is refused, never an error."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.callbacks import doors, proof
from routing.callbacks.proof import Challenges, ProofRefused, Proved, solved
from support.callback_orders import NOW, PROJECT

CHALLENGES = Challenges(b"key of the project", lambda: NOW)
#: Made by the package `altcha` 2.3.0 with the same key and the number 31415.
ALTCHA = {
    "algorithm": "SHA-256",
    "challenge": "54156c6bbc4357e2d69ac4a2b113c7cbb3b5867ac9f478f10c7795eabc5b63ad",
    "salt": "0123456789abcdef01234567?expires=1795422000&",
    "signature": "1331302835f3844d3d2afd9e6db554faa4761de12a3caf3a4922ceaf44203824",
}


def packed(**facts):
    return base64.b64encode(json.dumps(facts).encode()).decode()


def test_a_solved_challenge_proves(monkeypatch):
    monkeypatch.setattr(proof, "MOST_NUMBER", 300)
    new = CHALLENGES.new()
    assert set(new) == {"algorithm", "challenge", "maxnumber", "salt", "signature"}
    assert CHALLENGES.check(solved(new)) == Proved(new["challenge"], int(NOW) + proof.VALID_SECONDS)


def test_challenges_are_those_of_altcha():
    assert CHALLENGES.check(packed(**ALTCHA, number=31415)) == Proved(ALTCHA["challenge"], 1795422000)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"number": 31416}, "the number is wrong"),
        ({"number": -1}, "the proof lacks a part"),
        ({"number": 50_001}, "the proof lacks a part"),
        ({"number": "31415"}, "the proof lacks a part"),
        ({"number": 31415.0}, "the proof lacks a part"),
        ({"number": None}, "the proof lacks a part"),
        ({"challenge": "0" * 64}, "the challenge is not ours"),
        ({"signature": "0" * 64}, "the challenge is not ours"),
        ({"signature": ALTCHA["signature"].upper()}, "the proof lacks a part"),
        ({"salt": "0123456789abcdef01234567?expires=1999999999&"}, "the number is wrong"),
        ({"salt": "0123456789abcdef01234567?expires=1&expires=1999999999&"}, "the challenge is not ours"),
        ({"salt": ["0123"]}, "the proof lacks a part"),
        ({"algorithm": "SHA-1"}, "the proof is of another algorithm"),
        ({"algorithm": {}}, "the proof is of another algorithm"),
    ],
)
def test_a_changed_proof_proves_nothing(change, why):
    with pytest.raises(ProofRefused, match=why):
        CHALLENGES.check(packed(**(ALTCHA | {"number": 31415} | change)))


def test_a_challenge_ends_and_belongs_to_its_key():
    right = packed(**ALTCHA, number=31415)
    with pytest.raises(ProofRefused, match="has ended"):
        Challenges(CHALLENGES.key, lambda: 1795422000.0).check(right)
    with pytest.raises(ProofRefused, match="is not ours"):
        Challenges(b"another", lambda: NOW).check(right)


@pytest.mark.parametrize(
    "odd", [None, "", 7, [], {}, "%%%", "e30=", "W10=", "A" * 2000, "\ud800", base64.b64encode(b"[" * 700).decode()]
)
def test_odd_proofs_are_refused(odd):
    with pytest.raises(ProofRefused):
        CHALLENGES.check(odd)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=70),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(facts=st.dictionaries(st.sampled_from([*ALTCHA, "number", "more"]), JSON, max_size=6))
def test_whatever_comes_is_refused_and_never_an_error(facts):
    with pytest.raises(ProofRefused):
        CHALLENGES.check(packed(**(ALTCHA | {"algorithm": "SHA-256", "number": 5} | facts)))


def test_a_proof_is_used_once_and_forgotten_when_it_has_ended(store):
    proved = Proved("a" * 64, int(NOW) + 10)
    assert doors.use_proof(store.engine, proved, NOW) and not doors.use_proof(store.engine, proved, NOW + 1)
    assert doors.use_proof(store.engine, Proved("b" * 64, int(NOW) + 99), NOW + 20)
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT challenge FROM callback_proofs").scalars().all() == ["b" * 64]


def test_a_project_keeps_its_key(store):
    key = doors.key_of(store.engine, PROJECT)
    assert len(key) == 32 and doors.key_of(store.engine, PROJECT) == key != doors.key_of(store.engine, "other")
    assert doors.is_token(key, "one", doors.token_of(key, "one"))
    assert not doors.is_token(key, "two", doors.token_of(key, "one")) and not doors.is_token(key, "one", "ü\ud800")
