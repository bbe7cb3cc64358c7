"""A hand-made release after the contract, and one way to call into it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from routing.offline.events import Event
from routing.offline.files import MemoryFiles
from routing.offline.phones import ScriptedCaller, ScriptedPhones
from routing.offline.switch import OfflineCall, run

RELEASE = "/r/releases/abc"
KYIV = ZoneInfo("Europe/Kyiv")
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=KYIV)
NUMBER, CALLER = "380800330521", "+380671234567"


def document(context: str, body: str) -> str:
    return (
        '<document type="freeswitch/xml"><section name="dialplan">'
        f'<context name="{context}">{body}</context></section></document>'
    )


def extension(name: str, *actions: str, also: str = "") -> str:
    """An extension by exact name; an action is ``application data``."""
    return (
        f'<extension name="{name}"><condition field="destination_number" expression="^{name.replace(".", "[.]")}$">'
        f"{also}{plain(*actions)}</condition></extension>"
    )


def plain(*actions: str, tag: str = "action") -> str:
    out = ""
    for action in actions:
        application, _, data = action.partition(" ")
        data = data.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
        out += f'<{tag} application="{application}" data="{data}"/>'
    return out


DIALPLAN = document(
    "routing_inbound",
    '<extension name="caller" continue="true"><condition field="caller_id_number" expression="^(\\+\\d{7,15})$">'
    '<action application="set" data="routing_caller=$1"/>'
    '<anti-action application="set" data="routing_caller=anonymous"/></condition></extension>'
    '<extension name="in"><condition field="destination_number" expression="^\\+?(\\d+)$">'
    '<action application="transfer" data="$1 XML:/r/current/entry.xml entry"/></condition></extension>',
)
ENTRY = document(
    "entry",
    '<extension name="shard"><condition field="destination_number" expression="^(\\d*(\\d{4}))$">'
    f'<action application="set" data="routing_release={RELEASE}"/>'
    '<action application="transfer" data="$1 XML:${routing_release}/numbers/$2.xml numbers"/></condition></extension>',
)
NUMBERS = document(
    "numbers",
    extension(
        NUMBER,
        f"set routing_number=+{NUMBER}",
        "set continue_on_fail=true",
        "set hangup_after_bridge=true",
        "transfer start XML:${routing_release}/schemes/kharkiv.xml kharkiv",
    ),
)
FRAME = (
    "set routing_step=3",
    "set routing_decision=",
    "set socket_resume=true",
    "sched_transfer +4 3.fallback XML:${routing_release}/schemes/kharkiv.xml kharkiv",
    "ring_ready",
    "socket 127.0.0.1:8084 async full",
    "sched_cancel ${uuid}",
    "transfer 3.decided XML:${routing_release}/schemes/kharkiv.xml kharkiv",
)
DECIDED = (
    '<extension name="3.decided"><condition field="destination_number" expression="^3[.]decided$" break="on-false"/>'
    '<condition field="${routing_decision}" expression="^3:ring:person:([a-z][a-z0-9_]*)$" break="on-true">'
    '<action application="execute_extension" data="$1 XML:${routing_release}/people/$1.xml person"/>'
    '<action application="transfer" data="3.fallback"/></condition>'
    '<condition field="${routing_decision}" expression="^3:scheme:([a-z][a-z0-9_]*)$" break="on-true">'
    '<action application="transfer" data="start XML:${routing_release}/schemes/$1.xml $1"/></condition>'
    '<condition field="destination_number" expression="."><action application="transfer" data="3.fallback"/>'
    "</condition></extension>"
)
DESK = "[leg_timeout=20,routing_target=ivan.desk]sofia/internal/1001%${domain}"
MOBILE = "[leg_timeout=20,group_confirm_key=1,routing_target=ivan.mobile]sofia/gateway/main/+380501112233"
IVAN = document("person", extension("ivan", "bridge {ignore_early_media=true}" + DESK + "," + MOBILE))


class Telephone:
    """A release in memory with one scheme, and calls into it."""

    def __init__(self, *start: str, extensions: str = "", files: dict[str, str] | None = None) -> None:
        scheme = extension("start", "set routing_scheme=kharkiv", *start) + extensions
        self.texts = {
            "/r/current/entry.xml": ENTRY,
            f"{RELEASE}/numbers/0521.xml": NUMBERS,
            f"{RELEASE}/schemes/kharkiv.xml": document("kharkiv", scheme),
            f"{RELEASE}/people/ivan.xml": IVAN,
            **(files or {}),
        }

    def call(
        self,
        phones: dict[str, str] | None = None,
        caller: ScriptedCaller | None = None,
        at: datetime = MONDAY,
        to: str = NUMBER,
        number: str = CALLER,
        **ports: object,
    ) -> list[Event]:
        ports.setdefault("globals_", {"domain": "phones.example"})
        words = {word: str(ports.pop(word)) for word in ("name", "uuid") if word in ports}
        call = OfflineCall(to, number, at, **words)
        return run(call, MemoryFiles(self.texts), DIALPLAN, ScriptedPhones.of(phones or {}), caller, **ports)  # type: ignore[arg-type]


def told(events: list[Event], *kinds: str) -> list[tuple[float, str, str]]:
    """Events of some kinds as (second, kind, subject)."""
    return [(event.at_ms / 1000, event.kind, event.subject) for event in events if event.kind in kinds]
