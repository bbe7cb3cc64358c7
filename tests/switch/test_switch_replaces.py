"""Dialogs that are somebody else's: an INVITE or a REFER that names one gets nothing of it."""

import pytest

from support.switchbed.lab import until


def stolen(call):
    """A Replaces of a call's caller side: everything that a thief could know."""
    to_tag, from_tag = call.remote.partition("tag=")[2], call.local.partition("tag=")[2]
    return f"{call.id};to-tag={to_tag};from-tag={from_tag}"


@pytest.fixture
def talk(lab):
    """A caller from outside who talks with 2002."""
    with lab.talk() as (call, _, phone):
        yield phone, call
        assert not call.is_over(), "the talk was taken"
        assert not phone.received("BYE")


@pytest.mark.parametrize("form", ["dialog", "call id", "uuid"])
def test_an_invite_of_a_phone_takes_no_talk(lab, talk, form):
    _phone, call = talk
    name = {"dialog": stolen(call), "call id": f"{call.id};to-tag=x;from-tag=y"}
    replaces = name.get(form) or f"{lab.uuids()[0]};to-tag=x;from-tag=y"
    with lab.phone("2003", registers=False) as thief:
        theft = thief.call("102", f"Replaces: {replaces}", "Require: replaces")
        thief.answered(theft)
        assert until(theft.is_over) or not thief.packets(0.5)


def test_an_invite_of_a_carrier_takes_no_talk(lab, talk):
    _phone, call = talk
    with lab.caller() as thief:
        theft = thief.call("380800330902", f"Replaces: {stolen(call)}")
        thief.answered(theft)
        assert until(theft.is_over) or not thief.packets(0.5)
