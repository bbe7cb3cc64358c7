"""Who guesses passwords: what is refused, for how long, and what is kept of it."""

import contextlib
import select
import subprocess
import sys
from ipaddress import ip_network

import pytest

from routing.model import guesses
from routing.model.guesses import FIRST_SECONDS, MOST_OF_ACCOUNT, MOST_OF_ADDRESS, WINDOW_SECONDS, Guesses, over
from support.processes import launch

HERE, THERE = "192.0.2.7", "198.51.100.9"


def refusals(judge, address, times, accounts=("1001",), at_s=0.0, every_s=1.0):
    tried = ((accounts[place % len(accounts)], at_s + place * every_s) for place in range(times))
    return [found for account, moment in tried if (found := judge.wrong(account, address, moment))]


def test_ten_wrong_ones_of_an_account_refuse_it_at_that_address():
    judge = Guesses()
    assert not refusals(judge, HERE, MOST_OF_ACCOUNT - 1)
    (found,) = refusals(judge, HERE, 1, at_s=20)
    assert (found.variable, found.value) == (f"routing_guesses/{HERE}/1001", f"{20 + FIRST_SECONDS:.0f}")
    assert not refusals(judge, THERE, MOST_OF_ACCOUNT - 1)


def test_a_phone_that_tries_on_while_it_is_refused_takes_nobody_with_it():
    judge = Guesses()
    assert len(refusals(judge, HERE, 500)) == 1


def test_an_account_is_one_however_its_letters_are_written():
    judge = Guesses()
    judge.right("Olena", HERE)
    (found,) = refusals(judge, HERE, MOST_OF_ACCOUNT, accounts=("alice", "ALICE", "Alice"))
    assert found.variable == f"routing_guesses/{HERE}/alice"
    spared = refusals(judge, HERE, MOST_OF_ADDRESS, accounts=[f"a{number}" for number in range(99)])[-1].spared
    assert spared == ("olena",)


def test_wrong_ones_far_apart_refuse_nobody():
    assert not refusals(Guesses(), HERE, 100, every_s=WINDOW_SECONDS / (MOST_OF_ACCOUNT - 1) + 1)


def test_a_right_one_begins_anew():
    judge = Guesses()
    for at_s in (0, 100):
        assert not refusals(judge, HERE, MOST_OF_ACCOUNT - 1, at_s=at_s)
        judge.right("1001", HERE)


def test_many_accounts_refuse_the_address_but_for_those_that_have_shown_theirs():
    judge = Guesses()
    judge.right("1009", HERE)
    judge.right("1008", THERE)
    (found,) = refusals(judge, HERE, MOST_OF_ADDRESS, [str(number) for number in range(100)])
    assert (found.account, found.spared) == ("", ("1009",))
    assert found.value.endswith(" 1009")
    assert [each.account for each in refusals(judge, HERE, MOST_OF_ACCOUNT, ("1009",), 60)] == ["1009"]


def test_each_time_takes_twice_as_long_up_to_a_day():
    judge, at_s, took = Guesses(), 0.0, []
    for _ in range(10):
        (found,) = refusals(judge, HERE, MOST_OF_ACCOUNT, at_s=at_s)
        took.append(round(found.until_s - at_s - MOST_OF_ACCOUNT + 1))
        at_s = found.until_s
    assert took[:3] == [600, 1200, 2400]
    assert took[-1] == 86_400
    (found,) = refusals(judge, HERE, MOST_OF_ACCOUNT, at_s=at_s + 2 * 86_400)
    assert round(found.until_s - at_s) - 2 * 86_400 < 700


@pytest.mark.parametrize("account", ["", "a b", "1001/x", "x\n=", "-x", "a" * 65, "été"])
def test_what_is_no_account_counts_for_its_address_alone(account):
    judge = Guesses()
    found = refusals(judge, HERE, MOST_OF_ADDRESS, (account,))
    assert [each.account for each in found] == [""]
    judge.right(account, HERE)
    assert not refusals(judge, "no address", 100)


def test_addresses_of_one_customer_count_as_one():
    judge = Guesses()
    found = [judge.wrong("1001", f"2001:db8:0:7::{place:x}", 0) for place in range(MOST_OF_ACCOUNT)]
    assert found[-1] and found[-1].address == "2001:db8:0:7"
    assert not any(judge.wrong("1001", f"2001:db8:0:{place:x}::1", 0) for place in range(8, 1000))


def test_trusted_networks_are_never_refused():
    judge = Guesses((ip_network("192.0.2.0/24"), ip_network("2001:db8::/32")))
    assert not refusals(judge, HERE, 1000)
    assert not refusals(judge, "2001:db8::1", 1000)
    assert refusals(judge, THERE, MOST_OF_ACCOUNT)


def test_floods_from_everywhere_are_forgotten(monkeypatch):
    for name in ("MOST_REMEMBERED", "MOST_SPARED"):
        monkeypatch.setattr(guesses, name, 50)
    judge = Guesses()
    for place in range(500):
        address = f"10.0.{place // 250}.{place % 250}"
        judge.wrong(f"{place}", address, 0)
        judge.right(f"{place}", address)
        judge.right(f"{place}", HERE)
    assert len(judge._tries) <= 50
    assert len(judge._right) == 50
    assert len(judge._right[HERE]) == 50


def test_refusals_that_are_over_go_and_the_soonest_where_there_are_too_many(monkeypatch):
    monkeypatch.setattr(guesses, "MOST_REFUSALS", 2)
    there = {"a": "10", "b": "20 1001", "c": "x", "d": "30", "e": "40"}
    assert sorted(over(iter(there.items()), 10)) == ["a", "b", "c"]


HOLD = """
import sys
from pathlib import Path
from routing.engine.exclusive import exclusive
with exclusive(Path(sys.argv[1]), 0.01):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.process
def test_one_process_of_several_and_another_when_it_dies(tmp_path):
    command = [sys.executable, "-c", HOLD, str(tmp_path / "lock")]
    with contextlib.ExitStack() as stack:
        first, second = (
            stack.enter_context(launch(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)) for _ in "ab"
        )
        told, _, _ = select.select([first.stdout, second.stdout], [], [], 20)
        holder, other = (first, second) if first.stdout in told else (second, first)
        assert holder.stdout.readline() == b"held\n"
        holder.kill()
        assert other.stdout.readline() == b"held\n"
        other.kill()
