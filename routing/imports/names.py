"""Names and texts of other systems in the form that schemes have: ids, labels, safe texts."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from routing.model.fields import CONTROL_CHARACTERS

#: Ukrainian and Russian letters, as passports write them.
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "g", "д": "d", "е": "e", "є": "ie", "ж": "zh", "з": "z", "и": "y",
    "і": "i", "ї": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ь": "", "ю": "iu",
    "я": "ia", "ё": "e", "ы": "y", "э": "e", "ъ": "",
}  # fmt: skip
_LATIN = {"ß": "ss", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"}
_LETTERS = str.maketrans(_CYRILLIC | _LATIN)
_LONGEST = 40
#: Names that YAML reads as something else, or that schemes keep for themselves.
_RESERVED = frozenset({
    "true", "false", "null", "yes", "no", "on", "off", "codes", "entry", "numbers", "person", "calendar", "outbound",
    "internal", "internal_entry", "jump", "default", "public", "anonymous", "all", "any",
})  # fmt: skip
_UNSAFE = re.compile(rf"\$|X-PRE-PROCESS|\{{\{{|\}}\}}|{CONTROL_CHARACTERS}", re.IGNORECASE)
_NOT_IN_LABELS = re.compile(r"""[{}\[\]<>,|^&"'`\\;=]""")


def plain_id(text: str, default: str) -> str:
    """A text as an id: lower case, a letter first; the default where nothing is left."""
    latin = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    found = re.sub(r"[^a-z0-9]+", "_", "".join(c for c in latin if not unicodedata.combining(c))).strip("_")
    if found and not found[0].isalpha():
        found = f"{default}_{found}"
    found = found[:_LONGEST].strip("_") or default
    return f"{found}_" if found in _RESERVED else found


@dataclass
class NameBook:
    """Gives each thing of one kind an id of its own."""

    used: set[str] = field(default_factory=set)

    def name(self, text: str, default: str) -> str:
        """An id that nothing else has."""
        wish = found = plain_id(text, default)
        at = 1
        while found in self.used:
            at += 1
            found = f"{wish.rstrip('_')}_{at}"
        self.used.add(found)
        return found


def safe(text: str) -> str:
    """A text without what schemes refuse: control characters, ``$``, ``{{``; its spaces are single."""
    return " ".join(_UNSAFE.sub(" ", text).split())


def label(text: str) -> str:
    """A text as phones show it: at most 40 letters, no signs that dial strings use."""
    return " ".join(_NOT_IN_LABELS.sub(" ", safe(text)).split())[:40].strip()


def comment(text: str, longest: int = 100) -> str:
    """A text of the other system inside a comment: one line, cut."""
    found = " ".join(re.sub(CONTROL_CHARACTERS, " ", text).split())
    return found if len(found) <= longest else f"{found[: longest - 3]}..."
