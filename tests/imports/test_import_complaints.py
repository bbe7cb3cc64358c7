"""What people who move have complained of in public: it is carried over, or the report names it."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import pytest

from routing.imports.draft import ImportDraft
from routing.imports.freepbx import read_freepbx
from routing.imports.fusionpbx import read_fusionpbx
from routing.imports.options import ImportOptions
from routing.imports.report import CHANGED, LOST

OPTIONS = ImportOptions("UA", date(2026, 11, 23), timezone="Europe/Kyiv")
Rows = list[dict[str, str]]


def dump(tables: dict[str, Rows], quote: str) -> io.BytesIO:
    lines = []
    for table, rows in tables.items():
        for row in rows:
            values = ", ".join("'" + value.replace("'", "''") + "'" for value in row.values())
            columns = ", ".join(f"{quote}{name}{quote}" for name in row)
            lines.append(f"INSERT INTO {table} ({columns}) VALUES ({values});")
    return io.BytesIO("\n".join([*lines, "-- Dump completed\n"]).encode())


def fusion(**tables: Rows) -> ImportDraft:
    extensions = [{"extension": number, "effective_caller_id_name": name} for number, name in PEOPLE]
    return read_fusionpbx(dump({"v_extensions": extensions} | tables, ""), OPTIONS)


def freepbx(**tables: Rows) -> ImportDraft:
    users = [{"extension": number, "name": name} for number, name in PEOPLE]
    devices = [{"id": number, "user": number, "tech": "pjsip"} for number, _ in PEOPLE]
    return read_freepbx(dump({"users": users, "devices": devices} | tables, "`"), OPTIONS)


PEOPLE = (("101", "Ivan"), ("102", "Olena"))


def group(strategy: str = "ringall", grplist: str = "101-102", **more: str) -> Rows:
    return [{"grpnum": "5", "description": "Sales", "strategy": strategy, "grplist": grplist, "grptime": "20"} | more]


def step(draft: ImportDraft, scheme: str, kind: str = "ring") -> Any:
    return next(each[kind] for each in draft.schemes[scheme].steps if kind in each)


def said(draft: ImportDraft, kind: str) -> str:
    return " ".join(f"{finding.column}: {finding.what}" for finding in draft.report.found if finding.kind == kind)


def condition(*details: tuple[str, str, str]) -> dict[str, Rows]:
    """A time condition 700: (group, type, data) in the order of the table, which may be any."""
    rows = [
        {"dialplan_uuid": "d", "dialplan_detail_tag": "action" if kind in ("transfer", "set") else "condition",
         "dialplan_detail_type": kind, "dialplan_detail_data": data, "dialplan_detail_group": where,
         "dialplan_detail_order": "90" if kind == "transfer" else "20"}
        for where, kind, data in details
    ]  # fmt: skip
    plan = {"app_uuid": "4b821450-926b-175a-af93-a03c441818b1", "dialplan_uuid": "d", "dialplan_name": "Hours"}
    return {"v_dialplans": [plan | {"dialplan_number": "700"}], "v_dialplan_details": rows}


def test_a_minute_early() -> None:
    """fusionpbx/fusionpbx#6784: `minute-of-day` counts from 1, and FusionPBX 4 wrote one less."""
    for data in ("541-1080", "540-1080"):
        draft = fusion(**condition(("500", "minute-of-day", data), ("500", "transfer", "101 XML x")))
        assert draft.calendars["hours"].fields["open"] == {"mon-sun": "09:00-18:00"}


def test_groups_of_conditions_in_any_order_of_the_table() -> None:
    """fusionpbx/fusionpbx#5691, #1796: holidays before the week, by the number of the group."""
    week = [("500", "wday", "2-6"), ("500", "transfer", "101 XML x")]
    holiday = [("400", "mday", "25"), ("400", "mon", "12"), ("400", "transfer", "102 XML x")]
    steps = fusion(**condition(*week, *holiday)).schemes["hours"].steps
    assert [each["hours"]["open"][0]["ring"]["to"] for each in steps[:2]] == ["olena", "ivan"]


def test_days_written_backwards_and_as_expressions() -> None:
    """fusionpbx/fusionpbx#2868, #2552: `7-1` for the weekend, `^(1|3|5)$` for every other day."""
    for data, days in (("7-1", {"sat-sun"}), ("^(1|3|5)$", {"tue", "thu", "sun"})):
        draft = fusion(**condition(("500", "wday", data), ("500", "transfer", "101 XML x")))
        assert set(draft.calendars["hours"].fields["open"]) == days


def test_summer_time() -> None:
    """fusionpbx/fusionpbx#1055: a condition has a time zone of its own, with that zone's summer time."""
    details = [("0", "set", "timezone=America/New_York"), ("500", "hour", "9-16"), ("500", "transfer", "101 XML x")]
    calendar = fusion(**condition(*details)).calendars["hours"]
    assert (calendar.timezone, calendar.fields) == ("America/New_York", {"open": {"mon-sun": "09:00-17:00"}})


def test_a_condition_without_times_or_by_a_calendar() -> None:
    """FreePBX/issue-tracker#534, #314: it always goes to the other destination; the report says so."""
    base = {"timeconditions_id": "1", "displayname": "Hours", "truegoto": "from-did-direct,101,1"}
    for more, column in (({"time": ""}, "time"), ({"mode": "calendar-group", "calendar_id": "7"}, "calendar_id")):
        draft = freepbx(timeconditions=[base | {"falsegoto": "from-did-direct,102,1"} | more])
        assert draft.schemes["hours"].steps[1]["ring"]["to"] == "olena"
        assert f"{column}: " in said(draft, LOST)
        assert not any(rule.matches(datetime(2026, 11, 24, 11)) for rule in draft.calendars["hours"].rules)


FOLLOW = [{"grpnum": "101", "strategy": "ringallv2", "grplist": "101-0501110101#", "pre_ring": "7", "grptime": "20"}]


@pytest.mark.parametrize(("member", "rung"), [("101", "ivan.desk"), ("101#", "ivan")])
def test_follow_me_inside_a_ring_group(member: str, rung: str) -> None:
    """FreePBX/issue-tracker#668: only `101#` rings the follow-me too. The group's prefix is shown on all phones."""
    draft = freepbx(findmefollow=FOLLOW, ringgroups=group(grplist=member, grppre="Sales: "))
    assert step(draft, "sales") == {"to": [rung], "for": "20s", "label": "Sales:"}
    assert draft.people["ivan"].ring == [{"desk": {"for": "27s"}}, {"mobile": {"after": "7s", "for": "20s"}}]


def test_a_group_with_signs_without_a_number() -> None:
    """A list such as `#-101-` rings 101 alone, and nobody who has no extension."""
    draft = freepbx(ringgroups=[*group(grplist="0501110103#"), *group(grplist="#-101-", grpnum="6", description="B")])
    assert step(draft, "b")["to"] == ["ivan"]


def test_an_extension_that_is_an_emergency_number() -> None:
    """Phones must be able to dial 112: the person needs another extension, and the project compiles without them."""
    draft = freepbx(users=[{"extension": "112", "name": "Guard"}, {"extension": "101", "name": "Ivan"}])
    assert list(draft.people) == ["ivan"]
    assert "extension: an emergency number" in said(draft, LOST)


def test_an_initial_ring_time_of_zero() -> None:
    """FreePBX/issue-tracker#1043: only the outside number rings, not the desk for two seconds."""
    plan = FOLLOW[0] | {"grplist": "0501110101#", "pre_ring": "0"}
    assert freepbx(findmefollow=[plan]).people["ivan"].ring == [{"mobile": {"for": "20s"}}]


def test_the_primary_phone_of_a_group() -> None:
    """FreePBX/issue-tracker#285: with `-prim` nobody rings when the first phone cannot; here the others do."""
    draft = freepbx(ringgroups=group("ringallv2-prim"), users=[{"extension": "101", "name": "Ivan"}])
    assert "the others ring also when the first phone is busy" in said(draft, CHANGED)


def test_a_group_with_a_short_number_that_hunts() -> None:
    """FreePBX/issue-tracker#918: group 5 with `hunt` had declined every call."""
    assert step(freepbx(ringgroups=group("hunt")), "sales")["order"] == "in_order"


def test_skipping_busy_phones() -> None:
    """fusionpbx/fusionpbx#2002, #822: "skip busy agent" is `only: free`, whatever the phone's call waiting does."""
    assert step(freepbx(ringgroups=group("hunt", cwignore="CHECKED")), "sales")["only"] == "free"
    rollover = {"ring_group_uuid": "g", "ring_group_name": "Sales", "ring_group_extension": "600"}
    member = {"ring_group_uuid": "g", "destination_number": "101"}
    draft = fusion(v_ring_groups=[rollover | {"ring_group_strategy": "rollover"}], v_ring_group_destinations=[member])
    assert "`rollover` passed busy members by" in said(draft, CHANGED)


def test_numbers_of_groups_and_queues_that_colleagues_dial() -> None:
    """They lead nowhere here: the report says which."""
    queues = [{"extension": "700", "descr": "Support"}]
    (note,) = [each for each in freepbx(ringgroups=group(), queues_config=queues).report.notes if "colleagues" in each]
    assert note.startswith("colleagues cannot dial 5, 700 any more: ")


def test_the_key_of_follow_me_inside_a_group_and_several_outside_numbers() -> None:
    """fusionpbx/fusionpbx#1165, #1232: the key is the phone's own, and each outside number is rung."""
    groups = [{"ring_group_uuid": "g", "ring_group_name": "Sales", "ring_group_extension": "600",
               "ring_group_follow_me_enabled": "true"}]  # fmt: skip
    members = [{"ring_group_uuid": "g", "destination_number": each} for each in ("101", "0501110103", "0501110104")]
    follow = [{"follow_me_uuid": "f", "follow_me_destination": "0501110101", "follow_me_prompt": "1"}]
    extensions = [
        {"extension": "101", "effective_caller_id_name": "Ivan", "follow_me_uuid": "f", "follow_me_enabled": "true"}
    ]
    draft = fusion(
        v_extensions=extensions,
        v_follow_me_destinations=follow,
        v_ring_groups=groups,
        v_ring_group_destinations=members,
    )
    assert step(draft, "sales")["to"] == ["ivan", "outside_380501110103", "outside_380501110104"]
    assert draft.people["ivan"].phones["mobile"] == {"number": "+380501110101", "confirm": "1"}


def test_forwarding_without_registration() -> None:
    """fusionpbx/fusionpbx#2164: it did not work in groups; it is reported, not forgotten."""
    extension = {"extension": "101", "forward_user_not_registered_destination": "0501110101"}
    draft = fusion(v_extensions=[extension | {"forward_user_not_registered_enabled": "true"}])
    assert "forwarding without registration" in said(draft, LOST)


def test_menus_to_outside_numbers_and_prefixes_by_option() -> None:
    """nemerald-voip/fspbx#572, fusionpbx/fusionpbx#2717: an option calls outside; a prefix of a menu is reported."""
    menu = {"ivr_menu_uuid": "m", "ivr_menu_name": "Main", "ivr_menu_extension": "500", "ivr_menu_cid_prefix": "IVR"}
    option = {"ivr_menu_uuid": "m", "ivr_menu_option_digits": "1", "ivr_menu_option_action": "menu-exec-app"}
    draft = fusion(
        v_ivr_menus=[menu], v_ivr_menu_options=[option | {"ivr_menu_option_param": "transfer 0441234500 XML x"}]
    )
    assert step(draft, "main", "menu")["options"]["1"][0]["ring"]["to"] == "outside_380441234500"
    assert "ivr_menu_cid_prefix: a prefix" in said(draft, LOST)


@pytest.mark.parametrize(
    ("number", "prefix"),
    [("0441234567", ""), ("441234567", "380"), ("+380441234567", ""), ("380441234567", ""), ("00380441234567", ""),
     ("^\\+?(380441234567)$", ""), ("441234567", "+380")],
)  # fmt: skip
def test_numbers_in_any_form(number: str, prefix: str) -> None:
    """fusionpbx/fusionpbx#7205, #975, #5616: one number, however it is written."""
    destination = {"destination_number": number, "destination_prefix": prefix, "destination_app": "transfer"}
    draft = fusion(v_destinations=[destination | {"destination_data": "101 XML x", "destination_type": "inbound"}])
    assert [scheme.numbers for scheme in draft.schemes.values()] == [["+380441234567"]]


def test_inbound_routes_by_hand() -> None:
    """fusionpbx/fusionpbx#5801: routes that no destination has made; those with captured groups are reported."""
    plans, details = [], []
    for at, (pattern, data) in enumerate((("^\\+?(380441234567)$", "101 XML x"), ("^(\\d+)$", "$1 XML x"))):
        plans.append(
            {
                "app_uuid": "c03b422e-13a8-bd1b-e42b-b6b9b4d27ce4",
                "dialplan_uuid": f"{at}",
                "dialplan_name": f"Route {at}",
            }
        )
        for kind, text in (("destination_number", pattern), ("transfer", data)):
            details.append({"dialplan_uuid": f"{at}", "dialplan_detail_type": kind, "dialplan_detail_data": text})
    draft = fusion(v_dialplans=plans, v_dialplan_details=details)
    assert draft.schemes["route_0"].numbers == ["+380441234567"]
    assert "an inbound route whose number" in said(draft, LOST)


def test_a_dump_without_comments() -> None:
    """FreePBX/issue-tracker#503: FreePBX's own backup writes its dump by `--compact`, without a closing line."""
    rows = dump({"users": [{"extension": "101", "name": "Іван"}]}, "`").getvalue().replace(b"-- Dump completed\n", b"")
    draft = read_freepbx(io.BytesIO(rows), OPTIONS)
    assert draft.people["ivan"].name == "Іван"
    assert draft.report.notes == ["the dump has no closing line, `dump complete`: make sure that it is whole"]
