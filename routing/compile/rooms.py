"""The PINs of rooms (step ``conference``), in a file of the release that only FreeSWITCH and its group may read."""

from __future__ import annotations

from collections.abc import Mapping

from routing.compile.need import pin_account
from routing.model.conference import ADMITTED, PINS, TYPED
from routing.model.secret import OFFLINE_PIN
from routing.steps.dialplan import Condition, Context

_PIN = pin_account("")


def pins_context(secrets: Mapping[str, str]) -> Context:
    """An extension for each secret, by its name: it admits a caller who has typed its value.

    The value is compared in a condition: no application's argument, which call records keep, contains it.
    """
    context = Context(PINS)
    for account, value in sorted(secrets.items()):
        if account.startswith(_PIN):
            pin = value if value.isdigit() else OFFLINE_PIN  # others are refused, unless secrets are placeholders
            extension = context.extension(account.removeprefix(_PIN), Condition(f"${{{TYPED}}}", f"^{pin}$"))
            extension.set(ADMITTED, "true")
    return context
