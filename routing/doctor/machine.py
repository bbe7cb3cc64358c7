"""`node.Machine` on Linux: /proc, the clock, the disk."""

from __future__ import annotations

import ipaddress
import shutil
from datetime import datetime
from pathlib import Path

from routing.doctor import sip_ping

PROC = Path("/proc")
_LISTEN = "0A"


class Linux:
    """`routing.doctor.node.Machine` of this machine."""

    def listening(self) -> frozenset[tuple[str, int]]:
        """See Machine; nothing where there is no /proc."""
        found = set()
        for name in ("tcp", "tcp6"):
            try:
                lines = (PROC / "net" / name).read_text(encoding="ascii").splitlines()[1:]
            except OSError:
                continue
            fields = (line.split() for line in lines)
            found |= {_address(field[1]) for field in fields if field[3] == _LISTEN}
        return frozenset(found)

    def given_ports(self) -> frozenset[int]:
        """See Machine; none where there is no /proc."""
        first, last = (int(port) for port in _kernel("ip_local_port_range").split() or (1, 0))
        reserved = (part.partition("-") for part in _kernel("ip_local_reserved_ports").strip().split(",") if part)
        ports = (range(int(start), int(end or start) + 1) for start, _, end in reserved)
        return frozenset(range(first, last + 1)).difference(*ports)

    def free_bytes(self, path: Path) -> int:
        """See Machine."""
        return shutil.disk_usage(path).free

    def has_program(self, name: str) -> bool:
        """See Machine."""
        return shutil.which(name) is not None

    def program(self, pid: int) -> str:
        """See Machine."""
        try:
            return (PROC / str(pid) / "comm").read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return ""

    def owner(self, pid: int) -> tuple[int, frozenset[int]]:
        """See Machine."""
        facts = dict(
            line.partition(":")[::2] for line in (PROC / str(pid) / "status").read_text(encoding="utf-8").splitlines()
        )
        groups = {int(facts["Gid"].split()[1]), *map(int, facts["Groups"].split())}
        return int(facts["Uid"].split()[1]), frozenset(groups)

    def answers_sip(self, place: str) -> bool:
        """See Machine."""
        return sip_ping.answers(place)

    def now(self) -> datetime:
        """See Machine."""
        return datetime.now().astimezone()


def _kernel(name: str) -> str:
    """A setting of the kernel; "" where there is none. Those of IPv4 hold for IPv6 too."""
    try:
        return (PROC / "sys/net/ipv4" / name).read_text(encoding="ascii")
    except OSError:
        return ""


def _address(text: str) -> tuple[str, int]:
    """``0100007F:1F55`` of /proc/net/tcp: groups of four bytes in the machine's byte order."""
    digits, _, port = text.partition(":")
    groups = [bytes.fromhex(digits[at : at + 8])[::-1] for at in range(0, len(digits), 8)]
    return str(ipaddress.ip_address(b"".join(groups))), int(port, 16)
