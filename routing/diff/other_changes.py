"""Changes that no call shows: new and removed numbers, people, accounts, gateways; settings of phones and the engine.

Compiled files are compared by content, name by name. Passwords and secrets are neither read nor shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from routing.diff.affected import Affected
from routing.diff.callback_changes import callback_changes
from routing.diff.side import Side
from routing.model.durations import spoken
from routing.model.problem import counted
from routing.model.spoken import FOLDER as SPOKEN
from routing.offline.reading import assigned

#: Variables whose effect a call shows anyway, or that are internal.
COURSE = re.compile(
    r"routing_|leg_|group_confirm|originate_timeout|ignore_early_media|timezone|socket_resume"
    r"|bridge_pre_execute|sip_cid_type|max_session|continue_on_fail|hangup_after|hold_music|playback_terminators"
)
#: Variable -> its name for readers.
NAMES = {
    "origination_caller_id_name": "name shown on phones",
    "origination_caller_id_number": "caller ID shown",
    "effective_caller_id_number": "caller ID shown",
    "transfer_ringback": "music while phones ring",
    "bridge_early_media": "carrier's sound before the answer",
    "RECORD_STEREO": "recording in stereo",
}
_PARAM = re.compile(r'<param name="([^"]+)" value="([^"]*)"')
MOST_VALUES = 3
#: Settings of the engine that hold others.
_GROUPS = frozenset({"announce"})


def other_changes(affected: Affected) -> list[str]:
    """One line per change."""
    old, new = affected.old, affected.new
    return [
        *_numbers(old, new),
        *_names("scheme", old.schemes, new.schemes),
        *_people(affected),
        *_gateways(affected),
        *_sounds(affected),
        *_settings(affected),
        *_engine(affected),
        *callback_changes(affected),
    ]


def _numbers(old: Side, new: Side) -> Iterator[str]:
    for number in sorted(new.numbers.keys() - old.numbers.keys()):
        led = new.numbers[number]
        yield f"number {number} is new: scheme {led.scheme}, {_pays(led.caller_pays)}"
    for number in sorted(old.numbers.keys() - new.numbers.keys()):
        yield f"number {number} is removed: it led to scheme {old.numbers[number].scheme}"
    for number in sorted(old.numbers.keys() & new.numbers.keys()):
        before, now = old.numbers[number], new.numbers[number]
        if before.scheme != now.scheme:
            yield f"number {number} leads to scheme {now.scheme}, before to {before.scheme}"
        if before.caller_pays != now.caller_pays:
            yield f"number {number}: {_pays(now.caller_pays)} now"


def _pays(caller: bool) -> str:
    return "the caller pays" if caller else "the owner pays"


def _names(what: str, old: Iterable[str], new: Iterable[str]) -> Iterator[str]:
    before, now = set(old), set(new)
    yield from (f"{what} {name} is new" for name in sorted(now - before))
    yield from (f"{what} {name} is removed" for name in sorted(before - now))


def _people(affected: Affected) -> Iterator[str]:
    old, new = (side.published.table for side in (affected.old, affected.new))
    yield from _names("person", old["people"], new["people"])
    for name in sorted(old["people"].keys() & new["people"].keys()):
        before, now = old["people"][name], new["people"][name]
        changed = [
            f"{key} {_shown(before.get(key))} -> {_shown(now.get(key))}"
            for key in ("phones", "extension", "sip", "email")
            if before.get(key) != now.get(key)
        ]
        if changed:
            yield f"person {name}: {', '.join(changed)}"
        elif f"people/{name}.xml" in affected.changed:
            yield f"person {name}: rings differently when a webhook, a CRM, `sticky` or a colleague rings them"
    if old["destinations"] != new["destinations"]:
        yield "destinations: other outside numbers are allowed"
    elif "outbound.xml" in affected.changed:
        yield "calls to outside numbers are dialled differently"


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        value = [f"{account} ({phone})" for account, phone in value.items()]
    return ", ".join(value) if isinstance(value, list) else str(value) if value else "none"


def _gateways(affected: Affected) -> Iterator[str]:
    for path in sorted(affected.changed):
        if path.startswith("gateways/"):
            name = path.removeprefix("gateways/").removesuffix(".xml")
            old, new = (dict(_PARAM.findall(side.text(path))) for side in (affected.old, affected.new))
            if not old or not new:
                yield f"gateway {name} is {'removed' if old else 'new'}"
                continue
            differ = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
            changed = (f"{key} {old.get(key, 'none')} -> {new.get(key, 'none')}" for key in differ if key != "password")
            yield f"gateway {name}: {', '.join(changed) or 'password'}"


def _sounds(affected: Affected) -> Iterator[str]:
    for path in sorted(affected.changed):
        if path.startswith("sounds/") and not path.startswith(f"sounds/{SPOKEN}/"):  # calls tell what is said
            old, new = path in affected.old.files, path in affected.new.files
            what = "has other content" if old and new else "is new" if new else "is removed"
            yield f"sound {path.removeprefix('sounds/')} {what}"


def _settings(affected: Affected) -> Iterator[str]:
    """What phones show and waiting callers hear in a scheme; steps may have moved to a new scheme."""
    old, new = affected.old, affected.new
    gone, fresh = old.schemes.keys() - new.schemes.keys(), new.schemes.keys() - old.schemes.keys()
    for scheme in sorted(old.schemes.keys() & new.schemes.keys()):
        if f"schemes/{scheme}.xml" in affected.changed:
            before, now = _assigned_values(old, {scheme}), _assigned_values(new, {scheme})
            moved_from, moved_to = _assigned_values(old, {scheme, *gone}), _assigned_values(new, {scheme, *fresh})
            for name in sorted(before.keys() | moved_to.keys()):
                lost = before.get(name, set()) - moved_to.get(name, set())
                came = (moved_to if lost else now).get(name, set()) - moved_from.get(name, set())
                if lost or came:
                    yield f"scheme {scheme}: {NAMES.get(name, name)}: {_values(lost)} -> {_values(came)}"


def _assigned_values(side: Side, schemes: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for scheme in schemes:
        for name, value in assigned(side.text(f"schemes/{scheme}.xml")):
            if not COURSE.match(name):
                found.setdefault(name, set()).add(value.removeprefix("${routing_release}/sounds/"))
    return found


def _values(values: set[str]) -> str:
    shown = sorted(values)[:MOST_VALUES]
    return ", ".join(shown) + (f" and {len(values) - len(shown)} more" if len(values) > len(shown) else "") or "none"


def _engine(affected: Affected) -> Iterator[str]:
    """The engine's settings of dynamic steps: addresses, forms, limits."""
    for scheme in sorted(affected.old.schemes.keys() & affected.new.schemes.keys()):
        path = f"schemes/{scheme}.json"
        if path in affected.changed:
            old, new = (json.loads(side.text(path)).get("steps", {}) for side in (affected.old, affected.new))
            yield from (f"scheme {scheme}: {line}" for line in _steps(old, new))
    if "tracking.json" in affected.changed:
        yield "pools or tracking: numbers are lent differently"


def _steps(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Dynamic steps of the same kind, in order; a step that only moved is unchanged."""
    for kind in sorted({step["kind"] for step in (*old.values(), *new.values())}):
        before, now = ([step for step in side.values() if step["kind"] == kind] for side in (old, new))
        if len(before) != len(now):
            yield f"{_count(len(before), kind)} before, {len(now)} now"
            continue
        for one, two in zip(before, now, strict=True):
            yield from (f"{kind}: {line}" for line in _differing(one, two))


def _differing(old: Mapping[str, Any], new: Mapping[str, Any], inside: str = "") -> Iterator[str]:
    """A line for each setting that differs; one of a group of settings is called ``group.setting``."""
    for key in sorted(old.keys() | new.keys()):
        before, now = old.get(key), new.get(key)
        if before == now:
            continue
        if key in _GROUPS and isinstance(before, Mapping) and isinstance(now, Mapping):
            yield from _differing(before, now, f"{key}.")
        elif key.endswith("_ms"):
            yield f"{inside}{key.removesuffix('_ms')} {_lasts(before)} -> {_lasts(now)}"
        else:
            yield f"{inside}{key} {_plain(before)} -> {_plain(now)}"


def _lasts(ms: int | None) -> str:
    return "none" if ms is None else spoken(round(ms / 1000))


def _count(count: int, kind: str) -> str:
    return counted(count, f"{kind} step")


def _plain(value: Any) -> str:
    if isinstance(value, list) and value and all(isinstance(each, Mapping) and "name" in each for each in value):
        return ", ".join(str(each["name"]) for each in value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."
