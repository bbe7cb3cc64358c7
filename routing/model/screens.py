"""The pages that may receive screen pops: the setting ``pops`` of a project. pop.py defines their content."""

from __future__ import annotations

from pydantic import Field

from routing.model.fields import Fields, Name
from routing.model.sites import Origins


class Screens(Fields):
    """Pages, usually of a CRM, that show the caller while a person's phone rings."""

    origins: Origins = Field(description="Sites: `https://crm.example.com`.")
    key: Name = Field(description="Name of the secret with which a server requests a person's token.")
