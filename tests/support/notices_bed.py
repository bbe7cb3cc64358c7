"""A journal with a voicemail whose notices are sent by a clock of the test."""

import wave
from dataclasses import replace
from zoneinfo import ZoneInfo

from sqlalchemy import text

from routing.journal import store
from routing.journal.database import open_database
from routing.journal.notices import Notices
from routing.journal.schema import UNSENT
from routing.notify import smtp
from support.journal_bed import mortal, whole

HEAD, OTHER = "head@example.com", "other@example.com"


class Telling:
    """A journal with one voicemail for two addressees, and the notices of it by a clock that is told."""

    def __init__(self, bed, url):
        self.bed, self.url, self.hooks = bed, url, None
        self.sound = bed.folder / "message.wav"
        with wave.open(str(self.sound), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(bytes(range(250)) * 64 * 5)  # 5 s
        self.call = replace(whole("voicemail_unconfirmed_mobile"), notify=(HEAD, OTHER), voicemail=str(self.sound))
        self.clock_s = self.call.ended + 1
        self.engine = open_database(bed.database, migrate=False)
        bed.engines.append(self.engine)

    def record(self, *calls):
        store.record(self.engine, calls or [self.call])

    def notices(self, fuse=None, **words):
        engine = self.engine
        if fuse:
            engine = mortal(open_database(self.bed.database, migrate=False), fuse)
            self.bed.engines.append(engine)
        mail = smtp.SmtpMail(smtp.parse(self.url), "pbx@example.com", ZoneInfo("Europe/Kyiv"), timeout_s=10)
        return Notices(engine, mail, self.hooks, self.bed.write, lambda: self.clock_s, "project", **words)

    def is_told(self):
        with self.engine.connect() as connection:
            waiting = connection.execute(text(f"SELECT count(*) FROM calls WHERE {UNSENT}"))
            return waiting.scalar() == 0

    def said(self):
        return [line[1] for line in self.bed.log]
