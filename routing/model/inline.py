"""Decisions inside FreeSWITCH, by mod_python3: the names that the dialplan, the node and the package use."""

from __future__ import annotations

#: The global variable by which calls see that this FreeSWITCH decides by itself, and its value.
READY, IS_READY = "routing_inline", "true"
#: The Python module in FreeSWITCH's folder of scripts: the argument of its application and of its command.
MODULE, APPLICATION = "routing_inline", "python"
