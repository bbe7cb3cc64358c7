"""Single calls to the switch: by any scenario, and by a registered phone."""

import pytest

from support.switchbed import sip


def place(bed, name, scenario, port, address="127.0.0.1"):
    """One call by a scenario; returns the final status of its INVITE."""
    call = sip.Sipp(scenario, bed.folder / name, f"127.0.0.1:{port}", ["-m", "1"], address=address)
    try:
        call.wait(30)
    except TimeoutError:
        pytest.fail(f"{name}: no end")
    finally:
        call.stop()
    return [message.start for message in call.messages() if message.received and message.is_final_of("INVITE")]


def colleague(bed, to, account="1004", password=""):
    return sip.colleague(account, password or bed.company.password(account), to)
