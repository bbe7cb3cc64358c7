"""YAML as schemes write it, and what hostile files cost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from routing.load.files import SCHEME_KEY, claimed_ids, has_key
from routing.load.nodes import read
from routing.load.schema import json_schema
from routing.model.problem import Problems
from routing.steps import KINDS
from support.folders import HERE


def data(text: str) -> Any:
    return read("a.yaml", text.encode()).data


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True), ("false", False), ("null", None), ("~", None), ("", None),
        ("no", "no"), ("off", "off"), ("NO", "NO"), ("yes", "yes"), ("True", "True"), ("on", "on"),
        ("09:00", "09:00"), ("12:30:45", "12:30:45"), ("2026-12-25", "2026-12-25"), ("1_000", "1_000"),
        ("010", "010"), ("0x10", "0x10"), ("0o7", "0o7"), ("1e3", "1e3"), (".inf", ".inf"), ("=", "="), ("<<", "<<"),
        ("380501112233", 380501112233), ("+5", 5), ("-5", -5), ("0", 0), ("1.5", 1.5),
        ('"1"', "1"), ("'true'", "true"), ('""', ""), ("|\n   a", "a\n"),
    ],
)  # fmt: skip
def test_scalars_resolve_as_in_yaml_1_2(text: str, value: object) -> None:
    found = data(f"x: {text}\n")["x"]
    assert (found, type(found)) == (value, type(value))


def test_keys_are_text_and_merges_are_not() -> None:
    assert data('{1: a, "*": b, "#": c, true: d, 2026-12-31: e}') == {
        "1": "a", "*": "b", "#": "c", "true": "d", "2026-12-31": "e",
    }  # fmt: skip
    assert data("a: &a {x: 1}\nb: {<<: *a, y: 2}") == {"a": {"x": 1}, "b": {"<<": {"x": 1}, "y": 2}}


def test_a_problem_finds_its_place_through_shorthands() -> None:
    document = read("a.yaml", "steps:\n  - ring: [{ivan: {after: x}}, olena]\nother: ключ\n".encode())
    for loc, place in (
        (("steps", 0, "ring", "to", 0, "after"), (2, 27, "steps[0].ring[0].after")),
        (("steps", 0, "ring", "to", 1), (2, 32, "steps[0].ring[1]")),
        (("other",), (3, 8, "other")),
        (("nowhere",), (1, 1, "")),
        ((), (1, 1, "")),
    ):
        problem = document.problem(loc, "x")
        assert (problem.line, problem.column, problem.path) == place
    assert document.problem(("other",), "x", at_key=True).column == 1
    assert read("a.yaml", b"").problem(("x",), "y").line == 1


#: Letters of several alphabets, and what means something in YAML.
WORDS = st.text("abcxyzABEN019_~=-?:,.#&*!|>%@`'\"\\/[]{}<+$^їЖёß漢ע😀", max_size=5)
KEYS = st.from_regex(r"[a-z]{1,3}", fullmatch=True)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=10,
)


@given(PLAIN)
def test_what_yaml_writes_is_what_is_read(value: Any) -> None:
    if not isinstance(value, dict):
        value = {"x": value}
    quoted = yaml.dump(value, allow_unicode=True, default_style=None)
    again = data(quoted)
    assert _plain(again) == _plain(value)


def _plain(value: Any) -> Any:
    """As text where YAML 1.1 and 1.2 differ in words."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else str(value)


@given(st.binary(max_size=200))
@example(b"\xff")
@example(b"a: [" * 50)
@example(b"? " * 300)
@example(b"- " * 3000)
@example(b"{a: " * 400)
@example(b"# " + b"[" * 200 + b"\nscheme: a")
@example(b"&a [*a]")
@example(b"%YAML 9.9\n---\na")
@example(b"!<tag:x> a")
@example(b"\x00")
def test_no_bytes_are_too_much_for_the_reader(text: bytes) -> None:
    try:
        read("a.yaml", text)
    except Problems as told:
        assert all(problem.line >= 1 and problem.column >= 1 and problem.message for problem in told.problems)


def test_many_faults_of_one_file_are_told_together() -> None:
    text = "a: 1\na: 2\n" + "".join(f"? [{number}]\n: x\n" for number in range(100))
    with pytest.raises(Problems) as told:
        data(text)
    assert len(told.value.problems) == 50


def test_the_id_of_a_broken_scheme_is_known() -> None:
    assert claimed_ids(b'x: [\n"scheme" : "kharkiv"\nscheme: lviv # x\n  scheme: no\n') == {"kharkiv", "lviv"}


@pytest.mark.parametrize(
    "text", [b"  scheme: lviv\n  steps: []\n", b"{scheme: lviv, steps: []}\n", b'{"steps": [], "scheme": "lviv"}']
)
def test_a_scheme_is_found_however_its_file_is_written(text) -> None:
    assert claimed_ids(text) == {"lviv"} and has_key(text, SCHEME_KEY, "scheme")


@pytest.mark.parametrize("text", [b"pools: {ads: {scheme: lviv}}", b"crm: {}", b"x: [", b"- scheme: lviv"])
def test_what_only_names_a_scheme_is_none(text) -> None:
    assert not claimed_ids(text) and not has_key(text, SCHEME_KEY, "scheme")


# --- the JSON Schema for editors

SCHEMA = json_schema()
EDITOR = jsonschema.Draft202012Validator(SCHEMA)


@pytest.mark.parametrize(
    "path", sorted((HERE / "good").glob("*/*.yaml")), ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_editors_accept_what_compiles(path: Path) -> None:
    assert EDITOR.is_valid(read(path.name, path.read_bytes()).data)


@pytest.mark.parametrize(
    "name", ["unknown_top_key/p", "unknown_step/a", "scheme_with_people/a", "hours_wrong/a", "gateway_wrong/p"]
)
def test_editors_mark_unknown_words(name: str) -> None:
    path = HERE / "bad" / f"{name}.yaml"
    assert not EDITOR.is_valid(read(path.name, path.read_bytes()).data)


def test_the_schema_is_json_and_has_every_step() -> None:
    text = json.dumps(SCHEMA)
    assert [kind for kind, model in KINDS.items() if model.__name__ not in text] == []


@pytest.mark.parametrize("kind", KINDS)
def test_editors_offer_a_bare_word_only_for_a_step_that_needs_no_settings(kind: str) -> None:
    needs = [name for name, field in KINDS[kind].model_fields.items() if field.is_required()] or not KINDS[kind].bare
    assert EDITOR.is_valid({"scheme": "a", "steps": [kind]}) == (not needs)
