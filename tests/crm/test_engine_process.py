"""The engine's own processes, asked over the event socket for a crm step, against a vendor's fake over HTTP."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from routing.model.crm_settings import owners
from routing.model.people import Person
from routing.store.address import parse
from routing.store.client import RedisStore
from routing.store.embedded import url
from routing.store.pops import RedisPops
from support.crm_bed import config
from support.crm_fakes.bitrix24 import Bitrix24
from support.crm_serving import serving
from support.redis_needed import needs_redis
from support.served import Served
from support.wire_peer import Peer
from support.wire_release import TABLE, write_release

pytestmark = pytest.mark.process

CALLER = "+380671234567"


@pytest.fixture
def release(tmp_path: Path) -> str:
    step = {"kind": "crm", "crm": config(Bitrix24), "order": ["deal", "contact"], "timeout_s": 5.0, "ring_s": 25}
    release = write_release(tmp_path, **{"3": step})
    ivan = Person.model_validate({"name": "Ivan", "phones": {"desk": {"sip": "1001"}}, "crm": {"ours": 17}})
    screens = {"project": "shop", "pops": {"origins": ["https://crm.example"], "key": "POPS_KEY"}}
    (Path(release) / "table.json").write_text(json.dumps({**TABLE, **owners({"ivan": ivan}), **screens}))
    return release


@needs_redis
def test_a_crm_step_is_decided_and_new_secrets_are_read(tmp_path, release):
    fake = Bitrix24()
    fake.world.user(17)
    fake.world.deal(fake.world.contact(CALLER, owner=18), owner=17)
    secrets = tmp_path / "secrets"
    with serving(fake) as address:
        secrets.write_text(f"HOOK=http://{address}/rest/17/wrong-hook/\n")
        secrets.chmod(0o600)
        engine = Served(tmp_path, "--workers", "1", "--secrets", str(secrets))
        try:
            assert decided(engine, release)["routing_decision"] == "3:continue"
            assert "credentials" in engine.until(lambda: engine.line("decision"))["reason"]
            secrets.write_text(f"HOOK=http://{address}/rest/17/hush-hook/\n")
            engine.process.send_signal(1)
            engine.until(lambda: decided(engine, release)["routing_decision"] == "3:ring:person:ivan")
            variables = decided(engine, release)
            assert variables["routing_label"] == "Олена Клієнт"
            (_, text), *_ = RedisPops(RedisStore(parse(url(tmp_path)))).after("shop", "0-0", 10.0)
            assert (json.loads(text)["person"], json.loads(text)["card"]["kind"]) == ("ivan", "deal")
            assert "hush" not in engine.log.read_text()
        finally:
            engine.end()


def decided(engine: Served, release: str) -> dict[str, str]:
    with Peer(engine.port) as peer:
        return peer.decision(release=release, caller=CALLER)
