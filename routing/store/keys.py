"""Every key in Redis: its name, its content, its TTL.

====================================================  ======  ===============================================  =========
key                                                   type    content                                          TTL
====================================================  ======  ===============================================  =========
``routing:{<project>:talk:<caller>}``                 zset    last talks as JSON, by their end (epoch s)        400 days
``routing:{<project>:people}:clients:<person>``       zset    their last talks as JSON, by their end (epoch s)  30 days
``routing:{<project>:people}:load:<person>``          hash    ``calls_<day>``, ``talk_s_<day>``, ``last_end``  40 days
``routing:{<project>:people}:counted:<call id>``      string  the call is in its person's load                 3 days
``routing:{<project>:people}:turn:<scheme>:<step>``   zset    people by the number of their last turn          40 days
``routing:{<project>:people}:dnd``                    hash    person: since when (epoch s)                     none
``routing:{<project>:people}:duty``                   hash    pauses, sign-ins (see duties.py)                 none
``routing:{<project>:people}:work``                   hash    person: pauses, wrap-up, misses, talk as JSON    7 days
``routing:{<project>:people}:talk_times:<queue>``     list    lengths of the last talks (ms)                   40 days
``routing:{<project>:lost:<number>}:<queue>``         string  a call that hung up in a queue, as JSON          resume
``routing:{<project>:people}:messages:<person>``      zset    ``<box>/<call>`` of voicemails, by their end     30 days
``routing:{<project>:pool:<pool>}:until``             zset    numbers by their lease's end (epoch s)           its keep
``routing:{<project>:pool:<pool>}:lent``              hash    visitors and their facts (see leases.py)         its keep
``routing:{<project>:networks}:of:<account>``         zset    its networks, by the last time (epoch s)         180 days
``routing:{<project>:networks}:told:<account>``       string  how many notices were queued today               1 day
``routing:{<project>:networks}:untold``               hash    notices as JSON, until they are sent             7 days
``routing:{<project>:networks}:sending``              string  a worker is sending them                         15 min
``routing:{<project>:nodes}``                         hash    node/worker: who is busy, waits (node_leases.py) 5 s
``routing:{<project>:calling}``                       hash    node: when, and who calls there (see calling.py)  15 s
``routing:{<project>:misses:<who>}``                   string  questions of a caller that found nothing         its own
``routing:{<project>:rated:<caller>}``                string  when the caller was asked for a rating (epoch s)  its own
``routing:{<project>:floods}:spent:<day>``             hash    number: answered seconds of strangers            2 days
``routing:{<project>:pops}``                          stream  screen pops as JSON                              2 min
====================================================  ======  ===============================================  =========

The braces are Redis Cluster's hash tag: all keys of one operation share a slot, so an operation is one round trip to
one node. Talks are spread over the cluster by caller. A project's people share a slot, because a decision reads all of
them at once. Days are ``YYYYMMDD`` in the project's time zone.
"""

from __future__ import annotations

from routing.model.memory import LONGEST_CLIENT_SECONDS

DAY_SECONDS = 86_400
TALK_SECONDS = 400 * DAY_SECONDS
CLIENTS_SECONDS = LONGEST_CLIENT_SECONDS
LOAD_SECONDS = 40 * DAY_SECONDS
COUNTED_SECONDS = 3 * DAY_SECONDS
TURN_SECONDS = 40 * DAY_SECONDS
WORK_SECONDS = 7 * DAY_SECONDS
#: Longer than anybody listens to one voicemail.
GIVEN_SECONDS = 3600
POPS_SECONDS = 120
NETWORKS_SECONDS = 180 * DAY_SECONDS
NOTICES_SECONDS = 7 * DAY_SECONDS
SENDING_SECONDS = 900
SPENT_SECONDS = 2 * DAY_SECONDS
#: Talks kept for one caller: enough to find the last one that was long enough.
MOST_TALKS = 20


def talks(project: str, caller: str) -> str:
    """The last talks with a caller (``+`` and E.164 digits)."""
    return f"routing:{{{project}:talk:{caller}}}"


def clients(project: str, person: str) -> str:
    """The last talks of a person with outside numbers."""
    return f"routing:{{{project}:people}}:clients:{person}"


def flood_spent(project: str, day: str) -> str:
    """The answered seconds of the day at numbers whose floods are watched."""
    return f"routing:{{{project}:floods}}:spent:{day}"


def load(project: str, person: str) -> str:
    """A person's load: calls and talk time."""
    return f"routing:{{{project}:people}}:load:{person}"


def counted(project: str, call_id: str) -> str:
    """The mark of a call that is counted in its person's load."""
    return f"routing:{{{project}:people}}:counted:{call_id}"


def turns(project: str, scheme: str, step: str) -> str:
    """The last turns of people in a step."""
    return f"routing:{{{project}:people}}:turn:{scheme}:{step}"


def dnd(project: str) -> str:
    """The people on do-not-disturb."""
    return f"routing:{{{project}:people}}:dnd"


def duty(project: str) -> str:
    """Who pauses, and who is signed in to which queue or out of it."""
    return f"routing:{{{project}:people}}:duty"


def work(project: str) -> str:
    """What followed from people's offers and talks in queues."""
    return f"routing:{{{project}:people}}:work"


def talk_times(project: str, queue: str) -> str:
    """The lengths of a queue's last talks."""
    return f"routing:{{{project}:people}}:talk_times:{queue}"


def lost_call(project: str, queue: str, number: str) -> str:
    """The call of a number (``+`` and E.164 digits) that hung up while it waited."""
    return f"routing:{{{project}:lost:{number}}}:{queue}"


def misses(project: str, who: str) -> str:
    """How often somebody (``<scheme>:<step>:<caller>``) has looked up in vain."""
    return f"routing:{{{project}:misses:{who}}}"


def rating_request(project: str, caller: str) -> str:
    """When a caller (``+`` and E.164 digits) was last asked for a rating."""
    return f"routing:{{{project}:rated:{caller}}}"


def messages(project: str, person: str) -> str:
    """The voicemails that wait for a person."""
    return f"routing:{{{project}:people}}:messages:{person}"


def given(project: str, call: str) -> str:
    """The voicemail that a call is playing."""
    return f"routing:{{{project}:people}}:given:{call}"


def pool(project: str, name: str) -> tuple[str, str]:
    """The leases of a pool's numbers, and their visitors."""
    return f"routing:{{{project}:pool:{name}}}:until", f"routing:{{{project}:pool:{name}}}:lent"


def networks(project: str, account: str) -> tuple[str, str, str, str]:
    """An account's networks, its count of notices today, the unsent notices, and the mark of who sends them."""
    family = f"routing:{{{project}:networks}}"
    return f"{family}:of:{account}", f"{family}:told:{account}", f"{family}:untold", f"{family}:sending"


def pops(project: str) -> str:
    """The project's screen pops."""
    return f"routing:{{{project}:pops}}"


def calling(project: str) -> str:
    """Who calls on which node."""
    return f"routing:{{{project}:calling}}"


def node_leases(project: str) -> str:
    """What nodes tell each other."""
    return f"routing:{{{project}:nodes}}"
