"""How long FreeSWITCH has been waiting on an accepted socket: a connection may be old before anybody reads from it.

The kernel knows (``TCP_INFO``): whoever connects waits for our ``connect`` and says nothing, so the time since the last
data came is the connection's age. It counts while this process is stopped, and while nobody accepts.
"""

from __future__ import annotations

import socket
import struct
from typing import Any

#: ``tcpi_last_data_recv`` in ``struct tcp_info``, milliseconds.
_LAST_DATA = 52


def age_s(sock: Any) -> float:
    """Seconds since the peer connected, of a socket that nothing was read from; 0 where the kernel cannot tell."""
    try:
        info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LAST_DATA + 4)
        (milliseconds,) = struct.unpack_from("=I", info, _LAST_DATA)
    except (OSError, struct.error):
        return 0.0
    return float(milliseconds) / 1000
