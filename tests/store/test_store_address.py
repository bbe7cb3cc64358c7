"""URLs of Redis."""

from __future__ import annotations

import pytest

from routing.store.address import BadAddress, RedisAddress, RedisEndpoint, parse


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("redis://cache", RedisAddress("single", (RedisEndpoint("cache", 6379),))),
        (
            "redis://:pa%40ss@[::1]:7000/3",
            RedisAddress("single", (RedisEndpoint("::1", 7000),), password="pa@ss", db=3),
        ),
        ("rediss://u:p@h", RedisAddress("single", (RedisEndpoint("h", 6379),), tls=True, username="u", password="p")),
        ("unix:///run/a%20b/s?db=2", RedisAddress("single", (RedisEndpoint("/run/a b/s", 0),), db=2)),
        (
            "redis+sentinel://a,b:5/shop?db=1&sentinel_password=x",
            RedisAddress(
                "sentinel", (RedisEndpoint("a", 26379), RedisEndpoint("b", 5)), db=1, name="shop", sentinel_password="x"
            ),
        ),
        ("rediss+cluster://a:1,b:2", RedisAddress("cluster", (RedisEndpoint("a", 1), RedisEndpoint("b", 2)), tls=True)),
    ],
)
def test_an_address(url, address):
    assert parse(url) == address


@pytest.mark.parametrize(
    "url",
    [
        "", "redis:", "http://x", "redis://a,b", "redis://a:99999", "redis://a/x", "unix://relative",
        "redis+sentinel://a", "redis://a:b:c", "redis+sentinel://a/bad name",
    ],
)  # fmt: skip
def test_no_address(url):
    with pytest.raises(BadAddress):
        parse(url)


def test_a_password_shows_nowhere():
    assert "hush" not in repr(parse("redis://u:hush@h"))
    assert "hush" not in str(parse("redis://u:hush@h"))
    with pytest.raises(BadAddress) as told:
        parse("redis://u:hush@h,h2")
    assert "hush" not in str(told.value)
