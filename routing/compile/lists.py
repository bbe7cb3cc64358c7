"""Lists of numbers as dialplan files: ``check`` sets ``routing_list_<name>`` to ``yes`` for a caller who is in one.

Every list has files of its own, so a changed list leaves all schemes unchanged. A short list is one regex; a long one
has a file per number ending, with a few hundred numbers at most. FreeSWITCH compiles a regex for every call; measured
with its libpcre: 0.3 ms for 500 numbers, 2.1 ms for 4,000; it refuses more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from routing.compile.cache import Cache
from routing.compile.store import digest
from routing.compile.version import code_version
from routing.model.digits import numbers_pattern
from routing.model.folder import Folder
from routing.steps.base import RELEASE
from routing.steps.dialplan import Condition, Context
from routing.steps.when import CALLER, list_variable

#: More numbers than this are split by their last two digits.
MOST_IN_ONE = 500
#: More numbers than this are split by three digits.
MOST_BY_TWO = 20_000


def list_contexts(name: str, numbers: Sequence[str]) -> Iterator[tuple[str, Context]]:
    """Every file of a list: path in the release, and context."""
    digits = [number.removeprefix("+") for number in numbers]
    front = Context("list")
    if len(digits) <= MOST_IN_ONE:
        inside = front.extension("check", Condition(CALLER, numbers_pattern(digits)))
        inside.set(list_variable(name), "yes")
        yield f"lists/{name}.xml", front
        return
    length = 2 if len(digits) <= MOST_BY_TWO else 3
    onward = front.extension("check", Condition(CALLER, rf"^\+(\d+(\d{{{length}}}))$"))
    onward.do("execute_extension", f"$1 XML:{RELEASE}/lists/{name}/$2.xml list")
    yield f"lists/{name}.xml", front
    endings: dict[str, list[str]] = {f"{ending:0{length}}": [] for ending in range(10**length)}
    for each in digits:
        endings[each[-length:]].append(each)
    for ending, those in endings.items():
        shard = Context("list")
        shard.extension("number", pattern=numbers_pattern(those, "")).set(list_variable(name), "yes")
        yield f"lists/{name}/{ending}.xml", shard


class RememberedLists:
    """A cache of parsed lists by their text; see `routing.load.lists.KnownLists`."""

    def __init__(self, cache: Cache, folder: Folder) -> None:
        self._cache = cache
        self._version = f"{code_version()} {folder.project.country}"
        self._before = cache.load(self._version)

    def get(self, text: bytes) -> list[str] | None:
        """The numbers of exactly this text, if it was parsed before."""
        return self._before.get(digest(text))

    def keep(self, text: bytes, numbers: list[str]) -> None:
        """Store the numbers; entries last until the compiler's version changes."""
        self._before[digest(text)] = numbers
        self._cache.save(self._version, self._before)
