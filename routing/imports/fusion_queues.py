"""FusionPBX: queues."""

from __future__ import annotations

from typing import Any

from routing.imports.draft import DraftScheme, Steps, ended
from routing.imports.fusion import USER, FusionTargets, declared_by_number, played, split_action
from routing.imports.names import label
from routing.imports.rows import Row, Tables

_ORDERS = {
    "ring-all": "together", "longest-idle-agent": "longest_idle", "round-robin": "round_robin", "top-down": "in_order",
    "agent-with-least-talk-time": "least_talk", "agent-with-fewest-calls": "fewest_calls",
    "sequentially-by-agent-order": "in_order", "random": "random", "ring-progressively": "in_order",
}  # fmt: skip


def declare(tables: Tables, targets: FusionTargets) -> list[tuple[Row, DraftScheme]]:
    """A scheme for each queue."""
    return [(row, declared_by_number(row, "queue", targets)) for row in tables["v_call_center_queues"]]


def fill(declared: list[tuple[Row, DraftScheme]], tables: Tables, targets: FusionTargets) -> None:
    """The steps of each."""
    for row, scheme in declared:
        scheme.steps = ended(_queue(row, tables, targets))


def _queue(row: Row, tables: Tables, targets: FusionTargets) -> Steps:
    name, report = row.text("queue_name"), targets.draft.report
    agents = {each.text("call_center_agent_uuid"): each for each in tables["v_call_center_agents"]}
    tiers = tables.where("v_call_center_tiers", call_center_queue_uuid=row.text("call_center_queue_uuid"))
    for column in ("queue_extension", "queue_name"):  # 4.x names queues and agents
        tiers = tiers or tables.where("v_call_center_tiers", queue_name=row.text(column))
    by_name = {each.text("agent_name"): each for each in tables["v_call_center_agents"]}
    tiers.sort(key=lambda each: (each.whole("tier_level", 1), each.whole("tier_position", 1), each.line))
    people, wraps = [], []
    for tier in tiers:
        agent = agents.get(tier.text("call_center_agent_uuid")) or by_name.get(tier.text("agent_name"))
        found = _agent(agent or tier, name, targets)
        people += [found] if found and found not in people else []
        wraps.append(agent.whole("agent_wrap_up_time") if agent else 0)
    steps = played(row, "queue_greeting", targets)
    app, data = split_action(row.text("queue_timeout_action"))
    after = targets.steps(row, name, "queue_timeout_action", app, data) if app else []
    if not people:
        report.lost(row, name, "queue_name", "nobody works in the queue", "write whom it rings")
        return [*steps, *after]
    return [*steps, {"queue": _queue_settings(row, name, people, max(wraps), targets)}, *after]


def _queue_settings(row: Row, name: str, people: list[str], wrap_up: int, targets: FusionTargets) -> dict[str, Any]:
    report, strategy = targets.draft.report, row.text("queue_strategy")
    order = _ORDERS.get(strategy, "longest_idle")
    if strategy in ("ring-progressively", "sequentially-by-agent-order") or strategy not in _ORDERS:
        report.changed(
            row,
            name,
            "queue_strategy",
            f"the strategy `{strategy}` is `order: {order}`",
            "read `routing reference queue`",
        )
    settings: dict[str, Any] = {"to": people, "order": order}
    if longest := row.whole("queue_max_wait_time"):
        settings["at_most"] = f"{min(longest, 7200)}s"
    else:
        report.changed(
            row, name, "queue_max_wait_time", "callers waited without an end: ten minutes now", "write `at_most`"
        )
    if wrap_up:
        settings["wrap_up"] = f"{wrap_up}s"
    announced = played(row, "queue_announce_sound", targets)
    if announced:
        every = max(row.whole("queue_announce_frequency"), 15)
        settings["announce"] = {"texts": announced[0]["play"], "every": f"{every}s"}
    if shown := label(row.text("queue_cid_prefix")):
        settings["label"] = shown
    for column, what in (
        ("queue_cc_exit_keys", "keys that leave the queue: `leave`"),
        ("queue_announce_position", "the place in the queue: `announce`"),
    ):
        if row.text(column) not in ("", "false", "f"):
            report.lost(row, name, column, what, "write it, with `routing reference queue`")
    return settings


def _agent(row: Row, queue: str, targets: FusionTargets) -> str:
    contact = row.text("agent_contact")
    user = USER.search(contact)
    found = targets.rung(user[1]) if user else targets.rung(row.text("agent_id")) if row.text("agent_id") else ""
    if not found:
        what = "an agent whose contact is no extension"
        targets.draft.report.lost(
            row, f"{queue}, {row.text('agent_name')}", "agent_contact", what, "name the person in the queue"
        )
    return found.removesuffix(".desk")
