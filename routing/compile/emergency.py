"""Emergency and service numbers from people's phones: by the first gateway that lives, whatever else is limited.

The fixed dialplan asks this file before it counts an account's calls. Destinations do not matter, and the company's own
number of each gateway is shown: it is the one whose place the carrier knows. A number that is an extension rings that.
"""

from __future__ import annotations

from routing.model import emergency
from routing.model.folder import Folder
from routing.model.project import Gateway
from routing.steps.dialplan import Context, Extension
from routing.steps.dialstring import UNTHROTTLED, caller_id

#: Seconds until a gateway must have said that it rings, and until the next one is tried whatever it said.
LIVES_SECONDS, ANSWER_SECONDS = 6, 60


def emergency_context(folder: Folder) -> Context:
    """The number that a phone dials. Without a gateway there is no way out."""
    context = Context("emergency")
    if dialled := call_for_help(context, folder):
        dialled.do("hangup", "NORMAL_TEMPORARY_FAILURE")
    return context


def call_for_help(context: Context, folder: Folder) -> Extension | None:
    """The extension of emergency numbers: every gateway in turn, the caller hears the carrier. None without one."""
    if not folder.gateways:
        return None
    own_numbers = "|".join(sorted({*folder.extensions, *folder.accounts} & _short(folder)))
    numbers = emergency.pattern(folder.project.country)
    dialled = context.extension("emergency", pattern=f"^{f'(?!(?:{own_numbers})$)' if own_numbers else ''}({numbers})$")
    dialled.set("routing_emergency", "$1")
    dialled.set("continue_on_fail", "true")
    dialled.set("hangup_after_bridge", "true")
    legs = "|".join(_leg(name, gateway) for name, gateway in folder.gateways.items())
    longest = len(folder.gateways) * ANSWER_SECONDS
    dialled.do("bridge", f"{{ignore_early_media=false,originate_timeout={longest}}}{legs}")
    return dialled


def _short(folder: Folder) -> set[str]:
    return {number for number in (*folder.extensions, *folder.accounts) if number.isdigit() and len(number) <= 6}


def _leg(name: str, gateway: Gateway) -> str:
    own = gateway.model_copy(update={"caller_id": "company"})
    variables = {
        **UNTHROTTLED,
        "leg_progress_timeout": str(LIVES_SECONDS),
        "leg_timeout": str(ANSWER_SECONDS),
        "routing_target": "$1",
        **caller_id(own, gateway.numbers[0] if gateway.numbers else ""),
    }
    return f"[{','.join(f'{key}={value}' for key, value in variables.items())}]sofia/gateway/{name}/$1"
