"""The event socket's wire form: what may be said, and what is heard however it is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.esl.protocol import Message, Parser, ProtocolError, execute, set_variables

BACKGROUND_JOB = b"Event-Name: BACKGROUND_JOB\nJob-UUID: 7\nContent-Length: 13\n\n+OK [Success]"


def heard(data: bytes, cut: int = 1 << 20) -> list[Message]:
    parser, messages = Parser(), []
    for start in range(0, len(data), cut):
        parser.feed(data[start : start + cut])
        while message := parser.next():
            messages.append(message)
    return messages


def test_commands_as_freeswitch_reads_them():
    assert execute("answer") == b"sendmsg\ncall-command: execute\nexecute-app-name: answer\n\n"
    assert set_variables({"a": "1", "b": "two words"}) == (
        b"sendmsg\ncall-command: execute\nexecute-app-name: multiset\nexecute-app-arg: ^^;a=1;b=two words\n\n"
    )


@pytest.mark.parametrize("value", ["a\nb", "a\rb", "a\0b", "${system id}", "$", "a\n\nresume"])
def test_nothing_that_ends_a_line_or_expands_is_ever_encoded(value):
    for make in (lambda: execute("set", f"x={value}"), lambda: execute(value), lambda: set_variables({"x": value})):
        with pytest.raises(ValueError, match="may not be sent"):
            make()


@pytest.mark.parametrize(("name", "value"), [("x", "1;y=2"), ("x;y", "1"), ("x=1", "2")])
def test_a_value_cannot_set_another_variable(name, value):
    with pytest.raises(ValueError, match="cannot be set"):
        set_variables({name: value})


@given(st.integers(1, 200))
def test_messages_are_the_same_however_they_are_cut(cut):
    body = b"Content-Type: text/event-plain\nContent-Length: %d\n\n" % len(BACKGROUND_JOB) + BACKGROUND_JOB
    data = b"Content-Type: command/reply\nReply-Text: +OK\n\n" + body + b"Content-Type: text/disconnect-notice\n\n"
    assert [(each.get("Content-Type"), each.body) for each in heard(data, cut)] == [
        ("command/reply", b""),
        ("text/event-plain", BACKGROUND_JOB),
        ("text/disconnect-notice", b""),
    ]


def test_a_body_is_a_body_not_headers():
    (message,) = heard(b"Content-Length: 21\n\nvariable_x: forged\n\n\n\n"[:42])
    assert message.get("variable_x") is None


def test_values_are_decoded_one_by_one_after_lines_are_split():
    (message,) = heard(b"Name: a%0AOther: b%0A%0A%D0%9B%FF\nOther: real\nPlain: 100%\n\n")
    assert message.get("Name") == "a\nOther: b\n\n\u041b\ufffd"
    assert (message.get("Other"), message.get("Plain"), message.get("Oth")) == ("real", "100%", None)


@pytest.mark.parametrize("length", ["99999999999", "-1", "1e3", "", "0x10", "１２"])
def test_a_body_has_a_believable_length(length):
    with pytest.raises(ProtocolError, match="Content-Length"):
        heard(f"Content-Length: {length}\n\n".encode())


def test_a_header_block_has_a_bound():
    with pytest.raises(ProtocolError, match="header block"):
        heard(b"x: y\n" * 20_000, cut=1000)


@given(st.binary(max_size=300), st.integers(1, 50))
def test_no_bytes_whatever_break_the_parser(data, cut):
    try:
        for message in heard(data, cut):
            message.get("Content-Type")
    except ProtocolError:
        pass
