"""What a title's film asks for in a country: text in its picture, scenes a board asks about, artwork."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from crossreel.catalog.attachment import AttachmentRole
from crossreel.catalog.title import Title
from crossreel.insight.advice import Advice, named
from crossreel.values.language import Language
from crossreel.values.territory import Territory

__all__ = ["advice_from_film", "film_not_looked_at"]

_FEWEST_LETTERS = 2
"""A single sign is more often a pattern that was taken for one than text."""
_SHOWN = 5
"""Lines, scenes and pictures that are told as evidence of one piece of advice."""


def advice_from_film(
    film: dict[str, Any], title: Title, territory: Territory, language: Language
) -> list[Advice]:
    """Advice from a film's analysis.

    Args:
        film: as ``video analyze`` writes it.
        title: whose film it is.
        territory: the country.
        language: that of its viewers.
    """
    found = [*_texts(film, language), *_scenes(film, territory)]
    if not _has_own_poster(title, territory, language):
        found += _artwork(film, territory, language)
    return found


def film_not_looked_at(film: dict[str, Any] | None, territory: Territory) -> list[str]:
    """What was not looked at, or what a board asks about and no model sees."""
    if film is None:
        return [
            "artwork from the film, text in its picture, scenes that a rating board will question: "
            "the film was not looked into"
        ]
    board = _board(film, territory)
    if board is None:
        return [f"scenes that a rating board will question: which one {territory.code} has is not known here"]
    missing = ", ".join(board["not_covered"])
    return [f"{board['board']} also asks about what no model here sees: {missing}"] if missing else []


def _texts(film: dict[str, Any], language: Language) -> list[Advice]:
    by_language: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in film["onscreen_text"]:
        letters = sum(one.isalpha() for one in line["text"])
        if letters < _FEWEST_LETTERS or not line["language"]:
            continue
        if Language.parse(line["language"]).primary != language.primary:
            by_language[line["language"]].append(line)
    found = []
    for tag, lines in sorted(by_language.items()):
        count = f"{len(lines)} lines" if len(lines) > 1 else "1 line"
        found.append(
            Advice(
                f"Redo or subtitle {count} of text in the picture for {named(language.primary)}: "
                f"in {named(tag)} now.",
                "picture",
                round(0.3 + 0.2 * min(len(lines), 10) / 10, 4),
                (
                    {"lines": len(lines), "language": tag, "wanted": language.tag},
                    *({"quote": one["text"], "language": tag} for one in lines[:_SHOWN]),
                    *({key: one[key] for key in ("start", "end", "score")} for one in lines[:_SHOWN]),
                ),
                "Show both cuts to viewers of the country and ask what the text said.",
                "crossreel video analyze FILE --out DIR",
            )
        )
    return found


def _board(film: dict[str, Any], territory: Territory) -> dict[str, Any] | None:
    held: list[dict[str, Any]] = film["compliance"]["territories"]
    return next((one for one in held if one["territory"] == territory.code), None)


def _scenes(film: dict[str, Any], territory: Territory) -> list[Advice]:
    board = _board(film, territory)
    found = []
    for question in board["questions"] if board else ():
        signals = [film["compliance"]["signals"][at] for at in question["signals"]]
        signals.sort(key=lambda one: -one["score"])
        count = f"{len(signals)} scenes" if len(signals) > 1 else "1 scene"
        found.append(
            Advice(
                f"Look at {count} before {board['board'] if board else ''} asks about {question['topic']}.",
                "rating",
                round(0.5 * signals[0]["score"], 4),
                (
                    {"topic": question["topic"], "scenes": len(signals), "source": board and board["source"]},
                    *(
                        {key: one[key] for key in ("seen", "start", "end", "score")}
                        for one in signals[:_SHOWN]
                    ),
                ),
                "A person looks at each scene; the model only says where to look.",
            )
        )
    return found


def _has_own_poster(title: Title, territory: Territory, language: Language) -> bool:
    return any(
        one.role is AttachmentRole.POSTER
        and (
            one.territory == territory or (one.territory is None and one.language.primary == language.primary)
        )
        for one in title.attachments
    )


def _artwork(film: dict[str, Any], territory: Territory, language: Language) -> list[Advice]:
    """Pictures of the film that carry a poster, with where a title in the country's script has room."""
    side = "rtl" if language.is_right_to_left else "ltr"
    pictures = [one for one in film["artwork"] if one["crops"].get("2:3", {}).get("keeps_all")]
    if not pictures:
        return []
    best = sorted(pictures, key=lambda one: -one["score"])[:_SHOWN]
    return [
        Advice(
            f"Make artwork for {territory.code}: no poster is for it or in {named(language.primary)}, "
            f"{len(pictures)} pictures of the film would do.",
            "artwork",
            0.25,
            tuple(
                {
                    "time": one["time"],
                    "frame": one["frame"],
                    "score": one["score"],
                    "faces": len(one["faces"]),
                    "room_for_the_title": one["crops"]["2:3"]["title"][side],
                }
                for one in best
            ),
            "Run an experiment with both posters and compare how many of those who see them start the title.",
        )
    ]
