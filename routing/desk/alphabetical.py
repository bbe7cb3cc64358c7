"""Names in the order of the alphabets of the desk's languages: by code points, Ukrainian names in і follow я. Pure."""

from __future__ import annotations

#: Letters of Ukrainian, Russian and Polish that follow another one -> that one, with what sorts after it.
_AFTER = {
    "ґ": "г", "є": "е", "ё": "е", "і": "и", "ї": "и\uffff", "ў": "у", "ą": "a", "ć": "c", "ę": "e", "ł": "l", "ń": "n",
    "ó": "o", "ś": "s", "ź": "z", "ż": "z\uffff",
}  # fmt: skip
_TABLE = str.maketrans({letter: f"{before}\uffff" for letter, before in _AFTER.items()})


def alphabetical(name: str) -> str:
    """What a name is sorted by."""
    return name.casefold().translate(_TABLE)
