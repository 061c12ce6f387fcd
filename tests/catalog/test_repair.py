from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossreel.catalog.repair import Repairs, repair_document, repair_text

NOT_MOJIBAKE = {"2022-07-22 00:00:00", "THE MECHANIC"}


@pytest.mark.parametrize(
    ("mangled", "right"),
    [
        ("PokÃ©mon", "Pokémon"),
        ("Donâ€™t Blame Karma!", "Don’t Blame Karma!"),
        ("Lo chiamavano TrinitÃ\u00a0...", "Lo chiamavano Trinità..."),
        ("ErÅŸan Kuneri", "Erşan Kuneri"),
        ("Åžahane Hayaller", "Şahane Hayaller"),
        ("4N1K DÃ¼ÄŸÃ¼n", "4N1K Düğün"),
        ("Ø±Ø§Ø³ Ø§Ù„Ø³Ù†Ø©", "راس السنة"),
    ],
)
def test_mangled_names_are_put_right(mangled: str, right: str) -> None:
    assert repair_text(mangled) == right


@pytest.mark.parametrize(
    "right",
    [
        "Åsa-Nisse", "ÅÄÖ", "Ångström", "Ça ira", "Ñ", "Ã", "São Paulo", "Fårö – ‘dokument’ “1969”…", "½ ³",
        "‼", "ｆｕｌｌ ｗｉｄｔｈ", "２２/７", "ﬁ", "L’Avventura",
        "Alien³", "M.I.B.³", "Secret of My Succe$s", "千と千尋の神隠し", "हिन्दी",
    ],
)  # fmt: skip
def test_right_names_stay(right: str) -> None:
    assert repair_text(right) == right


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_never_changes(text: str) -> None:
    assert repair_text(text) == text


@given(st.text())
def test_repair_is_settled_after_one_pass_on_what_it_left_alone(text: str) -> None:
    once = repair_text(text)
    if once == text:
        assert repair_text(once) == once


def test_documents_are_repaired_and_repairs_told() -> None:
    document: dict[str, Any] = {
        "id": "PokÃ©mon",
        "name": "PokÃ©mon",
        "keywords": ["cafÃ©", "café", 7],
        "aliases": "not a list",
        "texts": [{"language": "en", "synopsis": "A cafÃ©."}, "odd"],
        "credits": [{"name": "HÃ©ctor", "role": "cast", "character": "JosÃ©"}],
    }
    repairs = Repairs()
    repair_document(document, repairs)
    assert document["id"] == "PokÃ©mon"
    assert document["name"] == "Pokémon"
    assert document["keywords"] == ["café", 7]
    assert document["texts"][0]["synopsis"] == "A café."
    assert document["credits"][0] == {"name": "Héctor", "role": "cast", "character": "José"}
    assert repairs.count == 5
    assert repairs.examples[0] == ("PokÃ©mon", "Pokémon")


@pytest.mark.shared
def test_all_known_pairs(shared_data: Path) -> None:
    lines = (shared_data / "charts/mojibake_pairs.tsv").read_text(encoding="utf-8").splitlines()[1:]
    pairs = [line.split("\t") for line in lines]
    assert len(pairs) == 89
    for right, mangled in pairs:
        assert repair_text(right) == right
        assert repair_text(mangled) == (mangled if mangled in NOT_MOJIBAKE else right)


def table(path: Path, *columns: str, **options: Any) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, **options):
            yield from (row[column] for column in columns if row[column])


@pytest.mark.shared
def test_no_right_name_of_any_feed_changes(shared_data: Path) -> None:
    catalog, tabs = shared_data / "catalog", {"delimiter": "\t", "quoting": csv.QUOTE_NONE}
    names = {
        *table(catalog / "tmdb_5000_movies.csv.gz", "title", "original_title", "tagline"),
        *table(catalog / "movies_metadata-slice.csv.gz", "title", "original_title", "tagline"),
        *table(catalog / "netflix_titles.csv.gz", "title", "director", "cast"),
        *table(catalog / "imdb-title.akas.tsv.gz", "title", **tabs),
        *table(catalog / "imdb-title.basics.tsv.gz", "primaryTitle", "originalTitle", **tabs),
        *table(shared_data / "charts/netflix-top10-countries-until-2022-05-29.tsv.gz", "show_title", **tabs),
    }
    for path in ("ratings/ml-100k/u.item", "ratings/ml-1m/movies.dat"):
        names.update((shared_data / path).read_text(encoding="latin-1").splitlines())
    assert len(names) > 60_000
    assert [name for name in names if repair_text(name) != name] == []
