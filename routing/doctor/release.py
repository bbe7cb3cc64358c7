"""The release: live, complete, readable by FreeSWITCH's user, and loaded by FreeSWITCH."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from routing.compile.shared_folders import files_of
from routing.doctor.diagnosis import Diagnosis, ok, unknown, warning, wrong
from routing.doctor.node import CheckedNode
from routing.doctor.rights import may_read
from routing.model.flood import KNOWN
from routing.node.files import dialplan_version
from routing.release.formats import FormatFault, check_format

#: Files of a release that FreeSWITCH reads; those of a pattern are written alike.
KINDS = ("gateways/*.xml", "schemes/*.xml", "numbers/*.xml", "people/*.xml", "sounds/*")
MOST_LOOKED_AT, MOST_NAMED = 200, 5
#: A context of the dialplan that `routing node init` writes, as a place to go on: ``XML routing_rated``.
_CONTEXT = re.compile(rb"\bXML[ :](routing_[a-z]+)\b")
PUBLISH = "`routing publish` again"


def current(node: CheckedNode) -> Iterator[Diagnosis]:
    """A release is live that this version runs, and none of its files is missing."""
    if node.release is None:
        yield wrong(f"no release is live in {node.root}", f"`routing publish --root {node.root}`")
        return
    try:
        expected = json.loads((node.release / "release.json").read_bytes())["files"]
    except (OSError, ValueError, KeyError):
        yield wrong(f"release {node.release.name} has no readable release.json", PUBLISH)
        return
    try:
        check_format(node.release)
    except FormatFault as problem:
        yield wrong(f"release {node.release.name} does not run here: {problem.what}", problem.hint)
        return
    there = [*files_of(node.release)]
    empty = [path.name for path in there if path.stat().st_size == 0]
    if len(there) != expected or empty:
        yield wrong(
            f"release {node.release.name}: {len(there)} of {expected} files, {len(empty)} of them empty", PUBLISH
        )
    else:
        yield ok(f"release {node.release.name} is live and complete ({expected} files)")


def dialplan(node: CheckedNode) -> Iterator[Diagnosis]:
    """FreeSWITCH's own dialplan uses this root."""
    texts = [node.ask(f"xml_locate dialplan context name routing_{side}") for side in ("inbound", "internal")]
    if any("<context" not in text for text in texts):
        yield wrong(
            "FreeSWITCH has no context routing_inbound or routing_internal",
            "include the dialplan file that `routing node init` writes, then `reloadxml`",
        )
    elif not all(f"{node.root}/current/" in text for text in texts):
        yield wrong(
            f"FreeSWITCH's dialplan uses another root than {node.root}",
            "run `routing node init` with this --root, or check the other root",
        )
    elif not node.variables.get("routing_phones_at"):
        yield wrong(
            "FreeSWITCH's dialplan is older than the release: it does not say where phones are registered",
            "run `routing node init` once more, with the options of the first time, then `reloadxml`",
        )
    elif older := [
        name for name in _named(node) if "<context" not in node.ask(f"xml_locate dialplan context name {name}")
    ]:
        yield wrong(
            f"FreeSWITCH's dialplan is older than the release, which uses its contexts {', '.join(older)}",
            "run `routing node init` once more, with the options of the first time, then `reloadxml`",
        )
    elif node.variables.get("routing_dialplan_version") != dialplan_version():
        yield warning(
            "FreeSWITCH's dialplan was written by another version of `routing node init`: what is new in it is missing",
            "run `routing node init` once more, with the options of the first time, then `reloadxml`",
        )
    else:
        yield ok("FreeSWITCH's dialplan uses this root, and is of this version")


def _named(node: CheckedNode) -> list[str]:
    """The contexts of FreeSWITCH's own dialplan to which the release sends calls."""
    files = [*node.release.glob("*.xml"), *node.release.glob("schemes/*.xml")] if node.release else []
    return sorted({name.decode() for file in files for name in _CONTEXT.findall(file.read_bytes())})


def readable(node: CheckedNode) -> Iterator[Diagnosis]:
    """FreeSWITCH's user can read the release, its passwords included."""
    if node.release is None:
        yield unknown("readable: there is no release")
        return
    if node.pid is None:
        yield unknown("FreeSWITCH's process is not on this machine: whether it can read the release is unknown")
        return
    user, groups = node.machine.owner(node.pid)
    files = [node.root / "current" / name for name in ("entry.xml", "internal.xml", "directory.xml")]
    files += [path for kind in KINDS for path in sorted(node.release.glob(kind))[:MOST_LOOKED_AT]]
    # without these, customers would be refused with a flood
    files += sorted((node.root / KNOWN).glob("*.xml"))[:MOST_LOOKED_AT]
    unread = [path.name for path in files if not may_read(path, user, groups)]
    if unread:
        more = f" and {len(unread) - MOST_NAMED} more" if len(unread) > MOST_NAMED else ""
        yield wrong(
            f"FreeSWITCH (user {user}) cannot read {', '.join(unread[:MOST_NAMED])}{more}",
            "publish as FreeSWITCH's user, or as root into a folder that it may read; files with passwords are 0600",
        )
    else:
        yield ok(f"FreeSWITCH's user ({user}) can read the release")


def accounts(node: CheckedNode) -> Iterator[Diagnosis]:
    """FreeSWITCH has read the accounts of this release."""
    known: dict[str, str] = node.table.get("accounts", {})
    if not known:
        return
    domain = node.variables.get("domain", "")
    missing = [account for account in sorted(known) if node.ask(f"user_exists id {account} {domain}") != "true"]
    if missing:
        yield wrong(
            f"SIP accounts that FreeSWITCH has not read: {', '.join(missing[:8])}", "`reloadxml`, or publish again"
        )
    else:
        yield ok(f"FreeSWITCH knows the {len(known)} SIP accounts of the release")


def stock(node: CheckedNode) -> Iterator[Diagnosis]:
    """The sample accounts of a stock FreeSWITCH, whose password is public, are gone."""
    domain = node.variables.get("domain", "")
    known = node.table.get("accounts", {})
    left = [str(number) for number in (1000, 1010, 1019) if str(number) not in known]
    left = [account for account in left if node.ask(f"user_exists id {account} {domain}") == "true"]
    if left:
        yield warning(
            f"sample accounts of FreeSWITCH exist ({', '.join(left)}, ...); everybody knows their password",
            "remove conf/directory/default/10*.xml and `reloadxml`",
        )
