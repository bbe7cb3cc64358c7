"""How long FreeSWITCH has been waiting on an accepted socket: a connection may be old before anybody reads from it.

The kernel knows (``TCP_INFO``): FreeSWITCH sends nothing before our ``connect``, so the time since the last received
data is the connection's age. It counts on while this process is stopped and before the socket is accepted.
"""

from __future__ import annotations

import socket
import struct
from typing import Any

#: ``tcpi_last_data_recv`` in ``struct tcp_info``, milliseconds.
_LAST_DATA = 52


def age_s(sock: Any) -> float:
    """Seconds since the peer connected, for a socket from which nothing was read; 0 where the kernel does not know."""
    try:
        info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LAST_DATA + 4)
        (milliseconds,) = struct.unpack_from("=I", info, _LAST_DATA)
    except (OSError, struct.error):
        return 0.0
    return float(milliseconds) / 1000
