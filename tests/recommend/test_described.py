"""What can be set of an algorithm is told by its class."""

from dataclasses import fields

import pytest

from crossreel.errors import BadInput
from crossreel.recommend.described import settings_of
from crossreel.recommend.registry import ALGORITHMS, configure

EVERY = [(name, one) for name, kind in ALGORITHMS.items() for one in settings_of(kind)]


def test_every_setting_is_there_and_says_what_it_does():
    for name, kind in ALGORITHMS.items():
        assert [one.name for one in settings_of(kind)] == [one.name for one in fields(kind)]
        assert all(one.about for one in settings_of(kind)), name


@pytest.mark.parametrize(("name", "setting"), EVERY, ids=lambda one: getattr(one, "name", one))
def test_bounds_and_choices_are_those_that_are_checked(name, setting):
    configure(name, {setting.name: setting.default})
    if setting.low is not None:
        exact = setting.type
        configure(name, {setting.name: exact(setting.low)})
        configure(name, {setting.name: exact(setting.high)})
        for outside in (setting.low - 1, setting.high + 1):
            with pytest.raises(BadInput):
                configure(name, {setting.name: exact(outside)})
    for choice in setting.choices:
        configure(name, {setting.name: choice})
