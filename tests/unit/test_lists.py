"""Lists of numbers: whoever stands in one is found, however long it is; changing one leaves the schemes alone."""

from __future__ import annotations

import ctypes
from datetime import UTC, datetime
from pathlib import Path

import pytest

from routing.compile.lists import MOST_BY_TWO, MOST_IN_ONE, list_contexts
from routing.load.lists import MOST_NUMBERS, read_lists
from routing.model.digits import compiled_bytes, numbers_pattern
from routing.offline.events import ended, rung
from routing.offline.published import PublishedRelease
from routing.offline.switch import OfflineCall
from support.folders import compiled, laid_out

SCHEME = 'scheme: a\nnumbers: ["+380800330521"]\nsteps: [{match: {when: {list: vip.txt}, steps: [{ring: ivan}]}}, {hangup: USER_BUSY}]\n'  # noqa: E501
NUMBERS = [f"+38067{number:07}" for number in range(100, 100 + 3 * (MOST_IN_ONE + 1), 3)]


@pytest.fixture
def schemes(tmp_path: Path) -> Path:
    source = tmp_path / "source"
    (source / "lists").mkdir(parents=True)
    (source / "a.yaml").write_text(SCHEME)
    (source / "lists/vip.txt").write_text("+380671234567\n")
    return laid_out(source, tmp_path / "schemes")


def published(schemes: Path, root: Path) -> PublishedRelease:
    (root / "current").unlink(missing_ok=True)
    (root / "current").symlink_to(compiled(schemes, root).folder)
    return PublishedRelease(root)


def reached(release: PublishedRelease, caller: str) -> bool:
    events = release.run(OfflineCall("+380800330521", caller, datetime(2026, 11, 23, tzinfo=UTC)))
    assert [event for event in events if event.kind == "error"] == []
    assert ended(events).subject == "USER_BUSY"
    return bool(rung(events))


def test_a_short_list(schemes: Path, tmp_path: Path) -> None:
    release = published(schemes, tmp_path / "root")
    assert reached(release, "+380671234567")
    for other in ("+380671234568", "+3806712345670", "+38067123456", "anonymous"):
        assert not reached(release, other)


@pytest.mark.thorough
def test_a_long_list_is_kept_by_endings(schemes: Path, tmp_path: Path) -> None:
    (schemes / "lists/vip.txt").write_text("\n".join(NUMBERS))
    release = published(schemes, tmp_path / "root")
    assert len(list((tmp_path / "root/current/lists/vip").iterdir())) == 100
    for inside in (NUMBERS[0], NUMBERS[77], NUMBERS[-1]):
        assert reached(release, inside)
    for other in (f"+38067{101:07}", "+380501112233", "anonymous"):
        assert not reached(release, other)


def test_every_number_of_a_very_long_list_has_one_place() -> None:
    listed = [f"+380{number:09}" for number in range(MOST_BY_TWO + 1)]
    paths = [path for path, _ in list_contexts("vip", listed)]
    assert len(paths) == len(set(paths)) == 1001


def test_a_changed_list_compiles_no_scheme_again(
    schemes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("routing.load.files.RACY_NS", 0)
    root = tmp_path / "root"
    before = compiled(schemes, root)
    (schemes / "lists/vip.txt").write_text("+380671234568\n")
    after = compiled(schemes, root)
    assert after.name != before.name
    assert after.compiled == 0
    assert reached(published(schemes, root), "+380671234568")


def test_a_list_that_goes_is_missed(schemes: Path, tmp_path: Path) -> None:
    compiled(schemes, tmp_path / "root")
    (schemes / "lists/vip.txt").unlink()
    with pytest.raises(Exception, match=r"there is no list `lists/vip\.txt`"):
        compiled(schemes, tmp_path / "root")


def test_a_list_is_read_once(schemes: Path) -> None:
    held: dict[bytes, list[str]] = {}

    class Known:
        def get(self, text: bytes) -> list[str] | None:
            return held.get(text)

        def keep(self, text: bytes, numbers: list[str]) -> None:
            held[text] = numbers

    known = Known()
    assert read_lists(schemes, "UA", known) == ({"vip": ["+380671234567"]}, [])
    held[b"+380671234567\n"] = ["+380999999999"]
    assert read_lists(schemes, "UA", known) == ({"vip": ["+380999999999"]}, [])


def test_too_much_is_refused(schemes: Path) -> None:
    (schemes / "lists/vip.txt").write_bytes(b"#" * 4_000_001)
    (schemes / "lists/other.txt").write_text("\n".join("x" for _ in range(60)))
    lists, problems = read_lists(schemes, "UA")
    assert lists == {"vip": [], "other": []}
    assert len(problems) == 51
    assert "larger than 4 MB" in problems[-1].message
    assert MOST_NUMBERS == 100_000


def test_the_bound_is_that_of_the_library_that_freeswitch_uses() -> None:
    try:
        library = ctypes.CDLL("libpcre.so.3")
    except OSError:
        pytest.skip("libpcre.so.3 is not installed")
    library.pcre_compile.restype = ctypes.c_void_p
    error, at, bytes_ = ctypes.c_char_p(), ctypes.c_int(), ctypes.c_size_t()
    for count in (1, 400, 1500, 3500):
        pattern = numbers_pattern(f"38050{number * 7919 % 10**7:07}" for number in range(count))
        made = library.pcre_compile(pattern.encode(), 0, ctypes.byref(error), ctypes.byref(at), None)
        assert made, error.value
        library.pcre_fullinfo(ctypes.c_void_p(made), None, 1, ctypes.byref(bytes_))
        assert bytes_.value < compiled_bytes(pattern) + 200
        ctypes.CFUNCTYPE(None, ctypes.c_void_p)(ctypes.c_void_p.in_dll(library, "pcre_free").value or 0)(made)
