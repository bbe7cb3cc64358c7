"""Orders to call clients back, for heads and managers: list, attempts, cancel, run now."""

from __future__ import annotations

from typing import Any

from flask import Flask, abort, redirect, render_template, request, url_for

from routing.callbacks.store import CallbackStore
from routing.desk.current import needs, note, plan, services, settle, user
from routing.desk.own_query import MOST, order_of, orders_of
from routing.model import numbers
from routing.model.callback import CallbackOrder, CallbackStatus
from routing.model.desk import Right


def add(app: Flask) -> None:
    """Its addresses."""
    app.add_url_rule("/callbacks", "callbacks", callbacks)
    app.add_url_rule("/callbacks/<order>/cancel", "callback_cancel", callback_cancel, methods=["POST"])
    app.add_url_rule("/callbacks/<order>/run", "callback_run", callback_run, methods=["POST"])


@needs(Right.CALLBACKS)
def callbacks() -> Any:
    """A page of the list: open orders, the next one first; all with ``all``; of one client with ``number``; those that
    follow an order with ``after``."""
    typed, everything = request.args.get("number", "")[:40].strip(), bool(request.args.get("all"))
    number, problem, after = "", "", request.args.get("after", "")[:64]
    if typed:
        try:
            number = numbers.normalise(typed, plan().country or None)
        except ValueError:
            problem = "number"
    found = (
        orders_of(services().database, plan().project, _people(), number=number, closed_too=everything, after=after)
        if not problem
        else []
    )
    done = request.args.get("done", "")
    return render_template(
        "callbacks.html", orders=found, number=typed, everything=everything, problem=problem,
        following=found[-1].id if len(found) == MOST else "", after=after,
        done=done if done in ("cancelled", "runs", "late") else "",
    )  # fmt: skip


@needs(Right.CALLBACKS)
def callback_cancel(order: str) -> Any:
    """Close an order; a call that is under way goes on."""
    found = _order(order)
    note("callback_cancel", found.id, found.number)
    is_done = CallbackStore(services().database).cancel(found.id, services().now())
    return _went(is_done, "cancelled")


@needs(Right.CALLBACKS)
def callback_run(order: str) -> Any:
    """Dial an order now, as far as quiet hours and the calendar allow."""
    found = _order(order)
    note("callback_run", found.id, found.number)
    is_due = found.status is CallbackStatus.ORDERED
    is_done = is_due and CallbackStore(services().database).put_off(found.id, services().now())
    return _went(is_done, "runs")


def _went(is_done: bool, how: str) -> Any:
    if not is_done:
        settle(409)
    return redirect(url_for("callbacks", done=how if is_done else "late"), 303)


def _people() -> frozenset[str] | None:
    return None if user().sees_all else user().people


def _order(order: str) -> CallbackOrder:
    """The order, if the user sees it."""
    return order_of(services().database, plan().project, order, _people()) or abort(404)
