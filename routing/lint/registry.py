"""The registry of lints. A new lint is one class, one line here and one test file."""

from __future__ import annotations

from routing.lint.asking import LookupWithoutMissing, ReadablePin, UnknownFact
from routing.lint.base import Lint
from routing.lint.branches import SameBranches, ShadowedCase
from routing.lint.callbacks import CallbackNever
from routing.lint.clocks import ClockChange, DayTwice, MissingHolidays, OvernightHours
from routing.lint.decisions import PlainHttp, SlowDecision, UnsignedWebhook
from routing.lint.effects import NoEffect
from routing.lint.gateways import NoWayOut, ReadableKeys, UnregisteredGateway
from routing.lint.groups import DeadMember
from routing.lint.hours import HoursGap, UnaskedHours
from routing.lint.inline import InlineForCodes
from routing.lint.jumps import EndlessCircle, SelfJump
from routing.lint.listed import UnlistedNumber, UnusedNumber
from routing.lint.numbers import BarredDestination, UnknownNumber
from routing.lint.phones import BarredNumber, OwnNumber, SamePhone, UnconfirmedMobile
from routing.lint.prompts import LongPrompt, MenuBeforeRing, PromptBeforeRing, WideMenu
from routing.lint.queues import PaidQueue
from routing.lint.ratings import RateWithoutTalk
from routing.lint.reach import UnreachableStep
from routing.lint.recording import UnannouncedRecording, UnmaskedRoom
from routing.lint.silence import DeadAir
from routing.lint.sounds import SeveralChannels
from routing.lint.speech_menus import AlikePhrases, DeafMenu, KeylessOption
from routing.lint.translations import Untranslated
from routing.lint.unnamed import BareTone, UnnamedKey
from routing.lint.unused import UnusedGroup, UnusedPerson, UnusedScheme
from routing.lint.unused_shared import UnusedCalendar, UnusedCrm, UnusedGateway, UnusedList, UnusedSound
from routing.lint.utterances import UnannouncedUtterance
from routing.lint.voicemail import UnnotifiedVoicemail
from routing.lint.waits import LongWait, NeverRung, ShortRing


class UnusedAllow(Lint):
    """An allowance is unused: its finding is gone, and it would hide the next one.

    Good::

        scheme: front
        numbers: "+380440000001"
        allow: {untold-voicemail: "the box is emptied by hand every morning"}
        steps: [{ring: ivan}, {voicemail: {box: sales}}]

    Bad::

        scheme: front
        numbers: "+380440000001"
        allow: {untold-voicemail: "the box is emptied by hand every morning"}
        steps: [{ring: ivan}, {voicemail: {box: sales, notify: ivan}}]
    """

    id = "unused-allow"


_ALL: tuple[type[Lint], ...] = (
    UnreachableStep, ShadowedCase, SameBranches, NoEffect, SelfJump, EndlessCircle,
    MenuBeforeRing, PromptBeforeRing, WideMenu, LongPrompt, Untranslated, UnannouncedRecording, UnmaskedRoom,
    UnannouncedUtterance,
    KeylessOption, AlikePhrases, DeafMenu,
    ShortRing, NeverRung, LongWait, SlowDecision, DeadAir, PlainHttp, UnsignedWebhook,
    UnconfirmedMobile, SamePhone, OwnNumber, BarredNumber, BarredDestination, UnknownNumber, DeadMember,
    UnnotifiedVoicemail, BareTone, RateWithoutTalk, PaidQueue, UnnamedKey,
    UnknownFact, ReadablePin, LookupWithoutMissing, UnregisteredGateway, NoWayOut, ReadableKeys, UnlistedNumber,
    InlineForCodes,
    HoursGap, UnaskedHours, CallbackNever, ClockChange, MissingHolidays, DayTwice, OvernightHours,
    SeveralChannels, UnusedScheme, UnusedCalendar, UnusedGroup, UnusedPerson, UnusedSound, UnusedList, UnusedCrm,
    UnusedGateway, UnusedNumber, UnusedAllow,
)  # fmt: skip
LINTS: dict[str, type[Lint]] = {lint.id: lint for lint in _ALL}
