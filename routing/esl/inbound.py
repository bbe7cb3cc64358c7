"""One API command to FreeSWITCH's own event socket, within one deadline.

greenswitch's inbound client does the handshake and pairs commands with replies; replaced here is what can
hang or mislead it: an end of stream inside a body, commands nobody answers any more, silent peers,
unbounded bodies, line breaks in a command. Knows nothing of releases.
"""

from __future__ import annotations

from typing import Any

import gevent
from greenswitch import InboundESL
from greenswitch.esl import NotConnectedError

from routing.model.problem import UserFailure

LONGEST_REPLY = 4 * 1024 * 1024


class SwitchFault(UserFailure, OSError):
    """FreeSWITCH did not answer the command; the text says why and never holds the password."""


def api(host: str, port: int, password: str, command: str, deadline_s: float = 5.0) -> str:
    """FreeSWITCH's answer to an API command such as ``reloadxml``: text as sent, ``-ERR ...`` included.

    Raises SwitchFault: nobody listens, wrong password, refused by an ACL, no answer within ``deadline_s``
    seconds. Raises ValueError for a command or password with a line break.
    """
    if any(sign in text for sign in "\r\n\0" for text in (command, password)):
        raise ValueError("a command to FreeSWITCH is one line")
    client = Client(host, port, password, timeout=deadline_s)
    timer = gevent.Timeout.start_new(deadline_s)
    try:
        client.connect()
        return str(client.send(f"api {command}").data)
    except gevent.Timeout as fired:
        if fired is not timer:
            raise
        raise SwitchFault(f"FreeSWITCH did not answer within {deadline_s:g} s") from None
    except ValueError:
        raise SwitchFault("FreeSWITCH refused the password of its event socket") from None
    except (OSError, NotConnectedError) as problem:
        words = getattr(problem, "strerror", None) or str(problem) or "the connection broke off"
        raise SwitchFault(f"event socket {host}:{port}: {words[:1].lower()}{words[1:]}") from None
    finally:
        timer.close()
        client.close()


class Client(InboundESL):  # type: ignore[misc]
    """greenswitch's client without its ways to hang."""

    sock: Any = None
    sock_file: Any = None

    def send(self, data: str) -> Any:
        """Send a whole command and wait for its reply; NotConnectedError when the peer leaves meanwhile."""
        if not self.connected:
            raise NotConnectedError()
        reply: gevent.event.AsyncResult[Any] = gevent.event.AsyncResult()
        self._commands_sent.append(reply)
        self.sock.sendall(f"{data}\n\n".encode())
        return reply.get()

    def receive_events(self) -> None:
        """Read until the peer leaves, then wake whoever waits for it."""
        try:
            super().receive_events()
        except (EOFError, ValueError, KeyError, IndexError):
            self.sock.close()  # not what an event socket says: as good as gone
        finally:
            self.connected = False
            self._run = False
            self._auth_request_event.set()
            for reply in self._commands_sent:
                reply.set_exception(NotConnectedError("the connection broke off"))

    @staticmethod
    def _read_socket(sock: Any, length: int) -> str:
        """A body of a believable length; EOFError when the stream ends inside it."""
        if not 0 <= length <= LONGEST_REPLY:
            raise EOFError(f"a reply of {length} bytes")
        body: bytes = sock.read(length)
        if len(body) < length:
            raise EOFError("the stream ended inside a reply")
        return body.decode("utf-8", "replace")

    def close(self) -> None:
        """Drop the connection without a word more."""
        gevent.killall([each for each in self._greenlets() if each is not None])
        for opened in (self.sock_file, self.sock):
            if opened is not None:
                opened.close()

    def _greenlets(self) -> tuple[Any, Any]:
        return self._receive_events_greenlet, self._process_events_greenlet
