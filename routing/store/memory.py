"""Talks, loads, turns and do-not-disturb in Redis: `routing.model.memory.Memory`, and the methods that write it.

Each method is one operation: one round trip, keys of one slot, within the timeout. Writes are idempotent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from routing.model import messages
from routing.model.memory import Forgotten, Load, PeopleFacts, Talk
from routing.store import keys
from routing.store.client import RedisStore, StoreDown
from routing.store.connection import Command, Reply

#: KEYS[1] turns; TTL, 1 to skip the holder of the last turn, then names, each with its rank. Returns a name.
TAKE_TURN = b"""
local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
local name, rank, turn
for at = 3, #ARGV, 2 do
  if ARGV[2] ~= '1' or ARGV[at] ~= last[1] then
    local its = tonumber(ARGV[at + 1])
    local had = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[at]) or 0)
    if not name or its < rank or (its == rank and had < turn) then name, rank, turn = ARGV[at], its, had end
  end
end
name = name or ARGV[3]
redis.call('ZADD', KEYS[1], (tonumber(last[2]) or 0) + 1, name)
redis.call('EXPIRE', KEYS[1], ARGV[1])
return name
"""
#: KEYS[1] messages, KEYS[2] the message that the call plays; the oldest time kept, TTL of KEYS[2]. A name or "".
NEXT_MESSAGE = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
local heard = redis.call('GET', KEYS[2])
if heard then redis.call('ZREM', KEYS[1], heard) end
local name = redis.call('ZRANGE', KEYS[1], 0, 0)[1]
if not name then redis.call('DEL', KEYS[2]) return '' end
redis.call('SET', KEYS[2], name, 'EX', ARGV[2])
return name
"""
#: KEYS[1] mark of the call, KEYS[2] load; day, talk seconds, end, TTL of the mark, TTL of the load, oldest day kept.
COUNT = """
if not redis.call('SET', KEYS[1], '1', 'NX', 'EX', ARGV[4]) then return 0 end
redis.call('HINCRBY', KEYS[2], 'calls_' .. ARGV[1], 1)
redis.call('HINCRBY', KEYS[2], 'talk_s_' .. ARGV[1], ARGV[2])
if tonumber(redis.call('HGET', KEYS[2], 'last_end') or '0') < tonumber(ARGV[3]) then
  redis.call('HSET', KEYS[2], 'last_end', ARGV[3])
end
for _, field in ipairs(redis.call('HKEYS', KEYS[2])) do
  local day = string.match(field, '_(%d+)$')
  if day and day < ARGV[6] then redis.call('HDEL', KEYS[2], field) end
end
redis.call('EXPIRE', KEYS[2], ARGV[5])
return 1
"""


class RedisMemory:
    """See `routing.model.memory.Memory`. Every method raises Forgotten."""

    def __init__(self, store: RedisStore) -> None:
        self._store = store

    # read by decisions

    def talks(self, project: str, caller: str) -> Iterable[Talk]:
        """See Memory. Parsed lazily: mostly the first talk decides."""
        key = keys.talks(project, caller)
        (found,) = self._ask(key, ("ZREVRANGE", key, 0, keys.MOST_TALKS - 1))
        return _talks(found)

    def clients(self, project: str, person: str) -> Iterable[Talk]:
        """See Memory."""
        key = keys.clients(project, person)
        (found,) = self._ask(key, ("ZREVRANGE", key, 0, keys.MOST_TALKS - 1))
        return _talks(found)

    def facts(self, project: str, people: Sequence[str], day: str, place: tuple[str, str]) -> PeopleFacts:
        """See Memory."""
        turn = keys.turns(project, *place)
        commands: list[Command] = [("ZRANGE", turn, 0, -1, "WITHSCORES"), ("HGETALL", keys.dnd(project))]
        fields = (f"calls_{day}", f"talk_s_{day}", "last_end")
        commands += [("HMGET", keys.load(project, person), *fields) for person in people]
        turns, away, *loads = self._ask(turn, *commands)
        return PeopleFacts(
            loads={person: _load(found) for person, found in zip(people, loads, strict=True)},
            turns=_numbers(turns),
            away=frozenset(_pairs(away)),
        )

    def is_away(self, project: str, person: str) -> bool:
        """See Memory."""
        (found,) = self._ask(keys.dnd(project), ("HEXISTS", keys.dnd(project), person))
        return bool(found)

    def next_message(self, project: str, person: str, call: str, now_s: float) -> str:
        """See Memory."""
        key, given = keys.messages(project, person), keys.given(project, call)
        oldest = round(now_s - messages.WAITS_SECONDS)
        (found,) = self._ask(key, ("EVAL", NEXT_MESSAGE, 2, key, given, oldest, keys.GIVEN_SECONDS))
        return str(found, "utf-8", "replace")

    def take_turn(self, project: str, place: tuple[str, str], ranked: Sequence[tuple[str, int]], spread: bool) -> str:
        """See Memory."""
        key = keys.turns(project, *place)
        arguments = (word for pair in ranked for word in pair)
        (name,) = self._ask(key, ("EVAL", TAKE_TURN, 1, key, keys.TURN_SECONDS, int(spread), *arguments))
        return str(name, "utf-8")

    # written by the journal and by people

    def remember(self, project: str, caller: str, talk: Talk) -> None:
        """Add a talk to the last ones of an outside number, and to those of its person."""
        self._add(keys.talks(project, caller), talk, keys.TALK_SECONDS)
        self._add(keys.clients(project, talk.person), replace(talk, client=caller), keys.CLIENTS_SECONDS)

    def _add(self, key: str, talk: Talk, seconds: int) -> None:
        commands: list[Command] = [("ZADD", key, talk.at, talk.text()), ("EXPIRE", key, seconds)]
        self._ask(key, *commands, ("ZREMRANGEBYRANK", key, 0, -keys.MOST_TALKS - 1))

    def forget_client(self, project: str, person: str, client: str) -> None:
        """Remove an outside number from the last talks of a person. Raises StoreDown."""
        key = keys.clients(project, person)
        (found,) = self._store.ask(key, ("ZRANGE", key, 0, -1))
        for text in found:
            if any(talk.client == client for talk in _talks([text])):
                self._store.ask(key, ("ZREM", key, text))

    def count(self, project: str, person: str, call_id: str, day: str, talk_s: float, end: float, oldest: str) -> bool:
        """Add a call to a person's load of a day, delete days before ``oldest``. False when it was counted before."""
        load, mark = keys.load(project, person), keys.counted(project, call_id)
        arguments = (day, round(talk_s), round(end), keys.COUNTED_SECONDS, keys.LOAD_SECONDS, oldest)
        (counted,) = self._ask(load, ("EVAL", COUNT, 2, mark, load, *arguments))
        return bool(counted)

    def disturb(self, project: str, person: str, may_disturb: bool, now_s: float = 0.0) -> None:
        """Turn do-not-disturb of a person off (``may_disturb``) or on."""
        key = keys.dnd(project)
        self._ask(key, ("HDEL", key, person) if may_disturb else ("HSET", key, person, round(now_s)))

    def leave(self, project: str, person: str, name: str, at_s: float) -> None:
        """Add a voicemail to those that wait for a person."""
        key = keys.messages(project, person)
        self._ask(
            key,
            ("ZADD", key, round(at_s), name),
            ("ZREMRANGEBYRANK", key, 0, -messages.MOST - 1),
            ("EXPIRE", key, messages.WAITS_SECONDS),
        )

    def waiting(self, project: str, people: Sequence[str], now_s: float) -> Mapping[str, int]:
        """How many voicemails wait for each of these people."""
        names = {person: keys.messages(project, person) for person in people}
        since = round(now_s - messages.WAITS_SECONDS) + 1
        commands: list[Command] = [("ZCOUNT", key, since, "+inf") for key in names.values()]
        counts = self._ask(keys.messages(project, ""), *commands) if commands else []
        return dict(zip(names, map(int, counts), strict=True))

    def away(self, project: str) -> Mapping[str, float]:
        """The people on do-not-disturb, and since when."""
        (found,) = self._ask(keys.dnd(project), ("HGETALL", keys.dnd(project)))
        return {person: float(since) for person, since in _pairs(found).items()}

    def _ask(self, key: str, *commands: Command) -> list[Reply]:
        try:
            return self._store.ask(key, *commands)
        except StoreDown as problem:
            raise Forgotten(str(problem)) from None


def _talks(found: Iterable[bytes]) -> Iterable[Talk]:
    for text in found:
        try:
            yield Talk.of(text)
        except (ValueError, TypeError, KeyError):
            continue


def _load(found: Sequence[bytes | None]) -> Load:
    calls, talk_s, last_end = (float(value or 0) for value in found)
    return Load(int(calls), talk_s, last_end)


def _pairs(flat: Sequence[bytes]) -> dict[str, str]:
    """Alternating names and values, as Redis lists a hash or a sorted set with scores."""
    texts = [text.decode() for text in flat]
    return dict(zip(texts[::2], texts[1::2], strict=True))


def _numbers(flat: Sequence[bytes]) -> dict[str, int]:
    return {name: int(float(score)) for name, score in _pairs(flat).items()}
