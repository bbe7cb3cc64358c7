"""The queues as a running engine knows them: its web address answers ``/people`` (`routing.decide.queue_picture`)."""

from __future__ import annotations

import http.client
import json
from typing import Any

_LONGEST = 16 * 1024 * 1024


def queue_pictures(address: str, timeout_s: float = 2.0) -> list[dict[str, Any]]:
    """The pictures of all workers of the engine at ``host:port``. Blocks; raises OSError when it cannot be reached, and
    ValueError for any other answer."""
    host, _, port = address.rpartition(":")
    connection = http.client.HTTPConnection(host.strip("[]"), int(port), timeout=timeout_s)
    try:
        connection.request("GET", "/people")
        answer = connection.getresponse()
        if answer.status != 200:
            raise ValueError(answer.reason)
        workers = json.loads(answer.read(_LONGEST))["workers"]
        return [each for worker in workers for each in worker.get("queues", [])]
    except (http.client.HTTPException, KeyError, TypeError, AttributeError) as problem:
        raise ValueError(str(problem)) from None
    finally:
        connection.close()
