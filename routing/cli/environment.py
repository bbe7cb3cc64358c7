"""What commands know of a node by its folder, which ROUTING_NODE names: the event socket and the spool."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

NODE = "ROUTING_NODE"


def of_node(environment: Mapping[str, str]) -> dict[str, str]:
    """Variables that the node's folder answers and nobody has set.

    A folder that is missing, or that this user may not read, answers nothing: a command that needs it says so itself.
    """
    if not environment.get(NODE):
        return {}
    from routing.node.files import event_socket  # few commands are on a node: the others do not wait for it

    folder = Path(environment[NODE])
    found = {"ROUTING_SPOOL": str(folder / "spool")} if (folder / "spool").is_dir() else {}
    try:
        port, password = event_socket(folder)
        found |= {"ROUTING_ESL": f"127.0.0.1:{port}", "ROUTING_ESL_PASSWORD": password}
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return {name: value for name, value in found.items() if not environment.get(name)}
