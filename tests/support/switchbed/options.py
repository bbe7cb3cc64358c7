"""A trunk that answers OPTIONS."""

import re
import socket
import threading

from support.switchbed.agent import HOST


class Answering:
    """Answers every request with 200 until it is closed."""

    def __init__(self):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((HOST, 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._socket.sendto(b"", (HOST, self.port))
        self._thread.join()
        self._socket.close()

    def _run(self):
        while True:
            request, whence = self._socket.recvfrom(65536)
            if not request:
                return
            kept = re.findall(rb"(?im)^(?:via|from|to|call-id|cseq):.*\r\n", request)
            head = b"".join(each.rstrip() + (b";tag=x" if each[:2] == b"To" else b"") + b"\r\n" for each in kept)
            self._socket.sendto(b"SIP/2.0 200 OK\r\n" + head + b"Content-Length: 0\r\n\r\n", whence)
