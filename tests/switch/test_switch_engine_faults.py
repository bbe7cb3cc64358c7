"""The engine fails in every way there is: the caller reaches the compiled fallback in time, nobody is stranded."""

import contextlib
import signal
from dataclasses import dataclass

import pytest

from support.switchbed import faulty, sip
from support.switchbed.bed import until
from support.switchbed.cases import parse_phone
from support.switchbed.engines import serving
from support.switchbed.faulty import BUDGET_S, FAULTS, NUMBERS

PHONE = parse_phone("answers after 200ms, talks 300ms")
#: What befalls the product's own engine before the call.
SIGNALS = {"killed": signal.SIGKILL, "stopped": signal.SIGSTOP}
LONGEST_CALL_S = 30


@dataclass(frozen=True)
class Ended:
    """A call that is over: its final SIP status, seconds to the phone's INVITE (None: never), whether they talked."""

    status: str
    rang_s: float | None
    talked: bool


def caller(fault, number):
    """A number of its own for each call."""
    return f"+38067200{[*FAULTS, *SIGNALS].index(fault):02}{list(NUMBERS).index(number):02}"


@contextlib.contextmanager
def failing(fault, company):
    """The address of an engine that fails so."""
    if fault in SIGNALS:
        with serving(company) as engine:
            engine.send(SIGNALS[fault])
            yield engine.address
    else:
        engine = faulty.Engine(FAULTS[fault]())
        try:
            yield engine.address
        finally:
            engine.stop()


@pytest.fixture(scope="module")
def ended(bed, company, engine):
    """Every fault on every number. A call keeps the release that it began with, so all go on at the same time."""
    callers = {}
    with contextlib.ExitStack() as stack, bed.ringing("danylo.desk", PHONE) as phone:
        stack.callback(company.publish, engine)
        for fault in (*FAULTS, *SIGNALS):
            company.publish(stack.enter_context(failing(fault, company)))
            callers[fault] = several(bed, fault)
            stack.callback(callers[fault].stop)
            assert until(lambda: begun(callers[fault].messages()) == len(NUMBERS), 20)  # noqa: B023
        for each in callers.values():
            assert each.wait(LONGEST_CALL_S) == 0
        heard = {fault: each.messages() for fault, each in callers.items()}
        rung = phone.messages()
    return {
        (fault, number): outcome(heard[fault], rung, caller(fault, number)) for fault in heard for number in NUMBERS
    }


def several(bed, fault):
    """One call to every number, at the same time."""
    folder = bed.folder / f"engine {fault}"
    folder.mkdir(parents=True)
    rows = [f"{NUMBERS[number].lstrip('+')};{caller(fault, number)}" for number in NUMBERS]
    (folder / "calls.csv").write_text("\n".join(["SEQUENTIAL", *rows, ""]))
    options = ["-inf", str(folder / "calls.csv"), "-m", str(len(rows)), "-r", "50"]
    remote = f"127.0.0.1:{bed.switch.settings.external_port}"
    return sip.Sipp(sip.caller(to="[field0]", sender="[field1]"), folder, remote, options)


def begun(messages):
    """How many calls are in their release: their callers have heard something."""
    told = {each.header("Call-ID") for each in messages if each.received and each.start in ("180", "183", "200")}
    return len(told)


def outcome(heard, rung, number):
    """How a call ended, as its caller and the phone saw it."""
    asked, *answers = leg(heard, number)
    status = next(each.start for each in answers if each.received and each.is_final_of("INVITE"))
    phone = leg(rung, number)
    if not phone:
        return Ended(status, None, False)
    return Ended(status, phone[0].at - asked.at, {"ACK", "BYE"} <= {each.start for each in phone})


def leg(messages, number):
    """The messages of the leg whose INVITE shows this number."""
    legs = [each.header("Call-ID") for each in messages if each.start == "INVITE" and number in each.header("From")]
    return [each for each in messages if each.header("Call-ID") in legs]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("fault", [*FAULTS, *SIGNALS])
def test_fault(fault, number, ended):
    call = ended[fault, number]
    assert (call.status, call.talked) == ("200", True)
    assert call.rang_s < BUDGET_S


def test_nobody_is_left(ended, switch):
    assert until(lambda: switch.channels() == 0)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_the_real_engine_is_ended_while_it_decides(how, bed, company, engine, handler):
    number = f"+3806720019{how:02}"
    handler.answers[number] = "timeout"
    with serving(company) as asked:
        company.publish(asked.address)
        under_way = bed.call(bed.folder / f"signal{how}", to=NUMBERS["ringing"], sender=number)
        try:
            with bed.ringing("danylo.desk", PHONE) as phone:
                assert until(lambda: any(question.get("caller") == number for question in handler.asked))
                asked.send(how)
                assert until(lambda: phone.messages(), BUDGET_S), "nobody rang"
                assert under_way.wait(10) == 0
        finally:
            under_way.stop()
            company.publish(engine)
    assert until(lambda: bed.switch.channels() == 0)
