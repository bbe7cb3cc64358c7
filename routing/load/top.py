"""The top-level keys of files, which determine what a file defines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from routing.load.nodes import Document
from routing.model.decision import ID
from routing.model.folder import ANY, SHARED_KEYS, Broken
from routing.model.problem import Problem, closest, did_you_mean
from routing.steps.scheme_file import SchemeFields

#: Top-level keys of files that hold no scheme.
#: Keys that only a scheme has.
_SCHEME_KEYS = SchemeFields.model_fields.keys() - {"scheme", "allow"}


def misnamed(document: Document) -> Broken:
    """Kinds that a file defines under a misspelt key: their names must not be reported as unknown."""
    keys = document.data if isinstance(document.data, dict) else ()
    meant = (closest(key.lower(), SHARED_KEYS) for key in keys if key not in SHARED_KEYS)
    return frozenset((kind, ANY) for kind in meant if kind)


def top_keys(document: Document) -> Iterator[Problem]:
    """Problems with the top-level keys of a file without a scheme."""
    if document.data is None:
        return
    if not isinstance(document.data, dict):
        yield document.problem((), "a file must be a mapping with a key such as `scheme:` or `people:`")
        return
    if (lost := _SCHEME_KEYS & document.data.keys()) and not document.data.keys() & {*SHARED_KEYS, "tests"}:
        id_ = re.sub(r"\W+", "_", document.file.rpartition("/")[2].rpartition(".")[0].lower())
        hint = f"write `scheme: {id_}` above it" if ID.fullmatch(id_) else "write `scheme: kharkiv` above it"
        if meant := next((key for key in document.data if closest(key.lower(), ["scheme"])), None):
            yield document.problem(
                (meant,), f"unknown key `{meant}`", did_you_mean(meant.lower(), ["scheme"]), at_key=True
            )
            return
        first = next(key for key in document.data if key in lost)
        yield document.problem(
            (first,), f"`{first}` belongs to a scheme, and this file has no `scheme:`", hint, at_key=True
        )
        return
    for key in document.data:
        if key == "tests":
            hint = "name this file `something.test.yaml`"
            yield document.problem((key,), "tests belong in files of their own", hint, at_key=True)
        elif key == "simulate":
            hint = "name this file `something.simulate.yaml`"
            yield document.problem((key,), "simulations belong in files of their own", hint, at_key=True)
        elif key not in SHARED_KEYS:
            known = (*SHARED_KEYS, "scheme")
            hint = did_you_mean(key, known) or did_you_mean(key.lower(), known) or f"known keys: {', '.join(known)}"
            yield document.problem((key,), f"unknown key `{key}`", hint, at_key=True)
