"""Every step that names secrets is known to `routing secrets`, which reads schemes that are not valid yet."""

from __future__ import annotations

import pytest

from routing.compile.secrets import NAMING_SECRETS, named_by_steps, names_secrets
from routing.load.nodes import read
from routing.steps import KINDS
from routing.steps.base import Step

STEPS = {
    "webhook": ("{url: 'https://a.example/', secret: KEY}", ["KEY"]),
    "lookup": ("{url: 'https://a.example/{{order}}', secret: KEY}", ["KEY"]),
    "conference": ("{room: hall, pin: PIN_OF_THE_HALL}", ["PIN_OF_THE_HALL"]),
}


def test_every_kind_that_names_secrets_is_read() -> None:
    assert {kind for kind, step in KINDS.items() if step.secrets is not Step.secrets} == set(NAMING_SECRETS)
    assert set(STEPS) == set(NAMING_SECRETS)


@pytest.mark.parametrize("kind", NAMING_SECRETS)
def test_the_secrets_of_a_step_are_found_in_a_file_with_faults(kind: str) -> None:
    settings, names = STEPS[kind]
    text = f"scheme: a\nsteps:\n  - menu: {{options: {{'1': [{{{kind}: {settings}}}]}}}}\n  - unheard_of\n".encode()
    assert names_secrets(text)
    assert [need.name for need in named_by_steps(read("a.yaml", text))] == names
