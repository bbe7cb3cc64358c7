"""The list of nodes, ``nodes.yaml``: where each one is, and where its folders are."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from routing.load.files import Source, text_of
from routing.load.nodes import read
from routing.load.validate import Wrong, validate
from routing.model.fields import Fields, parsed_by
from routing.model.problem import Problem, Problems

MOST_NODES = 100
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,63}")
#: ``host``, ``user@host`` or an alias of ssh's configuration; never an option of ssh.
_SSH = re.compile(r"(?:[A-Za-z0-9_][\w.-]*@)?([A-Za-z0-9][A-Za-z0-9.-]*|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*)")
#: What a shell takes as it is: ssh hands the command to one.
_PATH = re.compile(r"/[\w/.+@-]*")
_COMMAND = re.compile(r"[\w/.+-]+")
_ENGINE = re.compile(r"[0-9A-Za-z.\[\]:-]+:\d{1,5}")


def _matching(pattern: re.Pattern[str], what: str) -> Any:
    def parse(value: Any) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise ValueError(f"`{value}` is not {what}")
        return value

    return BeforeValidator(parsed_by(parse))


def _address(value: Any) -> str:
    try:
        return str(ipaddress.ip_address(str(value)))
    except ValueError:
        raise ValueError(f"`{value}` is not an IP address") from None


Name = Annotated[str, _matching(_NAME, "a node's name: use letters, digits, `.` and `-`")]
Ssh = Annotated[str, _matching(_SSH, "a host of ssh: write `10.0.0.1`, `user@host` or a name of ~/.ssh/config")]
Folder = Annotated[str, _matching(_PATH, "an absolute path of letters, digits and / . _ + @ -")]
Command = Annotated[str, _matching(_COMMAND, "a command without spaces: write the path of `routing` there")]
Engine = Annotated[str, _matching(_ENGINE, "HOST:PORT")]


class PlaceFields(Fields):
    """Folders and programs of a node; in the file's first lines those of every node."""

    root: Folder = Field("", description="Release root.")
    node: Folder = Field("", description="Folder that `routing node init` has written.")
    engine: Engine = Field("", description="Where its engine listens, if not as `publish --engine` says.")
    command: Command = Field("", description="`routing` there, if it is not on the PATH of ssh.")


class NodeFields(PlaceFields):
    """A node, or a machine with a proxy."""

    ssh: Ssh = Field("", description="Host for ssh; this machine without it.")
    proxy: Folder = Field("", description="Folder that `routing proxy init` has written.")
    address: Annotated[str, BeforeValidator(parsed_by(_address))] = Field(
        "", description="SIP address of the node as its proxies know it, to drain it."
    )
    sip_port: int = Field(5060, ge=1, le=65535, description="Its port for phones there.")


class NodesFile(PlaceFields):
    """The file. Raises Problems when read with mistakes."""

    nodes: dict[Name, NodeFields] = Field(min_length=1, max_length=MOST_NODES, description="Name -> node.")


@dataclass(frozen=True)
class ClusterNode:
    """A machine that releases go to. ``ssh``: "" for this machine; ``node``: "" where no FreeSWITCH runs; ``proxy``:
    "" where no Kamailio runs; ``address``: "" where nobody has named the node's SIP address."""

    name: str
    root: str
    ssh: str = ""
    node: str = ""
    engine: str = ""
    command: str = ""
    proxy: str = ""
    address: str = ""
    sip_port: int = 5060

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return self.ssh or "this machine"

    def __str__(self) -> str:
        return f"{self.name} ({self.place})"


def are_mixed(
    nodes: Iterable[ClusterNode], releases: Mapping[str, str | None], schemes: Iterable[str | None] = ()
) -> bool:
    """Whether nodes whose engines are at one address, which share a release, have several, or the releases of all come
    of several ``schemes`` (hashes; none where that is not known). ``releases``: by the node's name; nodes that are not
    there do not count."""
    found: dict[str, set[str | None]] = {}
    for node in nodes:
        if node.name in releases:
            found.setdefault(node.engine, set()).add(releases[node.name])
    return any(len(some) > 1 for some in found.values()) or len(set(filter(None, schemes))) > 1


def read_nodes(file: Path) -> tuple[ClusterNode, ...]:
    """The nodes of a file, by name. Raises Problems."""
    document = read(str(file), text_of(Source(str(file), os.path.realpath(file), "")))
    fields = validate(NodesFile, document, (), document.data, None)
    if isinstance(fields, Wrong):
        raise Problems(fields)
    found = tuple(_node(name, each, fields) for name, each in sorted(fields.nodes.items()))
    problems = [
        document.problem(("nodes", each.name), "`root` is missing", "write it for the node, or above `nodes:` for all")
        for each in found
        if not each.root
    ]
    problems += [
        document.problem(("nodes", each.name), "neither `node` nor `proxy` is written",
                         "write the folder of `routing node init`: its FreeSWITCH must read new accounts")
        for each in found
        if not each.node and not each.proxy
    ]  # fmt: skip
    problems += _twice(found, document.problem)
    if problems:
        raise Problems(problems)
    return found


def _node(name: str, own: NodeFields, every: NodesFile) -> ClusterNode:
    # a machine with a proxy has no FreeSWITCH unless its own lines say so
    node = own.node or ("" if own.proxy else every.node)
    return ClusterNode(
        name, own.root or every.root, own.ssh, node, own.engine or every.engine, own.command or every.command,
        own.proxy, own.address, own.sip_port,
    )  # fmt: skip


def _twice(found: tuple[ClusterNode, ...], problem: Any) -> list[Problem]:
    """Two nodes in one place: one release cannot be two things there."""
    seen: dict[tuple[str, str], str] = {}
    problems = []
    for each in found:
        other = seen.setdefault((each.ssh, each.root), each.name)
        if other != each.name:
            problems.append(problem(("nodes", each.name), f"has the place and root of `{other}`"))
    return problems
