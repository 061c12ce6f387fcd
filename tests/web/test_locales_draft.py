"""Interface strings drafted by an engine: fields come through or no draft is kept; nobody sees a draft."""

import io
import re
from collections.abc import Callable, Iterable, Sequence

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hypothesis import given, settings
from hypothesis import strategies as st

from crossreel.errors import BadValue
from crossreel.localize.translate.roles import Answer, EngineFacts, Request
from crossreel.values.language import Language
from crossreel.web.locales_build import pot_text
from crossreel.web.locales_draft import draft, masked, unmasked

FIELDS = ["%(name)s", "%(num)s", "%%", "<b>", "</b>", "&nbsp;", "%s"]
texts = st.lists(st.sampled_from(["Watch", "the", "films.", "of", *FIELDS]), min_size=1, max_size=12).map(
    " ".join
)


class Spoiling:
    """An engine that answers in capitals' stead with marked words, after doing something to the text."""

    def __init__(self, change: Callable[[str], str] = str) -> None:
        self.change = change
        self.facts = EngineFacts("spoiling", "none", "nothing", sends_away=False)

    def route(self, source: Language, target: Language) -> tuple[str, ...]:
        return () if target == Language.parse("ko") else ("x",)

    def translate(self, requests: Sequence[Request], source: Language, target: Language) -> Iterable[Answer]:
        if not self.route(source, target):
            raise BadValue("language pair", "en-ko", "another")
        return [Answer(request.id, self.change(f"de {request.text}")) for request in requests]


@given(texts)
def test_fields_are_masked_and_come_back(text: str) -> None:
    hidden, fields = masked(text)
    assert not any(field in hidden for field in FIELDS)
    assert unmasked(hidden, fields) == text
    assert unmasked(hidden.upper(), fields) is not None
    if fields:
        assert unmasked(hidden + " " + hidden, fields) is None
        assert unmasked(re.sub(r"Zq\w+zu", "", hidden, count=1), fields) is None


def catalog(locale: str = "es") -> Catalog:
    made = Catalog(locale=locale, fuzzy=False)
    made.add("Season %(number)s", flags=["python-format"])
    made.add(("%(num)s film", "%(num)s films"), flags=["python-format"])
    made.add("Done", "Hecho")
    return made


@settings(max_examples=20)
@given(
    st.lists(texts, min_size=1, max_size=5, unique=True), st.sampled_from(["as", "lost", "doubled", "lower"])
)
def test_a_draft_has_exactly_its_sources_fields(messages: list[str], fault: str) -> None:
    changes: dict[str, Callable[[str], str]] = {
        "as": str, "lower": str.lower, "doubled": lambda text: f"{text} {text}",
        "lost": lambda text: re.sub(r"Zq\w+zu", "", text),
    }  # fmt: skip
    made = Catalog(locale="es", fuzzy=False)
    for message in messages:
        made.add(message)
    told = draft(made, Language.parse("es"), Spoiling(changes[fault]))
    assert len(told.drafted) + len(told.left) == len({one.id for one in made if one.id})
    for one in made:
        if one.id and one.string:
            assert one.fuzzy
            assert sorted(masked(str(one.string))[1]) == sorted(masked(str(one.id))[1])


@pytest.mark.parametrize(("locale", "forms"), [("es", 2), ("ja", 1), ("ar", 6)])
def test_plurals_have_every_form_and_no_draft_is_compiled(locale: str, forms: int) -> None:
    made = catalog(locale)
    told = draft(made, Language.parse(locale), Spoiling())
    assert (len(told.drafted), told.left) == (2, ())
    plural = made[("%(num)s film", "%(num)s films")]
    assert len(plural.string) == forms
    assert all("%(num)s" in form for form in plural.string)
    assert made["Done"].string == "Hecho"
    assert not made["Done"].fuzzy
    again = read_po(io.BytesIO(pot_text(made).encode()), locale=locale)
    assert again["Season %(number)s"].fuzzy, "the mark is kept in the file"
    compiled = io.BytesIO()
    write_mo(compiled, again)
    assert b"Hecho" in compiled.getvalue()
    assert b"de Season" not in compiled.getvalue()


def test_a_pair_that_the_engine_lacks_is_refused() -> None:
    with pytest.raises(BadValue):
        draft(catalog(), Language.parse("ko"), Spoiling())
