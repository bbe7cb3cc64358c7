"""What Google Analytics 4 accepts: ids, and the names of events. From the reference of its Measurement Protocol."""

from __future__ import annotations

import re

#: The id of a data stream of a site.
MEASUREMENT = re.compile(r"G-[A-Z0-9]{6,12}")
LONGEST_NAME = 40
#: Its limits of one request.
MOST_EVENTS, MOST_PARAMETERS, LONGEST_VALUE, LARGEST_BODY = 25, 25, 100, 130_000
_NAME = re.compile(rf"[A-Za-z][A-Za-z0-9_]{{0,{LONGEST_NAME - 1}}}")
#: Beginnings that Google keeps for itself.
RESERVED_PREFIXES = ("_", "firebase_", "ga_", "google_", "gtag.")
#: Names of events that no request may have.
RESERVED_EVENTS = frozenset(
    """ad_activeview ad_click ad_exposure ad_query ad_reward adunit_exposure app_background app_clear_data app_exception
    app_install app_remove app_store_refund app_store_subscription_cancel app_store_subscription_convert
    app_store_subscription_renew app_update app_upgrade dynamic_link_app_open dynamic_link_app_update
    dynamic_link_first_open error firebase_campaign firebase_in_app_message_action
    firebase_in_app_message_dismiss firebase_in_app_message_impression first_open first_visit in_app_purchase
    notification_dismiss notification_foreground notification_open notification_receive notification_send os_update
    session_start session_start_with_rollout user_engagement""".split()
)


def name_fault(name: str) -> str:
    """Why Google Analytics would drop an event of this name; "" for a good one."""
    if len(name) > LONGEST_NAME:
        return f"has {len(name)} characters: Google Analytics drops names of more than {LONGEST_NAME}"
    if name.startswith(RESERVED_PREFIXES):
        return f"begins with `{next(each for each in RESERVED_PREFIXES if name.startswith(each))}`, which is Google's"
    if not _NAME.fullmatch(name):
        return "is not the name of an event: use letters, digits and _, a letter first"
    return "is an event of Google's own" if name in RESERVED_EVENTS else ""
