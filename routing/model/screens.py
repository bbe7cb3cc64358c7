"""The pages that may be told of calls: the setting ``pops`` of a project. What they are told is in pop.py."""

from __future__ import annotations

from pydantic import Field

from routing.model.fields import Fields, Name
from routing.model.sites import Origins


class Screens(Fields):
    """Pages, of a CRM as a rule, that show who calls while a person's phone rings."""

    origins: Origins = Field(description="Sites: `https://crm.example.com`.")
    key: Name = Field(description="Name of the secret with which a server asks for a person's token.")
