"""Small plans with one outcome each, run on the offline switch and on a real FreeSWITCH: both must agree.

The number dialled is 100; a plan speaks through its hangup cause.
"""

from __future__ import annotations

from support.offline_release import plain

TO = "destination_number"
BUSY, REJECTED, UNANSWERED = "hangup USER_BUSY", "hangup CALL_REJECTED", "hangup NO_ANSWER"
RESULT = "hangup ${originate_disposition}"


def ext(body: str, name: str = "e", **attributes: str) -> str:
    extra = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f'<extension name="{name}"{extra}>{body}</extension>'


def cond(field: str, expression: str, *actions: str, inner: str = "", **attributes: str) -> str:
    extra = "".join(f' {key.rstrip("_").replace("_", "-")}="{value}"' for key, value in attributes.items())
    return f'<condition field="{field}" expression="{expression}"{extra}>{plain(*actions)}{inner}</condition>'


def rule(kind: str, *expressions: str) -> str:
    tests = "".join(f'<regex field="{TO}" expression="{one}"/>' for one in expressions)
    return ext(f'<condition regex="{kind}">{tests}{plain(BUSY)}</condition>')


def act(*actions: str) -> str:
    return ext(cond(TO, "^100$", *actions))


def bridge(*legs: str, joined: str = ",", shared: str = "originate_timeout=9") -> str:
    return act(
        "set continue_on_fail=true",
        "set away=error/17/",
        f"bridge {{ignore_early_media=true,{shared}}}{joined.join(legs)}",
        RESULT,
    )


def leg(who: str, *variables: str, before: str = "") -> str:
    return f"[{','.join((*variables, f'routing_target={who}'))}]{before}loopback/{who}/legs"


def away(who: str, *variables: str) -> str:
    """A leg that a variable makes an error of."""
    return leg(who, *variables, before="${away}")


OTHERWISE = ext(cond(TO, ".", REJECTED))
ANTI = plain(UNANSWERED, tag="anti-action")
LATE = ext(cond(TO, "^late$", BUSY))

#: The context of the scripted legs on the real switch, and the same legs as scripted phones.
LEGS = (
    ext(cond(TO, "^quiet$", "ring_ready", "sleep 30000"))
    + ext(cond(TO, "^busy$", BUSY))
    + ext(cond(TO, "^declines$", "ring_ready", "sleep 1000", REJECTED))
    + ext(cond(TO, "^takes$", "ring_ready", "sleep 1000", "answer", "sleep 2000", "hangup"))
)
PHONES = {"quiet": "no answer", "busy": "busy", "declines": "rejects after 1s", "takes": "answers after 1s, talks 2s"}

CASES = {
    "all with a capture that then fails": rule("all", "^(1)", "^2") + OTHERWISE,
    "all with a bracket that then fails": rule("all", "^(?:1)", "^2") + OTHERWISE,
    "all that fails": rule("all", "^1", "^2") + OTHERWISE,
    "all": rule("all", "^(1)", "0$") + OTHERWISE,
    "any": rule("any", "^2", "^1") + OTHERWISE,
    "any that fails": rule("any", "^2", "^3") + OTHERWISE,
    "xor of one": rule("xor", "^1", "1$") + OTHERWISE,
    "xor of two": rule("xor", "^1", "0$") + OTHERWISE,
    "year holds": ext(f'<condition year="2020-2090">{plain(BUSY)}{ANTI}</condition>'),
    "year does not": ext(f'<condition year="2090-2099">{plain(BUSY)}{ANTI}</condition>'),
    "year reversed": ext(f'<condition year="2090-2020">{plain(BUSY)}{ANTI}</condition>'),
    "year fails, field matches": ext(cond(TO, "^100$", BUSY, year="2090")) + OTHERWISE,
    "year holds, field does not": ext(cond(TO, "^200$", BUSY, year="2020-2090")) + OTHERWISE,
    "actions collected before a failure": ext(cond(TO, ".", BUSY) + cond(TO, "^2", UNANSWERED)) + OTHERWISE,
    "ten captures": ext(cond(TO, "^()()()()()()()()()()100$", BUSY)) + OTHERWISE,
    "nine captures": ext(cond(TO, "^()()()()()()()()()100$", BUSY)) + OTHERWISE,
    "nested that fails": ext(cond(TO, "^1", inner=cond(TO, "^2", BUSY))) + OTHERWISE,
    "nested": ext(cond(TO, "^1", inner=cond(TO, "^1", BUSY))) + OTHERWISE,
    "nested not required": ext(cond(TO, "^1", BUSY, inner=cond(TO, "^2"), require_nested="false")) + OTHERWISE,
    "break on true": ext(cond(TO, "^1", BUSY, break_="on-true") + cond(TO, ".", UNANSWERED)),
    "break never": ext(cond(TO, "^2", BUSY, break_="never") + cond(TO, ".", UNANSWERED)),
    "matched without actions": ext(cond(TO, "^1")) + OTHERWISE,
    "anti-action": ext(cond(TO, "^2", BUSY, inner=ANTI)) + OTHERWISE,
    "bad expression": ext(cond(TO, "[", BUSY)) + OTHERWISE,
    "class of characters": ext(cond(TO, "^[[:digit:]]+$", BUSY)) + OTHERWISE,
    "captures": ext(cond(TO, "^(1)(.)(.)$", "set a=$3$2$1$4", "transfer late")) + ext(cond("${a}", "^001$", BUSY)),
    "set expands twice": act("set b=\\${c}", "set c=USER_BUSY", "hangup ${b}"),
    "transfers are counted": ext(cond(TO, ".", "transfer again")),
    "unknown application": act("nonesuch"),
    "unknown cause": act("hangup WHAT_IS_IT"),
    "nothing more to do": act("set a=1"),
    "unknown subroutine": act("execute_extension nope", BUSY),
    "unknown file": act("transfer x XML:/nonexistent/x.xml y", BUSY),
    "refused socket": act("socket 127.0.0.1:1 async full", BUSY),
    "scheduled hangup": act("sched_hangup +2 USER_BUSY", "sleep 6000", UNANSWERED),
    "scheduled transfer": act("sched_transfer +2 late", "sleep 6000", UNANSWERED) + LATE,
    "cancelled": act("sched_transfer +2 late", "sched_cancel ${uuid}", "sleep 3000", UNANSWERED) + LATE,
    "limit": act("limit hash a b 0 !SWITCH_CONGESTION", BUSY),
    "rate": act("limit hash r s 1/60 !SWITCH_CONGESTION", "limit hash r s 1/60 !CALL_REJECTED", BUSY),
    "multiset": act("multiset ^^;a=USER_BUSY;b=1", "hangup ${a}"),
    "part of a variable": act("set a=xxUSER_BUSYyy", "set b=${a:2}", "hangup ${b:0:9}"),
    "variable of a variable": act("set a=b", "set b=USER_BUSY", "hangup ${${a}}"),
    "names have no case": act("set Aa=USER_BUSY", "hangup ${aA}"),
    "quoted words": act("transfer 'go on' XML", BUSY) + ext(cond(TO, "^go on$", UNANSWERED)),
    "bridge to busy": bridge(leg("busy")),
    "bridge ends without continue_on_fail": act("bridge error/CALL_REJECTED", UNANSWERED),
    "bridge to nothing": act("set continue_on_fail=true", "bridge {a=b}", RESULT),
    "bridge to an unknown kind": act("set continue_on_fail=true", "bridge nonsense/x", RESULT),
    "leg timeout": bridge(leg("quiet", "leg_timeout=2")),
    "in order": bridge(leg("quiet", "leg_timeout=2"), leg("declines", "leg_timeout=5"), joined="|"),
    "group timeout ends the order": bridge(
        leg("quiet", "leg_timeout=5"), leg("busy"), joined="|", shared="originate_timeout=2"
    ),
    "together the first leg gives the cause": bridge(leg("declines"), leg("quiet", "leg_timeout=3")),
    "a delayed leg starts at once when the others failed": bridge(
        leg("busy"), leg("declines", "leg_delay_start=6", "leg_timeout=5")
    ),
    "a delayed leg waits while another rings": bridge(
        leg("quiet", "leg_timeout=5"), leg("takes", "leg_delay_start=2", "leg_timeout=5")
    ),
    "set for all calls": act("set_global case_all=USER_BUSY", "hangup ${case_all}"),
    "a prefix that is not set": bridge(leg("declines", before="${never_set}")),
    "whoever is away is busy": bridge(away("takes")),
    "whoever is away loses his turn": bridge(away("takes"), leg("declines"), joined="|"),
    "whoever is away loses the last turn": bridge(leg("declines"), away("takes"), joined="|"),
    "whoever is away does not ring with the others": bridge(away("takes"), leg("declines")),
    "whoever is away is not waited for": bridge(away("takes"), leg("declines", "leg_delay_start=6", "leg_timeout=5")),
    "nobody confirms": bridge(leg("takes", "leg_timeout=2", "group_confirm_key=1")),
    "a talk ends the call": act("set hangup_after_bridge=true", f"bridge {leg('takes')}", BUSY),
    "after a talk": act(f"bridge {leg('takes')}", BUSY),
    "a watchdog tears a talk away": act("sched_transfer +2 late", f"bridge {leg('takes')}", UNANSWERED) + LATE,
}  # fmt: skip
