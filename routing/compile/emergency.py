"""Emergency and service numbers from people's phones: through the first gateway that works, despite all limits.

The fixed dialplan looks a number up here before it counts an account's calls. `destinations` do not apply. The caller
ID is the company's own number of each gateway, whose location the carrier knows. A number that is also an extension
rings that extension.
"""

from __future__ import annotations

from routing.model import emergency
from routing.model.folder import Folder
from routing.model.gateway import Gateway
from routing.steps.dialplan import Context, Extension
from routing.steps.dialstring import UNTHROTTLED, caller_id

#: Seconds until a gateway must report progress, and until the next gateway is tried in any case.
LIVES_SECONDS, ANSWER_SECONDS = 6, 60


def emergency_context(folder: Folder) -> Context:
    """The dialplan of emergency numbers; empty without a gateway."""
    context = Context("emergency")
    if dialled := emergency_extension(context, folder):
        dialled.do("hangup", "NORMAL_TEMPORARY_FAILURE")
    return context


def emergency_extension(context: Context, folder: Folder) -> Extension | None:
    """The extension of emergency numbers: one gateway after another, with early media. None without a gateway."""
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
