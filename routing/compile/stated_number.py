"""The dialplan that turns the digits of a hidden caller into a number: one file of the release for all steps."""

from __future__ import annotations

from routing.model import forms
from routing.model.folder import Folder
from routing.model.stated_number import NOTHING, STATED_NUMBER
from routing.steps.ask_number import READ
from routing.steps.dialplan import Condition, Context


def stated_number_context(folder: Folder) -> Context:
    """Stores the number by the first matching form of the project's country, or that no digit was dialled."""
    context = Context(READ)
    context.extension(READ, Condition("${routing_digits}", "^$")).set(STATED_NUMBER, NOTHING)
    for form in forms.dialled_forms(folder.project.country):
        read = context.extension(READ, Condition("${routing_digits}", f"^{form.expression}$"))
        read.set(STATED_NUMBER, form.before + "".join(f"${place}" for place in range(1, form.captures + 1)))
    return context
