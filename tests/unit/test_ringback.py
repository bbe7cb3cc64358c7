"""The ringing tones: every country has one that FreeSWITCH can play."""

import re

import phonenumbers
import pytest

from routing.model.ringback import USUAL, ringing_tone

_ELEMENT = r"%\(\d+,\d+(?:,\d{3}){1,2}\)"


@pytest.mark.parametrize("country", [None, *sorted(phonenumbers.SUPPORTED_REGIONS)])
def test_every_country_has_a_tone_in_teletones_words(country):
    assert re.fullmatch(rf"tone_stream://{_ELEMENT}(?:;{_ELEMENT})?;loops=-1", ringing_tone(country))


@pytest.mark.parametrize(
    ("country", "tone"),
    [
        ("UA", USUAL),
        ("PL", USUAL),
        ("GB", "%(400,200,400,450);%(400,2000,400,450)"),
        ("US", "%(2000,4000,440,480)"),
        ("JM", "%(2000,4000,440,480)"),
        ("FR", "%(1500,3500,440)"),
        ("AU", "%(400,200,413,438);%(400,2000,413,438)"),
    ],
)
def test_known_tones(country, tone):
    assert ringing_tone(country) == f"tone_stream://{tone};loops=-1"
