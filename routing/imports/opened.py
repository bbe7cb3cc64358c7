"""Opens a dump: plain text or gzip; other formats are named, with the command that makes text of them."""

from __future__ import annotations

import contextlib
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from routing.imports.fault import ImportFault

GZIP = b"\x1f\x8b"
#: Start of a file -> what it is, and what to do.
OTHERS = {
    b"PGDMP": ("a dump in PostgreSQL's own format", "write it as text: `pg_restore --file dump.sql {name}`"),
    b"SQLite format 3": ("an SQLite database", "write it as text: `sqlite3 {name} .dump > dump.sql`, as a MySQL dump"),
    b"PK\x03\x04": ("a zip archive or a workbook", "unpack it, or save the sheet as CSV UTF-8"),
    b"BZh": ("packed by bzip2", "unpack it: `bunzip2 {name}`"),
    b"\xfd7zXZ": ("packed by xz", "unpack it: `unxz {name}`"),
    b"\x28\xb5\x2f\xfd": ("packed by zstd", "unpack it: `unzstd {name}`"),
    b"\xff\xfe": ("text in UTF-16", "write it as UTF-8: `iconv -f UTF-16 -t UTF-8 {name} > new-{name}`"),
    b"\xfe\xff": ("text in UTF-16", "write it as UTF-8: `iconv -f UTF-16 -t UTF-8 {name} > new-{name}`"),
    b"\xd0\xcf\x11\xe0": ("an old Excel workbook", "save the sheet as CSV UTF-8"),
}
TAR_AT, TAR = 257, b"ustar"


@contextlib.contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The bytes of a file, unpacked. Raises ImportFault when they are no text."""
    with path.open("rb") as raw:
        packed = raw.read(2) == GZIP
        raw.seek(0)
        stream = io.BufferedReader(cast(io.RawIOBase, gzip.GzipFile(fileobj=raw))) if packed else raw
        try:
            _refuse_others(stream.peek(512), path)
            yield cast(BinaryIO, stream)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise ImportFault(f"{path}: the gzip file is cut or damaged: copy it again") from None


def _refuse_others(start: bytes, path: Path) -> None:
    if not start:
        raise ImportFault(f"{path} is empty")
    for magic, (what, way) in OTHERS.items():
        if start.startswith(magic):
            raise ImportFault(f"{path} is {what}: {way.format(name=path.name)}")
    if start[TAR_AT : TAR_AT + len(TAR)] == TAR:
        raise ImportFault(f"{path} is a tar archive, a backup: unpack it, and import the SQL file in it")
