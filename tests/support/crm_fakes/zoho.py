"""Zoho's token endpoint, shared by its products: errors come with status 200."""

from __future__ import annotations

from typing import Any, ClassVar

from support.crm_fake import Asked, Fake, route

ACCOUNT = {"client_id": "ID", "client_secret": "SECRET", "refresh_token": "REFRESH", "datacentre": "eu"}


class Zoho(Fake):
    secrets: ClassVar = {"ID": "client", "SECRET": "hush-client", "REFRESH": "hush-refresh"}
    renews = True

    def admits(self, asked: Asked) -> bool:
        return asked.headers.get("authorization") == f"Zoho-oauthtoken {self.token}"

    @route("POST", "/oauth/v2/token", public=True)
    def tokens(self, asked: Asked) -> Any:
        wanted = {"grant_type": "refresh_token", "refresh_token": "hush-refresh", "client_secret": "hush-client"}
        answer = self.grant({"token_type": "Bearer"}, asked.form, wanted)
        return answer if isinstance(answer, dict) else {"error": "invalid_code"}
