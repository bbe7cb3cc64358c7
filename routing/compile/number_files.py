"""The files of a release that lead numbers to schemes, of changed numbers only."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from routing.compile.cache import Cache
from routing.compile.numbers import NumberRoute, numbers_xml, shard_of, shards
from routing.compile.scheme import SchemeRecord
from routing.compile.store import Store
from routing.compile.version import code_version


def number_files(
    records: Sequence[SchemeRecord], store: Store, cache: Cache, country: str | None, guarded: str
) -> dict[str, str]:
    """Number files: rendered for schemes whose numbers or first actions changed, otherwise from the cache.

    ``guarded``: the numbers of which floods are refused (`routing.compile.floods.guarded`).
    """
    version = f"{code_version()} {country} {guarded}"
    cached = cache.load(version)
    before, files = cached.get("schemes", {}), dict(cached.get("files", {}))
    now = {record.scheme: before.get(record.scheme) for record in records}
    changed = [record for record in records if (now[record.scheme] or ("",))[0] != record.numbers_key]
    for record in changed:
        now[record.scheme] = (record.numbers_key, sorted(shards(_lines(record))))
    moved = {record.scheme for record in changed} | (before.keys() - now.keys())
    stale = {shard for shard, name in files.items() if not store.has(name)}
    stale |= {shard for scheme in moved for known in (before, now) for shard in known.get(scheme, ("", ()))[1]}
    if not stale:
        return {f"numbers/{shard}.xml": name for shard, name in files.items()}
    extensions = {record.scheme: record.extension for record in records}
    keys = {record.scheme: record.numbers_key for record in records}
    lines = (line for record in records for line in _lines(record) if shard_of(line.number) in stale)
    files = {shard: name for shard, name in files.items() if shard not in stale}
    for shard, of_shard in shards(lines).items():
        facts = json.dumps([version, *((*line, keys[line.scheme]) for line in of_shard)])
        files[shard] = store.put_later(facts, partial(_number_file, of_shard, country, extensions, guarded))
    cache.save(version, {"schemes": now, "files": files})
    return {f"numbers/{shard}.xml": name for shard, name in files.items()}


def _number_file(
    lines: Sequence[NumberRoute], country: str | None, extensions: Mapping[str, str], guarded: str
) -> bytes:
    return numbers_xml(lines, country, extensions, guarded).encode()


def _lines(record: SchemeRecord) -> Iterator[NumberRoute]:
    return (NumberRoute(number, record.scheme, pays) for number, pays, _ in record.numbers)
