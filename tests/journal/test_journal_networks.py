"""A phone that registers from a network where it never was: who is told, by what, also when somebody is away."""

import json
from dataclasses import asdict, replace
from zoneinfo import ZoneInfo

import pytest

from routing.journal import networks, queued_notices
from routing.journal.networks import AGAIN_SECONDS, Networks
from routing.journal.queued_notices import QueuedNotices
from routing.model.memory import Forgotten
from routing.model.networks import network_of
from routing.model.notice import CardNotice, Later, MissedOut, NewNetwork, NoticeRefused, for_queue, from_queue
from routing.notify.hook import WebHooks, body
from routing.notify.message import of_card, of_missed_out, of_network
from routing.notify.smtp import SmtpMail, parse
from support.smtp_bed import SmtpServer

NOW = 1_795_424_700.0
HOOK, MAIL = "https://crm.example.com/calls", "head@example.com"
PAUSED = MissedOut("p", "sales", "ivan", NOW, NOW + 300)
NOTICE = NewNetwork("p", "1001", "ivan.desk", "192.0.2.0/24", "192.0.2.7", "Phone/1", NOW, node="pbx1")


class Known:
    """The memory of networks, of one journal."""

    def __init__(self):
        self.places, self.waiting, self.asked, self.away = {}, {}, 0, False

    def seen(self, project, account, network, at_s, name, notice):
        self.asked += 1
        if self.away:
            raise Forgotten("away")
        places = self.places.setdefault(account, set())
        is_new = bool(places) and network not in places
        places.add(network)
        if is_new:
            self.waiting[name] = notice
        return is_new

    def unsent(self, project):
        return dict(self.waiting)

    def sent(self, project, *names):
        for name in names:
            del self.waiting[name]


class Project:
    name = "p"

    def __init__(self, *notify):
        self.notify = notify

    def phone_of(self, account):
        return {"1001": "ivan.desk"}.get(account, "")

    def email_of(self, person):
        return {"ivan": "ivan@example.com"}.get(person, "")


class Bed:
    """Networks and their notices by a clock that is told; ``failing``: what the next messages come to."""

    def __init__(self, *notify):
        self.known, self.project, self.now_s = Known(), Project(*notify), NOW
        self.log, self.sent, self.failing = [], [], []
        now, log = (lambda: self.now_s), (lambda level, event, **facts: self.log.append((event, facts)))
        self.networks = Networks(self.known, self.project, log, now)
        self.notices = QueuedNotices(self.known, self.project, self, self, log, now)

    def send(self, notice):
        self._take(notice, notice.to)
        return {}

    def tell(self, notice, url):
        self._take(notice, url)

    def _take(self, notice, to):
        if self.failing:
            raise self.failing.pop(0)
        is_persons = isinstance(notice, MissedOut | CardNotice)
        self.sent.append((notice.person, to) if is_persons else (notice.account, notice.network, to))

    def comes(self, address, account="1001"):
        self.networks.registered(account, address, "Phone/1", "pbx1")


@pytest.mark.parametrize(("address", "network"), [
    ("192.0.2.7", "192.0.2.0/24"), ("2001:db8:1:2::3", "2001:db8:1::/48"), ("::ffff:192.0.2.7", "192.0.2.0/24"),
    ("x", ""),
])  # fmt: skip
def test_the_network_of_an_address(address, network):
    assert network_of(address) == network


def test_a_second_network_is_told_to_everybody_and_once():
    bed = Bed(MAIL, HOOK, "nobody_with_an_address")
    for address in ("192.0.2.7", "192.0.2.9", "198.51.100.1", "198.51.100.2"):
        bed.comes(address)
    assert bed.notices.work() and bed.notices.work()
    assert bed.sent == [("1001", "198.51.100.0/24", (MAIL,)), ("1001", "198.51.100.0/24", HOOK)]
    assert [(event, facts["phone"]) for event, facts in bed.log] == [("new network", "ivan.desk")]


def test_whoever_has_it_is_not_told_again_because_another_is_away():
    bed = Bed(MAIL, HOOK)
    bed.comes("192.0.2.7"), bed.comes("198.51.100.1")
    bed.failing = [Later("away", is_away=True)]
    assert not bed.notices.work()
    assert [to for *_, to in bed.sent] == [HOOK]
    assert not bed.notices.work()  # its server rests
    bed.now_s += 3
    assert bed.notices.work()
    assert [to for *_, to in bed.sent] == [HOOK, (MAIL,)]


def test_what_is_refused_and_what_is_old_ends():
    bed = Bed(HOOK)
    bed.comes("192.0.2.7"), bed.comes("198.51.100.1")
    bed.failing = [NoticeRefused("HTTP 400")]
    assert bed.notices.work() and not bed.known.waiting
    bed.comes("203.0.113.1")
    bed.now_s += queued_notices.STALE_SECONDS + 1
    assert bed.notices.work() and not bed.sent
    bed.known.waiting = {"x": "no json", "y": '{"odd": 1}'}
    assert bed.notices.work() and not bed.known.waiting
    assert [event for event, _ in bed.log if event != "new network"] == ["notice refused", "notice given up"]


def test_nobody_to_tell_is_no_failure():
    bed = Bed()
    bed.comes("192.0.2.7"), bed.comes("198.51.100.1")
    assert bed.notices.work() and not bed.known.waiting


def test_a_phone_that_registers_again_and_again_is_looked_up_once_an_hour(monkeypatch):
    bed = Bed()
    for _ in range(20):
        bed.comes("192.0.2.7")
    assert bed.known.asked == 1
    bed.now_s += AGAIN_SECONDS
    bed.comes("192.0.2.7")
    assert bed.known.asked == 2
    monkeypatch.setattr(networks, "MOST_REMEMBERED", 5)
    for place in range(50):
        bed.comes(f"10.0.{place}.1")
    assert len(bed.networks._lately) == 5


def test_a_memory_that_is_away_is_asked_again():
    bed = Bed()
    bed.known.away = True
    bed.comes("192.0.2.7")
    bed.known.away = False
    bed.comes("192.0.2.7")
    assert bed.known.places


@pytest.mark.parametrize("account", ["", "a b", "x\r\n", "a/b", "-"])
def test_what_is_no_account_is_nobodys(account):
    bed = Bed()
    bed.comes("192.0.2.7", account)
    assert not bed.known.asked


def test_a_person_who_was_paused_is_told_as_the_project_is():
    bed = Bed(MAIL, HOOK)
    bed.known.waiting = {PAUSED.id: for_queue(PAUSED), "x": '{"kind": "odd"}'}
    assert bed.notices.work() and not bed.known.waiting
    assert bed.sent == [("ivan", (MAIL, "ivan@example.com")), ("ivan", HOOK)]
    assert from_queue(for_queue(PAUSED)) == PAUSED and from_queue(for_queue(NOTICE)) == NOTICE


def test_what_is_told_of_a_person_who_was_paused():
    assert json.loads(body(PAUSED)) == {
        "kind": "missed_out", "project": "p", "queue": "sales", "person": "ivan", "at": "2026-11-23T09:05:00+00:00",
        "until": "2026-11-23T09:10:00+00:00",
    }  # fmt: skip
    mail = of_missed_out(replace(PAUSED, to=(MAIL,)), ZoneInfo("Europe/Kyiv"), "pbx@example.com")
    assert mail["Subject"] == "ivan is paused in queues: calls were not answered"
    assert mail["Message-ID"] == "<missed_out-ivan-1795425000@p>"
    assert "Until:     2026-11-23 11:10:00 Europe/Kyiv" in mail.get_content()


def test_what_a_web_address_is_told():
    assert json.loads(body(NOTICE)) == {
        "kind": "new_network", "project": "p", "account": "1001", "phone": "ivan.desk", "network": "192.0.2.0/24",
        "address": "192.0.2.7", "user_agent": "Phone/1", "node": "pbx1", "at": "2026-11-23T09:05:00+00:00",
    }  # fmt: skip
    asked = []

    def headers(message_id, now_s, said):
        asked.append(message_id)
        raise Later("enough")

    with pytest.raises(Later):
        WebHooks(lambda *words: None, headers, lambda: NOW).tell(NOTICE, HOOK)
    assert asked == ["network-1001-192.0.2.0/24-1795424700"]
    assert NewNetwork(**asdict(NOTICE)).id == NOTICE.id


def test_what_an_e_mail_says_and_that_a_phones_name_ends_no_line():
    evil = replace(NOTICE, agent="x\r\nBcc: a@b.c", to=(MAIL,))
    with SmtpServer() as server:
        SmtpMail(parse(server.url), "pbx@example.com", ZoneInfo("Europe/Kyiv")).send(evil)
        (received,) = server.received
    mail = received.mail
    assert received.to == [MAIL] and "Bcc" not in mail
    assert mail["Subject"] == "New network of phone ivan.desk: 192.0.2.0/24"
    assert "Program:   x  Bcc: a@b.c" in mail.get_content()
    assert "2026-11-23 11:05:00 Europe/Kyiv" in mail.get_content()
    assert of_network(evil, ZoneInfo("UTC"), "pbx@example.com").as_bytes()


CARD = CardNotice(
    "p", "c1", 1, "ivan", "ivan.desk", "+380671234567", "", "+380800330521", "shop", NOW, "ТОВ Київбуд\r\nBcc: x@y.z",
    {"system": "bitrix24", "kind": "deal", "id": "7", "url": "https://crm.example.com/deal/7"}, {"region": "kyiv"},
    {"utm_source": "google"}, {"order": "4711"}, ["card", "vip"],
)  # fmt: skip


def test_a_card_is_sent_to_whoever_asked_and_to_web_addresses_only():
    bed = Bed(MAIL, HOOK)
    bed.known.waiting = {CARD.id: for_queue(CARD)}
    assert bed.notices.work() and not bed.known.waiting
    assert bed.sent == [("ivan", ("ivan@example.com",)), ("ivan", HOOK)]


def test_a_card_for_nobody_is_done_with():
    bed = Bed(MAIL)
    bed.known.waiting = {CARD.id: for_queue(replace(CARD, person="olena"))}
    assert bed.notices.work() and not bed.known.waiting and bed.sent == []


def test_what_a_card_says():
    assert json.loads(body(CARD)) == {
        "kind": "card", "project": "p", "call_id": "c1", "person": "ivan", "phone": "ivan.desk",
        "client": "+380671234567", "stated_number": "", "name": "ТОВ Київбуд\r\nBcc: x@y.z",
        "card": {"system": "bitrix24", "kind": "deal", "id": "7", "url": "https://crm.example.com/deal/7"},
        "number": "+380800330521", "scheme": "shop", "entities": {"region": "kyiv"},
        "source": {"utm_source": "google"}, "asked": {"order": "4711"}, "tags": ["card", "vip"],
        "at": "2026-11-23T09:05:00+00:00",
    }  # fmt: skip
    mail = of_card(replace(CARD, to=("ivan@example.com",)), ZoneInfo("Europe/Kyiv"), "pbx@example.com")
    assert mail["Subject"] == "Card of ТОВ Київбуд  Bcc: x@y.z" and mail["Bcc"] is None
    assert mail["Message-ID"] == "<card-c1-1@p>"
    text = mail.get_content()
    for line in ("Card:      https://crm.example.com/deal/7", "In:        bitrix24 deal 7", "Entity region:kyiv"):
        assert line in text.replace("Entity region: ", "Entity region:")
