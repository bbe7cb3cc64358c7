"""The ringing tone of each country, for answered callers while a phone rings; and the hold music.

From ITU-T E.180 Supplement 2 and the countries' own tables, in teletone's syntax for FreeSWITCH's ``tone_stream``:
``%(1000,4000,425)`` is one second of 425 Hz, then four of silence. A modulated tone (India, Japan, Singapore) is
written as its two sidebands. Other countries have the most common tone.
"""

from __future__ import annotations

import functools

import phonenumbers

#: 425 Hz, a second in five.
USUAL = "%(1000,4000,425)"
_DOUBLE = "%(400,200,{hertz});%(400,{pause},{hertz})"
_BRITISH = _DOUBLE.format(hertz="400,450", pause=2000)
_AMERICAN = "%(2000,4000,440,480)"
_FRENCH = "%(1500,3500,440)"
_NORTH_AMERICA = 1
_TONES: dict[str, tuple[str, ...]] = {
    _BRITISH: ("AE", "GB", "GG", "GI", "IE", "IM", "JE", "NZ"),
    _FRENCH: ("FR", "GF", "GP", "MQ", "NC", "PF", "PM", "RE", "YT"),
    _DOUBLE.format(hertz="413,438", pause=2000): ("AU",),
    _DOUBLE.format(hertz="440,480", pause=3000): ("HK",),
    _DOUBLE.format(hertz="375,425", pause=2000): ("IN",),
    _DOUBLE.format(hertz="425", pause=2000): ("MY",),
    _DOUBLE.format(hertz="401,449", pause=2000): ("SG",),
    _DOUBLE.format(hertz="383,417", pause=2000): ("ZA",),
    "%(1000,4500,425)": ("AR",),
    "%(1000,5000,420)": ("AT", "TH"),
    "%(1000,3000,425)": ("BE",),
    "%(1000,3000,400)": ("CL", "IL"),
    "%(1000,4000,450)": ("CN",),
    "%(1500,3000,425)": ("CY", "ES"),
    "%(1500,3500,425)": ("DZ",),
    "%(2000,1000,375,475)": ("EG",),
    "%(1250,3750,425)": ("HU",),
    "%(1000,2000,385,415)": ("JP",),
    "%(1000,2000,440,480)": ("KR", "TW"),
    "%(1000,4000,425,480)": ("PH",),
    "%(1000,2000,400)": ("PK",),
    "%(1000,5000,425)": ("PT", "SE"),
    "%(1850,4150,425,475)": ("RO",),
    "%(1200,4600,425)": ("SA",),
    "%(2000,4000,450)": ("TR",),
}
#: A quiet chord, note by note, every four seconds: the hold music of schemes without `music`.
HOLD = "tone_stream://v=-24;%(350,0,523.25);%(350,0,659.25);%(350,0,783.99);%(900,2050,659.25);loops=-1"


@functools.cache
def ringing_tone(country: str | None) -> str:
    """The ringing tone of a country (ISO 3166, `UA`) as an endless file for FreeSWITCH."""
    if country and phonenumbers.country_code_for_region(country) == _NORTH_AMERICA:
        tone = _AMERICAN
    else:
        tone = next((tone for tone, countries in _TONES.items() if country in countries), USUAL)
    return f"tone_stream://{tone};loops=-1"
