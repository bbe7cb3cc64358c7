"""Shared by Zoho's products: data centres and tokens. A refresh token does not change; access tokens last an hour.

Checked in third-party code against ``accounts.zoho.com/oauth/v2/token``: the form of the refresh, the header
``Zoho-oauthtoken``. Zoho answers a refused refresh with status 200 and ``{"error": ...}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from routing.crm.auth import Token, oauth
from routing.crm.record import Secret


def token(config: Mapping[str, Any], secret: Secret) -> Token:
    """The credentials of a Zoho product, from the settings that all products share."""
    accounts = config.get("accounts_url") or f"https://accounts.zoho.{config['datacentre']}"
    form = {
        "grant_type": "refresh_token",
        "refresh_token": secret(config["refresh_token"]),
        "client_id": secret(config["client_id"]),
        "client_secret": secret(config["client_secret"]),
    }
    return Token(oauth(f"{accounts}/oauth/v2/token", form, "Zoho-oauthtoken"))
