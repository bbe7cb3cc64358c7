"""What ``routing reference`` has a topic for: parts of a folder, types of settings, and what stands on their pages.

Steps have a topic each, by their kind.
"""

from __future__ import annotations

from collections.abc import Mapping

from routing.model.crm_http import HttpCrm
from routing.model.crm_settings import VENDORS

#: Topics besides steps -> definitions of the schema, the main one first.
PARTS: Mapping[str, tuple[str, ...]] = {
    "scheme": ("SchemeFile", "NumberEntry"),
    "project": ("Project", "ProjectSticky", "EngineUse"),
    "people": ("Person", "Phone", "Ring"),
    "groups": ("Groups",),
    "calendars": ("CalendarFields", "Holidays"),
    "gateways": ("Gateway",),
    "pools": ("Pool", "PoolWhen"),
    "crm": ("HttpCrm", "HttpSearch", "HttpOwner"),
    **{vendor: (model.__name__,) for vendor, model in VENDORS.items() if model is not HttpCrm},
}
#: What settings of several places, or large ones of the project, may be: topic -> definitions, the main one first.
TYPES: Mapping[str, tuple[str, ...]] = {
    "sound": ("Sound",),
    "announcement": ("Announcement",),
    "parking": ("Parking",),
    "callbacks": ("Callbacks", "CallbackLimits"),
    "tracking": ("Tracking", "Entity"),
    "floods": ("Floods",),
    "exports": ("Exports", "Ga4Export", "WebhookExport"),
    "screens": ("Screens",),
    "keep": ("KeepTimes",),
    "desk": ("WebDesk", "DeskUser", "Role", "DeskReport", "DeskJoining", "OpenIdConnect", "ProxyHeader"),
}
#: Nested definitions of a step.
BELOW: Mapping[str, tuple[str, ...]] = {
    "ring": ("Ring",),
    "match": ("MatchCase", "When"),
    "queue": ("Ring", "AnnounceFields", "MissesFields"),
    "conference": ("Ring",),
    "lookup": ("SpokenAnswer",),
    "listen": ("ListenOption",),
}
#: Definition of the schema -> its name for authors.
CALLED = {
    "AnyStep": "step",
    "Ring": "person, group or phone",
    "When": "conditions",
    "MatchCase": "case",
    "NumberEntry": "number",
    "ProjectSticky": "sticky",
    "EngineUse": "engine",
    "CallbackLimits": "limits",
    "PoolWhen": "conditions",
    "HttpSearch": "search",
    "HttpOwner": "owner",
    "AnnounceFields": "announcements",
    "Ga4Export": "stream of exports.ga4",
    "WebhookExport": "server of exports.webhooks",
    "MissesFields": "misses",
    "SpokenAnswer": "spoken answer",
    "ListenOption": "option",
    "KeepTimes": "keep",
    "WebDesk": "desk",
    "OpenIdConnect": "openid",
}
