"""Proof of work for orders from pages: challenges in the protocol of ALTCHA (version 1, SHA-256).

A page's browser looks for the number whose digest with the salt is the challenge; robots that order many calls
calculate for minutes. A challenge is signed, so nothing of it is kept, and ends by itself; that it is used once is up
to who keeps orders. Implemented here because the `altcha` package calls this version legacy, takes no clock, and
raises on odd payloads.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from secrets import randbelow, token_hex
from typing import Any

ALGORITHM = "SHA-256"
#: The most numbers that a browser tries: about a second of a phone.
MOST_NUMBER = 50_000
#: How long a challenge may be answered: a visitor fills in the form meanwhile.
VALID_SECONDS = 1200
#: A longer proof is none.
LONGEST_PROOF = 1000
_SALT = re.compile(r"[0-9a-f]{24}\?expires=(\d{1,12})&", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


class ProofRefused(Exception):
    """A proof that proves nothing; the text says why."""


@dataclass(frozen=True)
class Proved:
    """A right proof: its challenge, and when that ends, in seconds since the epoch."""

    challenge: str
    expires_s: int


@dataclass(frozen=True)
class Challenges:
    """Makes and checks challenges. ``key`` signs them; ``now``: seconds since the epoch."""

    key: bytes
    now: Callable[[], float]

    def new(self) -> dict[str, Any]:
        """A challenge as pages get it."""
        salt = f"{token_hex(12)}?expires={int(self.now()) + VALID_SECONDS}&"
        challenge = _digest(salt, randbelow(MOST_NUMBER + 1))
        return {
            "algorithm": ALGORITHM,
            "challenge": challenge,
            "maxnumber": MOST_NUMBER,
            "salt": salt,
            "signature": self._signature(challenge),
        }

    def check(self, proof: object) -> Proved:
        """What a proof, base64 of JSON, has proved. Raises ProofRefused."""
        challenge, salt, number, signature = _read(proof)
        expires = _SALT.fullmatch(salt)
        if not expires or not hmac.compare_digest(signature, self._signature(challenge)):
            raise ProofRefused("the challenge is not ours")
        if int(expires[1]) <= self.now():
            raise ProofRefused("the challenge has ended")
        if _digest(salt, number) != challenge:
            raise ProofRefused("the number is wrong")
        return Proved(challenge, int(expires[1]))

    def _signature(self, challenge: str) -> str:
        return hmac.new(self.key, challenge.encode(), hashlib.sha256).hexdigest()


def _digest(salt: str, number: int) -> str:
    return hashlib.sha256(f"{salt}{number}".encode()).hexdigest()


def _read(proof: object) -> tuple[str, str, int, str]:
    """Challenge, salt, number and signature, each of its form."""
    if not isinstance(proof, str) or not 0 < len(proof) <= LONGEST_PROOF:
        raise ProofRefused("there is no proof")
    try:
        facts = json.loads(base64.b64decode(proof, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise ProofRefused("the proof is not base64 of JSON") from None
    if not isinstance(facts, dict) or facts.get("algorithm") != ALGORITHM:
        raise ProofRefused("the proof is of another algorithm")
    challenge, salt, number, signature = (facts.get(name) for name in ("challenge", "salt", "number", "signature"))
    is_digest = [isinstance(each, str) and bool(_DIGEST.fullmatch(each)) for each in (challenge, signature)]
    if not (isinstance(salt, str) and all(is_digest) and isinstance(number, int) and 0 <= number <= MOST_NUMBER):
        raise ProofRefused("the proof lacks a part")
    return str(challenge), str(salt), number, str(signature)


def solved(challenge: dict[str, Any]) -> str:
    """The proof for a challenge, as a browser finds it; for programs that try a site out."""
    salt, digest = challenge["salt"], challenge["challenge"]
    number = next(n for n in range(challenge["maxnumber"] + 1) if _digest(salt, n) == digest)
    kept = {name: challenge[name] for name in ("algorithm", "challenge", "salt", "signature")}
    return base64.b64encode(json.dumps({**kept, "number": number}).encode()).decode()
