"""A large company's numbers stand in a folder that releases share: FreeSWITCH passes its link."""

import pytest

from routing.compile.shared_folders import FROM_FILES
from support.switchbed.lab import Lab, until

NUMBERS = [f"38044777{number:04}" for number in range(FROM_FILES)]
LISTED = ", ".join(f'"+{number}"' for number in NUMBERS)
MANY = f"scheme: many\nnumbers: [{LISTED}]\nsteps: [{{ring: {{to: support, for: 8s}}}}, {{hangup: USER_BUSY}}]"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    running = Lab(tmp_path_factory.mktemp("shared_folder"), more={"many.yaml": MANY})
    yield running
    running.stop()


@pytest.mark.parametrize("number", [NUMBERS[0], NUMBERS[-1]])
def test_a_call_to_a_number_of_a_shared_folder(lab, number):
    assert (lab.root / "current/numbers").is_symlink()
    with lab.phone("2002") as phone, lab.caller() as caller:
        call = caller.call(number)
        assert caller.answered(call).start == "200"
        assert until(lambda: phone.received("ACK"))
        call.hang_up()
    assert lab.quiet()
