"""What commands know of a node by its folder, which ROUTING_NODE names: the event socket and the spool."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

NODE = "ROUTING_NODE"


def of_node(environment: Mapping[str, str]) -> dict[str, str]:
    """Variables that the node's folder answers and nobody has set.

    A folder that is missing, or that this user may not read, answers nothing: a command that needs it says so itself.
    """
    if not environment.get(NODE):
        return {}
    from routing.node.files import EVENT_SOCKET

    folder = Path(environment[NODE])
    found = {"ROUTING_SPOOL": str(folder / "spool")} if (folder / "spool").is_dir() else {}
    try:
        socket = json.loads((folder / EVENT_SOCKET).read_text(encoding="utf-8"))
        found |= {"ROUTING_ESL": f"127.0.0.1:{int(socket['port'])}", "ROUTING_ESL_PASSWORD": str(socket["password"])}
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return {name: value for name, value in found.items() if not environment.get(name)}
