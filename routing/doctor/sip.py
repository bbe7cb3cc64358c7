"""SIP: profiles as the dialplan expects them, registered gateways and registered phones."""

from __future__ import annotations

import json
from collections.abc import Iterator

from routing.doctor.diagnosis import Diagnosis, ok, unknown, warning, wrong
from routing.doctor.node import CheckedNode, parsed
from routing.doctor.proxy import proxy_of

MOST_NAMED = 8
#: Profile -> its settings on which calls and security depend.
PROFILES = {
    "internal": {
        "context": "routing_internal",
        "auth-calls": "true",
        "manual-redirect": "true",
        "proxy-notify-events": "talk",
    },
    "external": {
        "context": "routing_inbound",
        "disable-transfer": "true",
        "manual-redirect": "true",
        "proxy-notify-events": "talk",
    },
}


def profiles(node: CheckedNode) -> Iterator[Diagnosis]:
    """Both profiles run, authenticate phones and send calls to the release."""
    found = parsed(node.ask("xml_locate configuration configuration name sofia.conf"))
    loaded = {} if found is None else {str(one.get("name")): one for one in found.iter("profile")}
    for name, rules in PROFILES.items():
        status = parsed(node.ask(f"sofia xmlstatus profile {name}"))
        if name not in loaded or status is None:
            yield wrong(f"there is no running SIP profile `{name}`", f"`sofia profile {name} start`, and read the log")
            continue
        settings = {str(param.get("name")): str(param.get("value")) for param in loaded[name].iter("param")}
        off = [
            f"{key} is {settings.get(key) or 'not set'}" for key, value in rules.items() if settings.get(key) != value
        ]
        if name == "external" and not settings.get("apply-inbound-acl"):
            off.append("apply-inbound-acl is not set: anybody may send calls")
        if off:
            mend = ", ".join(f"{key} {value}" for key, value in rules.items())
            yield wrong(f"profile {name}: {', '.join(off)}", f"set {mend}; `routing node init` writes such a profile")
        else:
            yield ok(f"profile {name} runs on {status.findtext('.//url', '?').rpartition('@')[2]}")


def transfers(node: CheckedNode) -> Iterator[Diagnosis]:
    """A phone's REFER cannot put legs and commands into a dial string of FreeSWITCH."""
    found = parsed(node.ask("xml_locate configuration configuration name sofia.conf"))
    params = () if found is None else found.findall(".//profile[@name='internal']/settings/param")
    settings = {str(param.get("name")): str(param.get("value")) for param in params}
    hook = node.settings("lua.conf")
    is_bound = "channels" in hook.get("xml-handler-bindings", "") and hook.get("xml-handler-script", "")
    if settings.get("disable-transfer") == "true":
        yield ok("phones' transfers (REFER) are refused")
    elif settings.get("channel-xml-fetch-on-nightmare-transfer") != "true" or not is_bound:
        yield wrong(
            "a phone's REFER can have FreeSWITCH dial anything and run its commands",
            "run `routing node init` again and restart FreeSWITCH; or disable-transfer true for the profile internal",
        )
    elif node.ask("module_exists mod_lua") != "true":
        yield wrong(
            "mod_lua is not loaded: a phone's REFER can have FreeSWITCH run its commands",
            "install it (freeswitch-mod-lua) and restart, or `routing node init --no-transfers`",
        )
    else:
        yield ok("phones transfer calls, and cannot forge dial strings by it")


def guesses(node: CheckedNode) -> Iterator[Diagnosis]:
    """Guessing passwords of SIP accounts is limited."""
    if "directory" not in node.settings("lua.conf").get("xml-handler-bindings", ""):
        yield warning(
            "passwords of SIP accounts can be guessed without end",
            "run `routing node init` again and restart FreeSWITCH",
        )
    elif node.ask("module_exists mod_lua") != "true":
        yield warning(
            "mod_lua is not loaded: passwords of SIP accounts can be guessed without end",
            "install it (freeswitch-mod-lua) and restart, or use the fail2ban-filter.conf of `routing node init`",
        )
    else:
        yield ok("addresses that guess passwords of SIP accounts are blocked while the engine runs")


def phones(node: CheckedNode) -> Iterator[Diagnosis]:
    """Every SIP account of the people is registered."""
    if node.release is None:
        return
    if place := proxy_of(node):
        yield ok(f"phones are registered at the SIP proxy {place}: `kamcmd ul.dump` there lists them")
        return
    accounts: dict[str, str] = node.table.get("accounts", {})
    answer = node.ask("show registrations as json")
    try:
        registered = {str(row.get("reg_user")) for row in json.loads(answer).get("rows", [])}
    except ValueError:
        yield unknown(f"phones: FreeSWITCH does not list them: `{answer[:60]}`", "`load mod_commands`")
        return
    away = sorted(f"{accounts[account]} ({account})" for account in accounts.keys() - registered)
    if away:
        listed = ", ".join(away[:MOST_NAMED]) + (
            f" and {len(away) - MOST_NAMED} more" if len(away) > MOST_NAMED else ""
        )
        yield warning(
            f"{len(away)} of {len(accounts)} phones are not registered: {listed}",
            "calls to them fail at once; check the phones' account, password and address",
        )
    elif accounts:
        yield ok(f"every phone is registered ({len(accounts)})")
    strangers = sorted(registered - accounts.keys())
    if strangers:
        yield warning(
            f"registered, but not in this release: {', '.join(strangers[:MOST_NAMED])}",
            "remove these accounts from FreeSWITCH's own directory, or add them to people",
        )
