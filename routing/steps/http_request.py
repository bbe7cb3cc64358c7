"""What the settings of `webhook` and `lookup` have in common: URLs, parameters, names of the call's facts, secrets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from routing.model import body_secrets
from routing.model.call_fields import CALL_FIELDS
from routing.model.entities import NAME, SOURCES
from routing.model.fields import refuse
from routing.model.folder import Folder
from routing.model.header_secrets import secrets_of
from routing.model.in_clear import HINT
from routing.model.problem import Loc
from routing.model.question import IN_URLS
from routing.model.secret import SIGNS, Purpose, sent_to
from routing.model.url_secrets import masked, secret_in
from routing.model.web import is_sent_unencrypted, is_web_address
from routing.steps.base import Complaint

_FIELD = re.compile(r"\{\{\s*([a-z_][a-z0-9_]*(?:\.[a-z0-9_]+)?)\s*\}\}")


def sent(value: str) -> str | dict[str, str]:
    """A parameter as the engine reads it: the name of a call field, or ``{"value": fixed text}``."""
    field = _FIELD.fullmatch(value.strip())
    if field and field[1].startswith("entity."):
        return f"entities.{field[1].removeprefix('entity.')}"
    return field[1] if field else {"value": value}


def unknown_field(field: str, folder: Folder) -> tuple[str, str] | None:
    """The complaint about an unknown call field, with a hint; None for a known one."""
    kind, dot, name = field.partition(".")
    if not dot:
        known: Iterable[str] = CALL_FIELDS
    elif kind == "entities":
        known = folder.project.tracking.entities if folder.project.tracking else ()
    else:
        known = SOURCES if kind == "source" else (name,) if kind in ("asked", "lookup") and NAME.fullmatch(name) else ()
    if (name if dot else field) in known:
        return None
    shown = field.replace("entities.", "entity.")
    return (
        f"there is no call field `{shown}`",
        f"one of {', '.join(CALL_FIELDS)}, `entity.NAME`, `source.NAME`, `asked.NAME`, `lookup.NAME`",
    )


def checked_url(value: str) -> str:
    """A URL of http or https without a secret. Raises what `refuse` makes."""
    if secret := secret_in(value):
        raise refuse(f"a URL must not contain {secret}: git and logs would show it; use `secret`", HINT)
    if not is_web_address(value):
        raise refuse(f"`{masked(value)}` is not a URL: write `https://host/path`")
    return value


def without_secrets(parameters: Mapping[str, str]) -> None:
    """Raises what `refuse` makes for a parameter that is a secret in clear text."""
    for name, text in parameters.items():
        if any(body_secrets.secrets_in({name: text})):
            raise refuse(f"parameter `{name}` is a secret in clear text: git would show it", HINT)


def sent_in_clear(url: str, headers: Mapping[str, str], loc: Loc) -> Iterator[Complaint]:
    """The complaint about secrets in headers that no TLS hides."""
    if is_sent_unencrypted(url) and any(secrets_of(headers)):
        yield (*loc, "url"), "http would send the secrets of `headers` unencrypted", "write https://"


def secrets_named(key: str | None, headers: Mapping[str, str], url: str) -> Iterator[tuple[Loc, str, Purpose]]:
    """The signing key of a request, and the secrets in its headers; see `Step.secrets`."""
    if key:
        yield ("secret",), key, SIGNS
    for header, name in secrets_of(headers):
        yield ("headers", header), name, sent_to(url)


def facts_in(names: Iterable[str]) -> Iterator[str]:
    """The facts of the call behind names in a text: see `Step.needs`."""
    for name in names:
        if name.startswith(("asked.", "lookup.")):
            yield name
        elif "." not in name and name not in CALL_FIELDS:
            yield f"asked.{name}"


def facts_sent(send: Mapping[str, str], source: Callable[[str], str | dict[str, str]]) -> Iterator[tuple[Loc, str]]:
    """The same in parameters, as ``source`` reads each, with their locations."""
    for name, value in send.items():
        what = source(value)
        if isinstance(what, str) and what.startswith(("asked.", "lookup.", "typed.")):
            yield ("send", name), what


def unknown_names(names: Iterable[str], loc: Loc, folder: Folder, several: str) -> Iterator[Complaint]:
    """Names in a text or a URL that no call has, or that have several values. ``several``: the hint for these."""
    for name in names:
        if "." in name and (wrong := unknown_field(name.replace("entity.", "entities."), folder)):
            yield loc, *wrong
        elif name in CALL_FIELDS and name not in IN_URLS:
            yield loc, f"`{name}` has several values", several
