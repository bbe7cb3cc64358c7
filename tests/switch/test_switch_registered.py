"""Gateways that really register: the carrier calls what was registered and names the number elsewhere."""

import time

import pytest

from support.switchbed import ports
from support.switchbed.carrier import HOST, Carrier
from support.switchbed.lab import Lab, until

OURS, OTHER, NOBODYS = "+380800330950", "+380800330951", "+380800339998"
#: Hangup causes of the numbers' schemes, and of a number that is nobody's or none at all.
ENDS = {OURS: "CALL_REJECTED", OTHER: "USER_BUSY", NOBODYS: "NO_ROUTE_DESTINATION", "": "UNALLOCATED_NUMBER"}
#: Gateway to its account, and what else it says.
GATEWAYS = {
    "plain": ("plainuser", ""),
    "digits": ("7000301", ""),
    "named": ("nameduser", "contact: office-line"),
    "numbered": ("numbereduser", "contact: '380800330951', number_in: to"),
    "to": ("touser", "number_in: to"),
    "called": ("calleduser", "number_in: p-called-party-id"),
    "moved": ("moveduser", "number_in: diversion"),
    "history": ("historyuser", "number_in: history-info"),
    "request": ("requestuser", "number_in: request"),
}
_SCHEMES = {
    f"{name}.yaml": f"scheme: {name}\nnumbers: ['{number}']\nsteps: [{{hangup: {ENDS[number]}}}]\n"
    for name, number in (("ours", OURS), ("other", OTHER))
}
#: Where a call names its number: To and further headers.
HEADERS = {
    "to": lambda number: (number, ()),
    "p-called-party-id": lambda number: ("trunk", (f"P-Called-Party-ID: <sip:{number}@{HOST}>",)),
    "diversion": lambda number: ("trunk", (f'Diversion: "Office" <sip:{number}@{HOST}>;reason=unconditional',)),
    "history-info": lambda number: (
        "trunk", (f"History-Info: <sip:{number}@{HOST}>;index=1, <sip:trunk@{HOST}>;index=1.1",)
    ),
}  # fmt: skip
#: How a carrier writes the registered Contact ``<sip:USER@HOST:PORT;transport=udp;gw=NAME>`` of an account.
FORMS = {
    "as registered": lambda contact, _: contact,
    "without parameters": lambda contact, _: contact.partition(";")[0],
    "the account": lambda contact, account: f"sip:{account}@{contact.partition('@')[2].partition(';')[0]}",
}


@pytest.fixture(scope="module")
def carrier():
    """A carrier with an account for each gateway; registrations last 5 s, which FreeSWITCH renews after 3."""
    accounts = {account: f"password-of-{name}" for name, (account, _) in GATEWAYS.items()}
    with Carrier((HOST, 0), "registrar", users=accounts, expires_s=5, port=ports.free(2)) as running:
        yield running


@pytest.fixture(scope="module")
def registering(tmp_path_factory, carrier):
    """A switch whose gateways register with the carrier."""
    lines = [
        f"  {name}: {{proxy: '{HOST}:{carrier.port}', username: '{account}'{', ' + more if more else ''}}}\n"
        for name, (account, more) in GATEWAYS.items()
    ]
    secrets = {f"GATEWAY_PASSWORD_{name.upper()}": carrier.users[account] for name, (account, _) in GATEWAYS.items()}
    more = {"trunks.yaml": f"gateways:\n{''.join(lines)}", **_SCHEMES}
    running = Lab(tmp_path_factory.mktemp("registering"), more=more, secrets=secrets)
    carrier.switch = running.outside
    yield running
    running.stop()


def ends(lab, carrier, address, to, *headers):
    """The hangup cause of a call to an address."""
    call = carrier.call_contact(address, to, *headers)
    assert int(carrier.answered(call).start) >= 400
    return lab.record(call)["hangup_cause"]


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_it_registers_with_its_account_and_again(registering, carrier, gateway):
    account, more = GATEWAYS[gateway]
    contact = carrier.registered(account)
    user = more.partition("contact: ")[2].partition(",")[0].strip("'") or f"gw+{gateway}"
    assert contact.startswith(f"sip:{user}@{HOST}:{registering.outside[1]};")
    assert contact.endswith(f";gw={gateway}")
    assert carrier.registered(account, after=time.monotonic()) == contact
    assert carrier.challenged


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("place", HEADERS)
@pytest.mark.parametrize("gateway", ["plain", "digits", "named"])
def test_a_call_arrives_wherever_its_number_is(registering, carrier, gateway, place, form):
    account, _ = GATEWAYS[gateway]
    to, headers = HEADERS[place](OURS)
    address = FORMS[form](carrier.registered(account), account)
    assert ends(registering, carrier, address, to, *headers) == ENDS[OURS]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("gateway", ["to", "called", "moved", "history", "numbered"])
def test_the_place_that_a_gateway_names_decides(registering, carrier, gateway, form):
    account, more = GATEWAYS[gateway]
    place = more.partition("number_in: ")[2]
    to, headers = HEADERS[place](OURS)
    if place != "to":  # To is a number of ours too
        to = OTHER
    address = FORMS[form](carrier.registered(account), account)
    assert ends(registering, carrier, address, to, *headers) == ENDS[OURS]


@pytest.mark.parametrize("gateway", ["to", "called", "moved", "history", "request"])
def test_where_that_place_names_none_the_usual_places_count(registering, carrier, gateway):
    account, more = GATEWAYS[gateway]
    elsewhere = "diversion" if more.endswith("to") else "to"
    to, headers = HEADERS[elsewhere](OURS)
    address = FORMS["without parameters"](carrier.registered(account), account)
    assert ends(registering, carrier, address, to, *headers) == ENDS[OURS]


@pytest.mark.parametrize("number", [NOBODYS, ""])
@pytest.mark.parametrize("gateway", ["plain", "to", "called", "moved", "history"])
def test_a_number_of_nobody_is_refused_and_told(registering, carrier, gateway, number):
    account, more = GATEWAYS[gateway]
    to, headers = HEADERS[more.partition("number_in: ")[2] or "to"](number or "trunk")
    call = carrier.call_contact(carrier.registered(account), to, *headers)
    assert carrier.answered(call).start == "404"
    record = registering.record(call)
    assert record["hangup_cause"] == ENDS[number]
    assert record["routing_direction"] == "in"


def test_the_request_line_decides_where_it_names_a_number(registering, carrier):
    carrier.registered("requestuser")
    address = f"sip:{OURS}@{HOST}:{registering.outside[1]};transport=udp;gw=request"
    assert ends(registering, carrier, address, OTHER) == ENDS[OURS]


def test_a_carrier_that_lost_its_customers_has_them_again(registering, carrier):
    carrier.registered("plainuser")
    carrier.bound.clear()
    contact = carrier.registered("plainuser")
    assert ends(registering, carrier, contact, OURS) == ENDS[OURS]


def test_it_registers_again_after_the_carrier_was_away(registering, carrier):
    carrier.registered("plainuser")
    carrier.refuses = 503
    try:
        assert until(lambda: "FAIL_WAIT" in registering.switch.esl.api("sofia status gateway plain"), 20)
    finally:
        carrier.refuses = 0
    since = time.monotonic()
    assert until(lambda: carrier.bound["plainuser"][1] > since, 60)  # 30 s, FreeSWITCH's own pace
    assert ends(registering, carrier, carrier.registered("plainuser"), OURS) == ENDS[OURS]
