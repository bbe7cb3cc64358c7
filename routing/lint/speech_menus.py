"""Speech menus: options that only speech can choose, phrases that sound alike, languages that nobody understands."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import combinations

from routing.lint.base import Lint
from routing.lint.findings import OneScheme
from routing.model.folder import Folder
from routing.model.problem import Loc
from routing.steps.base import Complaint
from routing.steps.listen import ListenStep

#: The share of letters in a row that two phrases have in common, from which on recognisers mistake them.
ALIKE = 0.75


def _menus(one: OneScheme) -> Iterator[tuple[ListenStep, Loc]]:
    return ((step, loc) for step, loc, _ in one.steps if isinstance(step, ListenStep))


class KeylessOption(Lint):
    """An option of a speech menu has no key: callers who are not understood cannot choose it.

    Good::

        project: {name: p, timezone: UTC, country: UA, recognisers: {english: en}}
        ---
        scheme: front
        numbers: "+380440000001"
        steps:
          - ring: ivan
          - listen:
              prompt: greeting.wav
              keys: menu.wav
              options: {sales: {phrases: sales, key: "1", steps: [hangup]}}
          - hangup

    Bad::

        project: {name: p, timezone: UTC, country: UA, recognisers: {english: en}}
        ---
        scheme: front
        numbers: "+380440000001"
        steps:
          - ring: ivan
          - listen:
              prompt: greeting.wav
              keys: menu.wav
              options:
                sales: {phrases: sales, key: "1", steps: [hangup]}
                shop: {phrases: shop, steps: [{ring: olena}]}
          - hangup
    """

    id = "keyless-option"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Every option without a key, beside others that have one."""
        for step, loc in _menus(one):
            for name, option in step.options.items():
                if not option.key:
                    yield (
                        (*loc, "options", name),
                        f"option `{name}` has no key",
                        'write `key: "2"`, and say so in `keys`',
                    )


class AlikePhrases(Lint):
    """Phrases of two options sound alike: a recogniser takes one for the other.

    They are compared by their letters.

    Good::

        project: {name: p, timezone: UTC, country: UA, recognisers: {english: en}}
        ---
        scheme: front
        numbers: "+380440000001"
        steps:
          - ring: ivan
          - listen:
              prompt: greeting.wav
              keys: menu.wav
              options:
                sales: {phrases: sales, key: "1", steps: [hangup]}
                support: {phrases: support, key: "2", steps: [{ring: olena}]}
          - hangup

    Bad::

        project: {name: p, timezone: UTC, country: UA, recognisers: {english: en}}
        ---
        scheme: front
        numbers: "+380440000001"
        steps:
          - ring: ivan
          - listen:
              prompt: greeting.wav
              keys: menu.wav
              options:
                order: {phrases: new order, key: "1", steps: [hangup]}
                border: {phrases: new border, key: "2", steps: [{ring: olena}]}
          - hangup
    """

    id = "alike-phrases"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """The first such pair of each menu and language."""
        for step, loc in _menus(one):
            for phrases in step.phrases(one.folder).values():
                pairs = (
                    (first, second)
                    for first, second in combinations(phrases, 2)
                    if phrases[first] != phrases[second] and is_alike(first, second)
                )
                if pair := next(pairs, None):
                    message = f"`{pair[0]}` and `{pair[1]}` sound alike"
                    yield (
                        (*loc, "options", phrases[pair[1]], "phrases"),
                        message,
                        "choose another phrase for one of them",
                    )


def is_alike(one: str, other: str) -> bool:
    """Whether two phrases differ in few letters only."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE


class DeafMenu(Lint):
    """A speech menu has no phrases or no recogniser for a language of the project's calls: keys alone choose.

    Good::

        project: {name: p, timezone: UTC, country: UA, languages: [uk, en], recognisers: {both: [uk, en]}}
        ---
        scheme: front
        numbers: "+380440000001"
        steps:
          - ring: ivan
          - listen:
              prompt: greeting.wav
              keys: menu.wav
              options: {sales: {phrases: {uk: продаж, en: sales}, key: "1", steps: [hangup]}}
          - hangup

    Bad, Ukrainian callers are not understood::

        project: {name: p, timezone: UTC, country: UA, languages: [uk, en], recognisers: {english: en}}
        ---
        scheme: front
        numbers: "+380440000001"
        steps:
          - ring: ivan
          - listen:
              prompt: greeting.wav
              keys: menu.wav
              options: {sales: {phrases: {uk: продаж, en: sales}, key: "1", steps: [hangup]}}
          - hangup
    """

    id = "deaf-menu"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Every such language of each menu."""
        for step, loc in _menus(one):
            for language, lacks in _deaf(step, one.folder):
                message = f"no {lacks} for the language `{language}`: its callers choose by keys"
                yield (*loc, "options"), message, _HINTS[lacks]


_HINTS = {
    "phrases": "write phrases by language: `{en: sales, uk: продаж}`",
    "recogniser": "add the language to a recogniser of the project, or leave its phrases out",
}


def _deaf(step: ListenStep, folder: Folder) -> Iterator[tuple[str, str]]:
    phrases, recognisers = step.phrases(folder), step.recognisers(folder)
    for language in dict.fromkeys((*folder.project.call_languages, *phrases)):
        if language not in phrases:
            yield language, "phrases"
        elif language not in recognisers:
            yield language, "recogniser"
