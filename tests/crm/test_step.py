"""The crm step as the engine decides it: from a call's facts to the variables that FreeSWITCH obeys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from routing.engine.deciding import Engine
from routing.engine.handlers import Handlers
from routing.engine.ports import ports_of
from routing.model.crm_settings import owners
from routing.model.decision import Call
from routing.model.people import Person
from routing.model.pop import Pop
from routing.release.tables import Releases
from support.crm_bed import Bed, config
from support.crm_fakes.bitrix24 import Bitrix24
from support.crm_world import CALLER

IVAN = {"name": "Іван", "phones": {"desk": {"sip": "1001"}}, "crm": {"ours": 17}, "extension": "101"}
OLENA = {"name": "Олена", "phones": {"desk": {"sip": "1002"}}, "email": "user18@example.com"}

OBEYED = ("routing_decision", "routing_ring_for", "routing_label")


class Lines:
    """Keeps what would be logged."""

    def __init__(self) -> None:
        self.written: list[dict[str, Any]] = []

    def write(self, level: str, event: str, **facts: Any) -> None:
        self.written.append({"level": level, "event": event, **facts})


def decided(engine: Engine) -> dict[str, str]:
    """The variables that the dialplan obeys."""
    return {name: value for name, value in engine.decide(engine.call).items() if name in OBEYED}


@pytest.fixture
def bed() -> Bed:
    return Bed(Bitrix24())


@pytest.fixture
def engine(bed: Bed, tmp_path: Path) -> Engine:
    people = {name: Person.model_validate(fields) for name, fields in (("ivan", IVAN), ("olena", OLENA))}
    release = tmp_path / "releases" / "abc"
    (release / "schemes").mkdir(parents=True)
    step = {"kind": "crm", "crm": config(bed.fake), "order": ["deal", "contact"], "timeout_s": 2.0, "ring_s": 25}
    (release / "schemes" / "shop.json").write_text(json.dumps({"scheme": "shop", "steps": {"1": step}}))
    table = {**owners(people), "extensions": {"101": "ivan"}, "accounts": {}, "destinations": []}
    table |= {"people": {"ivan": {"phones": ["desk"]}, "olena": {"phones": ["desk"]}}}
    table |= {"project": "shop", "pops": {"origins": ["https://crm.example"], "key": "POPS_KEY"}}
    (release / "table.json").write_text(json.dumps(table))
    releases = Releases(tmp_path)
    ports = ports_of(releases, Handlers(None, bed.systems.breaker, {}), bed.systems)
    engine = Engine(releases, ports, Lines(), clock=bed.fake.clock)
    pops: list[Pop] = []
    engine.send_pop = lambda project, pop: pops.append(pop)
    engine.pops = pops
    engine.call = Call("uuid-1", str(release), "shop", "1", "+380800330521", CALLER)
    return engine


def test_the_owner_of_the_deal_rings_with_the_callers_name(bed, engine):
    deal = bed.world.deal(bed.world.contact(owner=18), owner=17)
    variables = decided(engine)
    assert variables == {
        "routing_decision": "1:ring:person:ivan",
        "routing_ring_for": "25",
        "routing_label": "Олена Клієнт",
    }
    (pop,) = engine.pops
    assert (pop.person, pop.phones, pop.caller, pop.name) == ("ivan", ("ivan.desk",), CALLER, "Олена Клієнт")
    assert (pop.card.system, pop.card.kind, pop.card.id) == ("ours", "deal", str(deal))
    assert pop.card.url.endswith(f"/crm/deal/details/{deal}/")


def test_a_screen_that_cannot_be_told_costs_no_decision(bed, engine):
    bed.world.contact(owner=17)
    engine.send_pop = lambda project, pop: 1 / 0
    assert engine.decide(engine.call)["routing_decision"] == "1:ring:person:ivan"


def test_a_project_without_screens_keeps_what_the_crm_knows_to_itself(bed, engine, tmp_path):
    table = tmp_path / "releases" / "abc" / "table.json"
    table.write_text(json.dumps(json.loads(table.read_text()) | {"pops": None}))
    bed.world.contact(owner=17)
    assert engine.decide(engine.call)["routing_decision"] == "1:ring:person:ivan"
    assert not engine.pops


def test_an_owner_without_an_id_in_the_table_is_known_by_his_email(bed, engine):
    bed.world.contact(owner=18)
    assert engine.decide(engine.call)["routing_decision"] == "1:ring:person:olena"


def test_an_owner_whom_nobody_stands_for_goes_on_and_is_logged_by_id(bed, engine):
    contact = bed.world.contact(owner=19)
    assert decided(engine) == {"routing_decision": "1:continue"}
    (line,) = engine.lines.written
    assert line["reason"] == f"contact {contact}: no person is mapped to owner 19"
    assert not engine.pops


@pytest.mark.parametrize("latency_s", [0.05, 30.0])
def test_a_crm_that_is_away_goes_on_within_the_steps_time(bed, engine, latency_s):
    bed.world.contact(owner=17)
    bed.fake.latency_s = latency_s
    bed.fake.refuses = True
    began = bed.fake.clock.seconds
    assert decided(engine) == {"routing_decision": "1:continue"}
    assert bed.fake.clock.seconds - began <= 2.0
    assert engine.lines.written[0]["verdict"] == "failed"


def test_the_log_holds_no_name_and_no_secret(bed, engine):
    bed.world.deal(bed.world.contact(owner=18), owner=17)
    engine.decide(engine.call)
    shown = json.dumps(engine.lines.written, ensure_ascii=False)
    assert "Олена" not in shown and "hush" not in shown and "Іван" not in shown
