"""FusionPBX: IVR menus."""

from __future__ import annotations

from typing import Any

from routing.imports.draft import DraftScheme, Steps, ended
from routing.imports.fusion import FusionTargets, enabled
from routing.imports.menus import KEYS, menu_step
from routing.imports.rows import Row, Tables


def declare(tables: Tables, targets: FusionTargets) -> list[tuple[Row, DraftScheme]]:
    """A scheme for each menu."""
    found = []
    for row in enabled(tables["v_ivr_menus"], "ivr_menu_enabled"):
        name, number = row.text("ivr_menu_name"), row.text("ivr_menu_extension")
        scheme = targets.draft.scheme(name or f"menu {number}", f"IVR menu {number} {name}", "menus")
        _point(targets, row, number, scheme.id)
        found.append((row, scheme))
    return found


def _point(targets: FusionTargets, row: Row, number: str, scheme: str) -> None:
    targets.inside.setdefault(number, lambda: [{"scheme": scheme}])
    targets.menus[row.text("ivr_menu_uuid")] = scheme


def fill(declared: list[tuple[Row, DraftScheme]], tables: Tables, targets: FusionTargets) -> None:
    """The steps of each."""
    for row, scheme in declared:
        scheme.steps = ended(_menu(row, scheme.id, tables, targets))


def _menu(row: Row, scheme: str, tables: Tables, targets: FusionTargets) -> Steps:
    name = row.text("ivr_menu_name") or row.text("ivr_menu_extension")
    options: dict[str, Steps] = {}
    rows = enabled(
        tables.where("v_ivr_menu_options", ivr_menu_uuid=row.text("ivr_menu_uuid")), "ivr_menu_option_enabled"
    )
    for each in sorted(rows, key=lambda found: (found.whole("ivr_menu_option_order"), found.line)):
        _option(each, name, scheme, options, targets)
    prompt = row.text("ivr_menu_greet_long") or row.text("ivr_menu_greet_short") or f"{name}.wav"
    settings: dict[str, Any] = {
        "prompt": targets.draft.sound(_recording(prompt)),
        "options": options,
        "extensions": row.flag("ivr_menu_direct_dial"),
        "wait": max(1, row.whole("ivr_menu_timeout", 5000) // 1000),
        "tries": max(row.whole("ivr_menu_max_failures", 1), row.whole("ivr_menu_max_timeouts", 1)),
    }
    if row.text("ivr_menu_exit_app"):
        app, data = row.text("ivr_menu_exit_app"), row.text("ivr_menu_exit_data")
        settings["otherwise"] = targets.steps(row, name, "ivr_menu_exit_data", app, data)
    if row.text("ivr_menu_pin_number"):
        targets.draft.report.lost(row, name, "ivr_menu_pin_number", "a PIN before the menu", "write a step `ask`")
    if row.text("ivr_menu_cid_prefix"):
        targets.draft.report.lost(
            row, name, "ivr_menu_cid_prefix", "a prefix before the caller's name", "write `label` into ring steps"
        )
    return menu_step(targets.draft, row, name, settings)


def _option(row: Row, menu: str, scheme: str, options: dict[str, Steps], targets: FusionTargets) -> None:
    digits, action = row.text("ivr_menu_option_digits"), row.text("ivr_menu_option_action", "menu-exec-app")
    key = f"{menu}, key {digits}"
    if digits not in KEYS:
        what = "an option that is not one key"
        remedy = "people's extensions are dialled with `extensions: true`; for others write a menu below a menu"
        targets.draft.report.lost(row, key, "ivr_menu_option_digits", what, remedy)
        return
    if action in ("menu-top", "menu-back"):
        options[digits] = [{"scheme": scheme}]
        return
    options[digits] = targets.steps(row, key, "ivr_menu_option_param", action, row.text("ivr_menu_option_param"))


def _recording(text: str) -> str:
    return text.split()[-1] if text.split() else text
