"""The colours of diagrams can be told from their paper, in light and in dark (WCAG 2.2: 1.4.3 and 1.4.11)."""

import pytest

from routing.graph.palette import DARK, LIGHT, Palette
from routing.graph.svg import FAMILIES


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, as WCAG defines it."""
    dark, light = sorted(_luminance(each) for each in (one, other))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_contrast_is_counted_as_wcag_does():
    assert round(contrast("#ffffff", "#000000"), 2) == 21 and round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_text_and_shapes_stand_out(colours: Palette):
    for paper in (colours.paper, colours.box):
        assert min(contrast(each, paper) for each in (colours.ink, colours.quiet, colours.followed)) >= 4.5
        assert min(contrast(each, paper) for each in (colours.line, *colours.families.values())) >= 3


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_each_family_of_steps_has_a_colour(colours: Palette):
    assert colours.families.keys() == FAMILIES.keys()
