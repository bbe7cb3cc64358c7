"""Random schemes that are valid by construction, and random calls into them, for hypothesis.

Every list of steps that is not a scheme's own falls through, or ends in a step that ends the call; what holds lists
always leaves one way past them. So nothing here is refused, and every step can be reached.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

SCHEMES = ("alpha", "beta", "gamma")
NUMBER = "+38080033000{}"
LONGEST_LIST, DEEPEST = 3, 2

SHARED = {
    "project": {
        "project": {
            "name": "random", "timezone": "Europe/Kyiv", "country": "UA", "secrets": "env", "destinations": ["UA"],
            "tracking": {"origins": ["https://www.example.com"], "entities": {"region": {}}},
        }
    },
    "people": {
        "people": {
            "ivan": {
                "name": "Ivan", "extension": "101", "skills": {"language": ["uk"], "pumps": 2}, "crm": {"sales": 1},
                "phones": {"desk": {"sip": "1001"}, "mobile": {"number": "+380501110001", "confirm": "1"}},
                "ring": ["desk", {"mobile": "after 10s"}],
            },
            "olena": {
                "name": "Olena", "extension": "102", "skills": {"language": ["pl"], "pumps": 1}, "crm": {"sales": 2},
                "phones": {"desk": {"sip": "1002"}, "mobile": {"number": "+380501110002"}},
            },
            "petro": {
                "name": "Petro", "skills": {"language": ["uk", "pl"], "pumps": 3}, "phones": {"desk": {"sip": "1003"}}
            },
        },
        "groups": {"office": ["ivan", "petro"], "everybody": ["office", "olena.mobile"]},
    },
    "calendars": {
        "calendars": {
            "office": {"open": {"mon-fri": ["09:00-13:00", "14:00-18:00"], "sat": "22:00-06:00"}, "holidays": "PL"},
            "new_york": {"timezone": "America/New_York", "open": {"mon-sun": "08:00-20:00"}},
        }
    },
    "gateways": {
        "gateways": {"main": {"proxy": "sip.example.com", "register": False, "numbers": ["+380800330000"]}}
    },
    "crm": {
        "crm": {
            "sales": {
                "vendor": "http", "url": "https://crm.example.com",
                "lead": {"path": "/lead?phone={phone}", "rows": "rows", "owner": "owner", "phones": "phone"},
            }
        }
    },
    "pools": {"pools": {"site": {"scheme": "alpha", "numbers": ["+380800330009"], "overflow": "+380800330000"}}},
}  # fmt: skip

ORDERS = (
    "together", "in_order", "in_order_waiting", "random", "weighted", "round_robin", "fewest_calls", "longest_idle",
    "least_talk", "by_skill",
)  # fmt: skip
_TARGETS = st.lists(
    st.sampled_from(["ivan", "olena", "petro", "office", "everybody", "ivan.mobile", "olena.desk"]),
    min_size=1, max_size=3, unique=True,
)  # fmt: skip
_SECONDS = st.integers(1, 40).map("{}s".format)
_CAUSES = st.sampled_from(["USER_BUSY", "NO_ANSWER", "NORMAL_CLEARING", "CALL_REJECTED"])
_SOUNDS = st.sampled_from(["short.wav", "long.wav"])
_STATES = ("open", "closed", "holiday")


def _settings(**given: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=given)


@st.composite
def _ring(draw: st.DrawFn) -> dict[str, Any]:
    delays = st.none() | st.integers(1, 12)
    to = [name if (delay := draw(delays)) is None else {name: f"after {delay}s"} for name in draw(_TARGETS)]
    ring = {"to": to, "order": draw(st.sampled_from(ORDERS)), "for": draw(_SECONDS)}
    if ring["order"] == "by_skill":
        ring["skills"] = draw(
            st.sampled_from([{"language": "uk"}, {"pumps": 1}, {"language": "{{language}}", "pumps": 1}])
        )
    more = _settings(
        at_most=_SECONDS,
        only=st.just("free"),
        confirm=st.just("5"),
        whisper=_SOUNDS,
        music=_SOUNDS,
        label=st.just("Sales"),
    )
    ring |= draw(more)
    if any(isinstance(name, dict) for name in to):
        ring.pop("at_most", None)  # it may be over before the first of them rings: that is refused
    return {"ring": ring}


_WEBHOOK = st.builds(
    lambda more: {"webhook": {"url": "https://example.com/route", **more}},
    _settings(
        timeout=st.integers(1, 5).map("{}s".format), ring=_SECONDS, form=st.just("ringostat"), answer=st.just("to")
    ),
)
_PLAIN = st.one_of(
    _ring(),
    _SOUNDS.map(lambda sound: {"play": sound}),
    _WEBHOOK,
    _settings(timeout=st.just("1s"), ring=_SECONDS).map(lambda more: {"crm": {"system": "sales", **more}}),
    _settings(calls=st.sampled_from(["in", "out"]), ring=_SECONDS).map(lambda more: {"sticky": more}),
    st.just({"visitor": "site"}),
    st.lists(st.sampled_from(SCHEMES), min_size=1, max_size=2, unique=True).map(
        lambda schemes: {"open_branch": {"branches": [{name: "new_york"} for name in schemes], "nearest": True}}
    ),
)
_END = st.one_of(
    _CAUSES.map(lambda cause: {"hangup": {"cause": cause, "play": "short.wav"}}),
    _settings(at_most=_SECONDS, greeting=_SOUNDS).map(lambda more: {"voicemail": {"box": "office", **more}}),
    st.sampled_from(SCHEMES).map(lambda scheme: {"scheme": scheme}),
)
_WHEN = st.sampled_from(
    [
        {"caller": ["+38067", "+38050"]}, {"country": "UA"}, {"region": "Kyiv"}, {"zone": "Europe/Kyiv"},
        {"anonymous": True}, {"number": NUMBER.format(1)}, {"entity.region": ["521", "522"]},
        {"entity.region": {"pattern": "5*"}}, {"source.utm_source": "google"},
        {"any": [{"caller": "+48"}, {"anonymous": True}]}, {"anonymous": False, "caller": "+1"},
    ]
)  # fmt: skip


@st.composite
def _nested(draw: st.DrawFn, depth: int) -> list[dict[str, Any]]:
    """A list inside a step: falls through, or ends the call."""
    steps = draw(st.lists(_step(depth + 1), min_size=1, max_size=LONGEST_LIST - 1))
    return [*steps, draw(_END)] if draw(st.booleans()) else steps


@st.composite
def _menu(draw: st.DrawFn, depth: int) -> dict[str, Any]:
    keys = draw(st.lists(st.sampled_from("12*#0"), min_size=1, max_size=2, unique=True))
    more = _settings(extensions=st.just(True), wait=_SECONDS, tries=st.integers(1, 3), invalid=_SOUNDS)
    return {"menu": {"prompt": draw(_SOUNDS), "options": {key: draw(_nested(depth)) for key in keys}, **draw(more)}}


@st.composite
def _hours(draw: st.DrawFn, depth: int) -> dict[str, Any]:
    states = draw(st.lists(st.sampled_from(_STATES), min_size=1, max_size=2, unique=True))
    calendar = draw(st.sampled_from(["office", "new_york"]))
    return {"hours": {"calendar": calendar, **{state: draw(_nested(depth)) for state in states}}}


@st.composite
def _match(draw: st.DrawFn, depth: int) -> dict[str, Any]:
    cases = [{"when": when, "steps": draw(_nested(depth))} for when in draw(st.lists(_WHEN, min_size=1, max_size=2))]
    return {"match": {"cases": cases}}


def _step(depth: int) -> st.SearchStrategy[dict[str, Any]]:
    if depth >= DEEPEST:
        return _PLAIN
    return st.one_of(_PLAIN, st.deferred(lambda: st.one_of(_menu(depth), _hours(depth), _match(depth))))


@st.composite
def schemes(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    """Schemes by name. Each begins with a ring, so that schemes that only jump to each other are not refused."""
    made = {}
    for place, name in enumerate(SCHEMES):
        steps = [draw(_ring()), *draw(st.lists(_step(0), max_size=LONGEST_LIST)), draw(_END)]
        more = _settings(
            record=st.sampled_from(["both", "caller"]),
            music=_SOUNDS,
            otherwise=_CAUSES.map(lambda cause: [{"hangup": cause}]),
        )
        made[name] = {"scheme": name, "numbers": [NUMBER.format(place)], "steps": steps, **draw(more)}
    return made


_BEHAVIOURS = st.sampled_from(
    [
        "busy", "no answer", "rejects", "redirects", "unreachable", "answers after 3s",
        "answers after 12s, never confirms",
        "answers, never hangs up", "voicemail after 5s", "rejects after 5s",
    ]
)  # fmt: skip
PHONES = ("ivan.desk", "ivan.mobile", "olena.desk", "olena.mobile", "petro.desk")
#: What the engine may do beside deciding as it should.
ENGINES = ("decides", "decides", "decides", "absent", "silent", "closes", "nonsense")
WEBHOOKS = (
    '{"ring": "ivan"}', '{"ring": "+380671112233", "for": 120}', '{"ring": "olena.mobile", "for": "15s"}', "petro",
    '{"scheme": "alpha"}', '{"scheme": "gamma"}', '{"continue": true}', '{"hangup": "USER_BUSY"}', '{"to": "beta"}',
    "timeout", "refused", "garbage", "500", '{"ring": "+19005551234"}',
)  # fmt: skip
CRMS = ("nobody", "lead ivan, Romashka", "lead olena", "timeout", "refused", "500")
NONSENSE = (
    "1:ring:person:ivan",
    "2:scheme:beta",
    "1:end:NOT_A_CAUSE",
    "::",
    "1:order:ivan,petro",
    "1:wait",
    "1:together:ivan",
)


@st.composite
def calls(draw: st.DrawFn) -> dict[str, Any]:
    """Everything that a call may meet, in words."""
    minute = draw(st.integers(0, 400 * 24 * 60))
    return {
        "to": draw(st.sampled_from([NUMBER.format(place) for place in (0, 1, 2, 9)])),
        "from": draw(st.sampled_from(["+380671234567", "+380441234567", "+12125551234", "anonymous"])),
        "at": datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute),
        "phones": {name: draw(_BEHAVIOURS) for name in PHONES},
        "digits": draw(st.sampled_from(["", "1", "-2", "9", "101", "*", "0-", "1111111111", "102#"])),
        "engine": draw(st.sampled_from(ENGINES)),
        "webhook": draw(st.sampled_from(WEBHOOKS)),
        "crm": draw(st.sampled_from(CRMS)),
        "talk": draw(st.sampled_from(["", "ivan", "petro"])),
        "busy": draw(st.sampled_from(["", "ivan", "petro", "olena"])),
        "nonsense": draw(st.sampled_from(NONSENSE)),
    }
