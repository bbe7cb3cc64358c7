"""The shared cases of kinds that Redis alone answers, decided inside FreeSWITCH; test_switch_cases has the engine."""

from __future__ import annotations

import pytest

from support.redis_needed import needs_redis
from support.switchbed import ports
from support.switchbed.bed import Bed
from support.switchbed.carried import differing
from support.switchbed.cases import load
from support.switchbed.company import Company
from support.switchbed.engines import serving
from support.switchbed.inlined import PACKAGE, needs_module
from support.switchbed.switch import Switch
from support.switchbed.waiting import until

pytestmark = [needs_module, needs_redis]
NAMES = (
    "match, a caller who is known", "match, a caller whom nobody knows", "match, a caller who has just been",
    "queue, who signs in by a code", "queue, who pauses by a code", "code, do-not-disturb", "code, nobody has left",
)  # fmt: skip
CASES = [case for case in load() if case.name.startswith(NAMES)]


@pytest.fixture(scope="module")
def inside(place, trunk, handler):
    """The company on a switch that decides by itself, and its engine."""
    home = place / "inside"
    company = Company(home / "schemes", home / "root", trunk.port, handler.port)
    file = company.folder / "company.yaml"
    file.write_text(file.read_text().replace("  secrets: env\n", "  secrets: env\n  engine: {transport: inline}\n"))
    company.root.mkdir()
    esl = ports.free()
    with serving(company, watches=esl) as engine:
        company.publish(engine.address)
        changes = {"carriers": ("127.0.0.1/32",), "esl_port": esl, "package": PACKAGE}
        switch = Switch(home / "node", company.root, changes).start()
        try:
            assert until(lambda: switch.esl.api("global_getvar routing_inline").strip() == "true")
            yield Bed(switch, company, trunk, handler, home / "cases", engine.address, engine.status), engine
        finally:
            switch.stop()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case, inside):
    bed, engine = inside
    before = _asked(engine)
    assert differing(case, bed.carry(case)) == []
    assert _asked(engine) == before


def test_there_is_a_case_of_every_kind():
    assert len(CASES) == len(NAMES)


def _asked(engine):
    """What the engine has decided of these kinds."""
    return [line for line in engine.lines("decision") if line["kind"] in ("known", "dnd", "duty", "messages")]
