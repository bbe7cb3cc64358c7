"""Whom a pool is for, and the bounds of what a project may track; messages to authors are in schemes/bad."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from routing.model.entities import MOST_ENTITIES, Visitor
from routing.model.pools import MOST_NUMBERS, Pool, PoolWhen, Tracking
from routing.steps.when import When

KHARKIV = Visitor({"region": "521"}, {"utm_source": "google"})


@pytest.mark.parametrize(
    ("when", "fits"),
    [
        ({}, True),
        ({"entity.region": "521"}, True),
        ({"entity.region": ["1", "521"], "source.utm_source": {"pattern": "goo*"}}, True),
        ({"entity.region": "521", "source.utm_source": "bing"}, False),
        ({"entity.category": {"pattern": "*"}}, False),
        ({"page": "/kharkiv/*"}, True),
        ({"page": ["/lviv/*", "/kharkiv/pumps"]}, True),
        ({"page": "/kharkiv"}, False),
        ({"page": "/kharkiv/.*"}, False),
    ],
)
def test_a_pool_is_for_visits_that_fit_all_its_questions(when: dict[str, object], fits: bool) -> None:
    assert PoolWhen.model_validate(when).fits(KHARKIV, "/kharkiv/pumps") is fits


@pytest.mark.parametrize("model", [PoolWhen, When])
@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ([], "must not be empty"),
        (None, "must not be empty"),
        ({"pattern": []}, "`pattern` needs at least one value"),
        ({"pattern": None}, "`pattern` needs at least one value"),
    ],
)
@pytest.mark.parametrize("question", ["entity.region", "source.utm_source"])
def test_a_question_that_wants_nothing_is_refused(
    model: type[PoolWhen | When], question: str, asked: object, told: str
) -> None:
    with pytest.raises(ValidationError, match=told):
        model.model_validate({question: asked})


def test_a_pool_and_what_is_tracked_are_bounded() -> None:
    numbers = [f"+38057{number:07}" for number in range(MOST_NUMBERS + 1)]
    with pytest.raises(ValidationError, match="at most 500 items"):
        Pool.model_validate({"scheme": "a", "numbers": numbers, "overflow": "+380800330521"})
    entities = {f"e{number}": None for number in range(MOST_ENTITIES + 1)}
    with pytest.raises(ValidationError, match="at most 20 entities"):
        Tracking.model_validate({"origins": "https://x.example", "entities": entities})
    with pytest.raises(ValidationError, match="an entity's name has at most 32"):
        Tracking.model_validate({"origins": "https://x.example", "entities": {"e" * 33: None}})


def test_an_entity_is_written_short_or_whole() -> None:
    tracked = Tracking.model_validate(
        {"origins": "https://x.example", "entities": {"a": None, "b": "shop.b[0]", "c": {"level": "view"}}}
    ).entities
    assert [(each.expression, each.level) for each in tracked.values()] == [
        (None, "session"), ("shop.b[0]", "session"), (None, "view"),
    ]  # fmt: skip
