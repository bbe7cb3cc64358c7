"""What steps compile to where a picture of it says less than a rule: who rings when, numbers, times, ways through."""

from __future__ import annotations

import importlib
import json
import re
import textwrap
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.compile.link import link
from routing.compile.scheme import SchemeRecord, compile_scheme
from routing.compile.waits import bound, longest_waits
from routing.load.folder import shared
from routing.load.nodes import read
from routing.model.folder import Folder
from routing.model.plans import longest_beginning
from routing.model.problem import Problems
from routing.offline.document import ParsedDialplan, parse
from routing.steps import KINDS, targets
from routing.steps.base import LONGEST_JUMPS
from routing.steps.dialstring import caller_id, dialled
from routing.steps.ring import RingStep
from routing.steps.scheme_file import SchemeFields, summarise
from support.folders import HERE, compiled, laid_out

SOUNDS = {"greeting.wav": 4.0, "menu.wav": 6.0, "waiting.wav": 8.0}


def _folder() -> Folder:
    document = read("company.yaml", (HERE / "company.yaml").read_bytes())
    folder, problems = shared([document], SOUNDS, "127.0.0.1:8084")
    assert folder is not None
    assert problems == []
    return folder


FOLDER = _folder()


def rung(text: str, folder: Folder = FOLDER) -> list[list[tuple[str, int, int | None, str | None]]]:
    """(phone, after, seconds, key) of each turn of a ring step."""
    step = RingStep.model_validate(read("x", text.encode()).data, context={"country": "UA"})
    turns = step.turns(folder)
    return [[(leg.target, leg.after, leg.seconds, leg.phone.confirm) for leg in turn] for turn in turns]


def test_together_rings_each_phone_once_with_its_own_delay() -> None:
    assert rung("to: [office, ivan, ivan.mobile, mobiles]") == [
        [
            ("ivan.desk", 0, 20, None),
            ("ivan.mobile", 10, 10, "1"),
            ("olena.desk", 0, 20, None),
            ("olena.mobile", 0, 20, None),
        ]
    ]  # fmt: skip


def test_in_order_gives_each_person_a_turn_and_the_step_its_end() -> None:
    assert rung("{to: [olena, ivan, olena.desk], order: in_order, for: 3 rings, at_most: 30s}") == [
        [("olena.desk", 0, 13, None), ("olena.mobile", 0, 13, None)],
        [("ivan.desk", 0, 13, None), ("ivan.mobile", 10, 3, "1")],
    ]
    assert rung("{to: [olena, ivan], order: in_order, at_most: 20s}") == [
        [("olena.desk", 0, 20, None), ("olena.mobile", 0, 20, None)]
    ]


def test_delays_add_up_and_late_phones_are_cut() -> None:
    assert rung("{to: [{ivan: after 5s}, {olena.desk: {after: 2s, for: 1m}}], at_most: 16s}") == [
        [("ivan.desk", 5, 11, None), ("ivan.mobile", 15, 1, "1"), ("olena.desk", 2, 14, None)]
    ]
    assert rung("{to: [{ivan: after 5s}], at_most: 5s}") == [[]]


def test_a_confirm_key_holds_for_outside_phones_in_nested_groups() -> None:
    text = (
        (HERE / "company.yaml")
        .read_text()
        .replace("groups:\n", "groups:\n  inner: [mobiles, olena.desk]\n  outer: [inner, office]\n")
    )
    folder, problems = shared([read("c", text.encode())], SOUNDS, "")
    assert folder is not None
    assert not problems
    assert sorted(rung("{to: outer, confirm: '5'}", folder)[0]) == [
        ("ivan.desk", 0, 20, None), ("ivan.mobile", 0, 20, "1"),
        ("olena.desk", 0, 20, None), ("olena.mobile", 0, 20, "5"),
    ]  # fmt: skip


def test_a_bomb_of_groups_is_soon_over() -> None:
    groups = "".join(f"  g{level}: [{', '.join([f'g{level + 1}'] * 9 + ['office'])}]\n" for level in range(9))
    text = (HERE / "company.yaml").read_text().replace("groups:\n", f"groups:\n{groups}  g9: [ivan]\n")
    folder, problems = shared([read("c", text.encode())], SOUNDS, "")
    assert folder is not None
    assert not problems
    assert len(targets.turns(RingStep.model_validate({"to": "g0"}).to, folder)) == 2


def _possible(digits: str) -> str:
    return f"+{longest_beginning(digits)}"


@given(
    st.lists(st.from_regex(r"[1-9][0-9]{0,5}", fullmatch=True).map(_possible), min_size=1, max_size=30),
    st.from_regex(r"\+[0-9]{4,9}", fullmatch=True),
)
def test_prefixes_are_prefixes(prefixes: list[str], caller: str) -> None:
    case = {"when": {"caller": prefixes}, "steps": [{"hangup": "USER_BUSY"}]}
    made = compile_scheme("a.yaml", _yaml({"scheme": "a", "steps": [{"match": [case]}, "hangup"]}), FOLDER)
    asked = [
        test.expression
        for extension in parse(made.xml).contexts[0][1]
        for condition in extension.conditions
        for test in (condition.test, *condition.regexes)
        if test.field == "${routing_caller}"
    ]
    for number in (caller, prefixes[0] + caller[1:], prefixes[-1], "anonymous"):
        assert any(re.search(pattern, number) for pattern in asked) == number.startswith(tuple(prefixes))


@pytest.mark.thorough
def test_thousands_of_numbers_are_regexes_that_pcre_can_hold() -> None:
    callers = [f"+3805{number * 7919 % 10**8:08}" for number in range(5000)]
    case = {"when": {"caller": callers}, "steps": [{"hangup": "USER_BUSY"}]}
    made = compile_scheme("a.yaml", _yaml({"scheme": "a", "steps": [{"match": [case]}, "hangup"]}), FOLDER)
    asked = re.findall(r'field="\$\{routing_caller\}" expression="([^"]+)"', made.xml)
    assert len(asked) == 5
    assert all(2 * len(pattern) + 8 * pattern.count("(") + 3 * pattern.count("|") < 60_000 for pattern in asked)
    assert all(any(re.search(pattern, caller) for pattern in asked) for caller in callers[::500])


def test_caller_id_policies() -> None:
    gateway = FOLDER.gateways["main"]
    for policy, number, header in (
        ("company", "+380800330522", None),
        ("caller", "${routing_caller}", None),
        ("caller_diversion", "${routing_caller}", "sip_h_Diversion"),
        ("caller_pai", "+380800330522", "sip_h_P-Asserted-Identity"),
    ):
        variables = caller_id(gateway.model_copy(update={"caller_id": policy}), "+380800330522")
        assert variables["origination_caller_id_number"] == number
        assert [name for name in variables if name.startswith("sip_h_")] == ([header] if header else [])
    assert caller_id(gateway, "+48221234567")["origination_caller_id_number"] == "+380800330521"
    bare = gateway.model_copy(update={"numbers": [], "caller_id": "caller_diversion"})
    assert "sip_h_Diversion" not in caller_id(bare, "")


@pytest.mark.parametrize(
    ("dial", "number", "country", "digits"),
    [
        ("plus", "+380501112233", "UA", "+380501112233"),
        ("digits", "+380501112233", "UA", "380501112233"),
        ("national", "+380501112233", "UA", "0501112233"),
        ("national", "+48501112233", "UA", "0048501112233"),
        ("national", "+48501112233", "US", "01148501112233"),
        ("national", "+48501112233", None, "0048501112233"),
    ],
)
def test_a_carrier_gets_numbers_in_its_form(dial: str, number: str, country: str | None, digits: str) -> None:
    assert dialled(FOLDER.gateways["main"].model_copy(update={"dial": dial}), number, country) == digits


# --- ways through a scheme


def _fields(steps: Any) -> SchemeFields:
    return SchemeFields.model_validate({"scheme": "x", "steps": steps}, context={"country": "UA"})


def test_times_of_a_scheme() -> None:
    steps = read(
        "x",
        b"""
- ring: {to: ivan, for: 20s}
- hours: {calendar: office, open: [{ring: {to: olena.desk, for: 5s}}], closed: [{play: greeting.wav}, {scheme: b}]}
- menu: {prompt: menu.wav, wait: 4s, tries: 2, options: {"1": [{voicemail: x}]}}
- webhook: {url: "http://x/", timeout: 3s, ring: 10s}
- scheme: c
""",
    ).data
    summary = summarise(_fields(steps), FOLDER)
    after_ring = 20 + 8  # whoever picks the mobile up has eight seconds to confirm
    after_menu = after_ring + 5 + 2 * (6 + 4 + 1)
    after_webhook = after_menu + 5 + 10
    assert [(jump.scheme, jump.seconds) for jump in summary.jumps] == [
        ("b", after_ring + 4), ("*", after_webhook), ("c", after_webhook),
    ]  # fmt: skip
    assert summary.longest == after_webhook
    assert summary.falls_off == []
    assert [kind for _, kind in summary.answers] == ["play", "menu"]


NAMES = ("a", "b", "c", "d")
PLACE = (1, 1, "")
RECORDS = st.tuples(
    *[
        st.builds(
            lambda longest, otherwise, jumps, name=name: SchemeRecord(
                file=name, scheme=name, place=PLACE, longest=longest, otherwise=otherwise,
                jumps=[(to, seconds, PLACE) for to, seconds in jumps],
            ),
            st.integers(0, 50), st.integers(0, 20),
            st.lists(st.tuples(st.sampled_from([*NAMES, "*"]), st.integers(0, 30)), max_size=2),
        )
        for name in NAMES
    ]
)  # fmt: skip


def _brute(records: dict[str, SchemeRecord], scheme: str, jumps: int, known: dict[tuple[str, int], float]) -> float:
    """Every way a call can take, jump by jump."""
    if (scheme, jumps) in known:
        return known[scheme, jumps]
    if jumps == LONGEST_JUMPS:
        return records[scheme].otherwise
    best = records[scheme].longest
    for target, seconds, _ in records[scheme].jumps:
        for to in NAMES if target == "*" else (target,):
            best = max(best, seconds + _brute(records, to, jumps + 1, known))
    known[scheme, jumps] = best
    return best


@given(RECORDS)
def test_the_longest_time_is_the_longest_of_all_ways(records: tuple[SchemeRecord, ...]) -> None:
    by_name = {record.scheme: record for record in records}
    assert bound(records) == max(_brute(by_name, name, 0, {}) for name in NAMES)
    for record in records:
        record.jumps = [jump for jump in record.jumps if jump[0] != "*"]
    assert longest_waits(records) == {name: _brute(by_name, name, 0, {}) for name in NAMES}


# --- random schemes: whatever compiles is whole


def _hours(opened: Any, closed: Any, holiday: Any) -> Any:
    return {"hours": {"calendar": "office", "open": opened, "closed": closed, "holiday": holiday}}


def _match(first: Any, second: Any, otherwise: Any) -> Any:
    cases = [{"when": {"caller": "+38"}, "steps": first}, {"when": {"anonymous": True}, "steps": second}]
    return {"match": {"cases": cases, "otherwise": otherwise}}


def _menu(first: Any, second: Any, otherwise: Any, extensions: bool) -> Any:
    options = {"1": first, "*": second}
    return {"menu": {"prompt": "menu.wav", "options": options, "otherwise": otherwise, "extensions": extensions}}


def _steps(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    some = st.lists(inner, max_size=2)
    return st.one_of(
        st.builds(_hours, some, some, some),
        st.builds(_match, some, some, some),
        st.builds(_menu, some, some, some, st.booleans()),
    )


LEAVES = st.sampled_from(
    [
        {"ring": "office"}, {"ring": {"to": ["ivan"], "order": "in_order"}}, {"play": "greeting.wav"},
        {"webhook": "https://x.example/"}, {"voicemail": "sales"}, {"scheme": "other"}, "hangup",
        {"hangup": {"cause": "USER_BUSY", "play": "greeting.wav"}},
    ]
)  # fmt: skip
SCHEMES = st.lists(st.recursive(LEAVES, _steps, max_leaves=8), max_size=4)


def _yaml(value: Any) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.thorough
@given(SCHEMES, SCHEMES, st.booleans())
def test_whatever_compiles_leads_somewhere(steps: list[Any], otherwise: list[Any], record: bool) -> None:
    scheme = {"scheme": "a", "steps": [*steps, "hangup"], "otherwise": otherwise, "record": "both" if record else "no"}
    try:
        made = compile_scheme("a.yaml", _yaml(scheme), FOLDER)
    except Problems as told:
        known = ("ends the call", "must end the call", "round for ever")
        assert all(any(words in problem.message for words in known) for problem in told.problems)
        return
    document = parse(made.xml)
    labels = _labels(document)
    for _, data in _actions(document):
        for label in re.findall(r"(\S+) XML:\$\{routing_release\}/schemes/a\.xml a$", data):
            for state in ("open", "closed", "holiday") if "${routing_hours}" in label else ("",):
                assert label.replace("${routing_hours}", state) in labels
    assert _ends(document)


def _labels(document: ParsedDialplan) -> set[str]:
    return {extension.name for extension in document.contexts[0][1]}


def _actions(document: ParsedDialplan) -> list[tuple[str, str]]:
    conditions = [condition for extension in document.contexts[0][1] for condition in extension.conditions]
    return [(action.application, action.data) for condition in conditions for action in condition.actions]


def _ends(document: ParsedDialplan) -> bool:
    """Every extension has actions, and the last one hands the call on or ends it, or the call comes back from there."""
    executed = {
        data.partition(" ")[0] for application, data in _actions(document) if application == "execute_extension"
    }
    for extension in document.contexts[0][1]:
        if extension.name in executed:
            continue
        actions = extension.conditions[-1].actions
        if not actions or actions[-1].application not in ("transfer", "hangup"):
            return False
    return True


def test_on_a_holiday_without_steps_of_its_own_the_closed_steps_run_under_their_own_path() -> None:
    scheme = {
        "scheme": "a",
        "steps": [{"hours": {"calendar": "office", "closed": [{"webhook": "https://x.example/"}]}}, "hangup"],
    }
    made = compile_scheme("a.yaml", _yaml(scheme), FOLDER)
    assert '"1.closed.1"' in made.table
    assert re.search(r'name="1.holiday">\s.*\s<action application="transfer" data="1.closed XML', made.xml)
    assert "1.holiday.1" not in made.xml


def test_a_menu_offers_colleagues_and_nothing_else(tmp_path: Path) -> None:
    release = compiled(laid_out(HERE / "good/menu", tmp_path / "s"), tmp_path / "r").folder
    contexts = dict(parse((release / "internal.xml").read_text()).contexts)
    assert [extension.name for extension in contexts["colleagues"]] == ["101", "102"]
    assert "outside" in {extension.name for extension in contexts["internal"]}
    assert "internal.xml colleagues" in (release / "schemes/a.xml").read_text()
    assert "internal.xml internal" not in (release / "schemes/a.xml").read_text()


@pytest.mark.parametrize(("written", "milliseconds"), [("", 3000), ("1s", 1000), ("10s", 10_000)])
def test_a_menu_says_how_long_the_next_key_of_an_extension_is_waited_for(
    written: str, milliseconds: int, tmp_path: Path
) -> None:
    folder = laid_out(HERE / "good/menu", tmp_path / "s")
    text = (folder / "a.yaml").read_text("utf-8")
    between = f"\n      between: {written}" if written else ""
    (folder / "a.yaml").write_text(text.replace("extensions: true", f"extensions: true{between}"), "utf-8")
    made = (compiled(folder, tmp_path / "r").folder / "schemes/a.xml").read_text("utf-8")
    assert f"^(01|02)$ {milliseconds}" in made


@pytest.mark.parametrize("written", ["0s", "11s"])
def test_a_menu_waits_for_the_next_key_a_second_at_least_and_ten_at_most(written: str, tmp_path: Path) -> None:
    folder = laid_out(HERE / "good/menu", tmp_path / "s")
    text = (folder / "a.yaml").read_text("utf-8")
    (folder / "a.yaml").write_text(
        text.replace("extensions: true", f"extensions: true\n      between: {written}"), "utf-8"
    )
    with pytest.raises(Problems, match="between"):
        compiled(folder, tmp_path / "r")


# --- the manual in the docstrings


def _examples(kind: str) -> tuple[str, list[str], list[str]]:
    doc = importlib.import_module(KINDS[kind].__module__).__doc__ or ""
    good, _, bad = doc.partition("\nBad")
    blocks = [re.findall(r"::\n\n((?:    .*\n|\n)+)", part + "\n") for part in (good, bad)]
    return doc, blocks[0], blocks[1]


#: An example is a part of a scheme, and of a folder.
LACKS = ("would end with nothing", "no scheme is called")


def _compiles(block: str) -> list[str]:
    text = textwrap.dedent(block)
    whole = f"scheme: shop_front\nhours: office\nsteps:\n{textwrap.indent(text, '  ')}"
    people = """
project:
  name: p
  timezone: UTC
  country: UA
  callbacks: {}
  speech: {uk: espeak-ng -v uk --stdout, en: espeak-ng --stdout}
  recognisers: {english: en}
people:
  ivan: {name: I, phones: {desk: {sip: "1001"}, mobile: {number: "+380501112233"}}, extension: "101"}
  olena: {name: O, phones: {desk: {sip: "1002"}}, skills: {language: [uk], drainage: 3}}
groups: {sales: [ivan], kharkiv_mobiles: [ivan.mobile]}
calendars:
  office: {open: {mon: "09:00-18:00"}}
  far_office: {timezone: Asia/Vladivostok, open: {mon: "09:00-18:00"}}
gateways: {main: {proxy: x.example}}
pools: {kharkiv_site: {scheme: a, numbers: "+380577280001", overflow: "+380800330521"}}
crm: {bitrix24: {webhook: HOOK}, amocrm: {url: "https://x.kommo.com", token: TOKEN}}
"""
    sounds = dict.fromkeys(("menu.wav", "greeting.wav", "closed.wav", "bye.wav"), 1.0)
    folder, problems = shared([read("p.yaml", people.encode())], sounds, "127.0.0.1:8084")
    assert folder is not None
    try:
        problems = [*problems, *link([compile_scheme("a.yaml", whole.encode(), folder).record])]
    except Problems as told:
        problems = [*problems, *told.problems]
    return [
        f"{problem.message} {problem.hint}"
        for problem in problems
        if not any(lack in problem.message for lack in LACKS)
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_the_manual_of_a_step_is_true(kind: str) -> None:
    doc, good, bad = _examples(kind)
    assert doc.startswith(f"``{kind}``: ")
    assert good
    assert "\nBad" in doc
    for block in good:
        told = [message for message in _compiles(block) if "ends the call" not in message]
        assert told == [], block
    for block in bad:
        assert _compiles(block), block
        if quoted := re.search(r"\(``(.+?)``[ )]", doc.partition("\nBad")[2]) or re.search(
            r"\(`([^`]+)`\)", doc.partition("\nBad")[2]
        ):
            words = quoted[1].strip("`.").replace("`", "")
            assert any(words in message.replace("`", "") for message in _compiles(block)), (words, _compiles(block))
