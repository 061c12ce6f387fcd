"""Which picture and which colors suit a title: by keyword, else by genre."""

from __future__ import annotations

from collections.abc import Callable

from crossreel.artwork.canvas import Canvas, Dice
from crossreel.artwork.designs import figures, land, places
from crossreel.artwork.palettes import Palette, palettes_for
from crossreel.catalog.title import Title

__all__ = ["Design", "choose_design", "choose_palette", "genre_group"]

Design = Callable[[Canvas], None]

_BY_WORD: tuple[tuple[frozenset[str], Design], ...] = (
    (frozenset({"moon", "night", "midnight", "werewolf", "rabbit"}), land.moon),
    (frozenset({"space travel", "mars", "saturn", "spaceship", "comet", "planet", "astronomers"}), land.orbits),
    (frozenset({"train", "station", "railway", "road", "road movie", "hitchhiking", "journey", "travel"}), land.rails),
    (frozenset({"sea", "ship", "island", "submarine", "river", "rapids", "fishermen", "sailors", "navy", "danube",
                "underwater", "boat", "fishing", "canoe", "pacific coast", "lake", "flood", "storm"}), land.sea),
    (frozenset({"mountain", "mountains", "alps", "snow", "north pole", "ice", "arctic", "winter", "skiing",
                "everest"}), land.mountains),
    (frozenset({"forest", "fairy tale", "wheat", "farmers", "village", "peasants", "farm"}), land.trees),
    (frozenset({"desert", "outlaws", "posse", "cowboys", "gold", "herdsman"}), land.sun),
    (frozenset({"dream", "hypnosis", "madness", "surrealism", "surreal", "amnesia", "memory"}), figures.rings),
    (frozenset({"theater", "circus", "stage play", "vaudeville", "trapeze", "opera", "cabaret", "dance", "magician",
                "ball", "actress", "tango"}), places.curtain),
    (frozenset({"camera", "early cinema", "filmmaking", "cinema", "photographer", "montage", "hand-drawn"}), places.frames),
    (frozenset({"abstract", "geometry", "rhythm", "jazz", "music", "piano", "violin"}), figures.bars),
    (frozenset({"temple", "king", "palace", "mythology", "ancient rome", "church", "monk", "nun", "pope",
                "ramayana", "caliph", "mosque", "monastery", "biblical"}), places.arches),
    (frozenset({"flower", "garden", "spring", "chrysanthemum", "lotus", "princess", "kimono", "geisha"}), figures.petals),
    (frozenset({"castle", "vampire", "ghost", "haunted house", "devil", "staircase"}), places.stairs),
    (frozenset({"city", "london", "paris", "berlin", "tokyo", "shanghai", "seoul", "new york", "factory"}), places.city),
    (frozenset({"couple", "kiss", "marriage", "wedding", "friendship", "sisters", "love triangle"}), figures.meeting),
    (frozenset({"revolution", "strike", "battle", "uprising", "partisans", "siege"}), figures.wedge),
)  # fmt: skip
_BY_GENRE: dict[str, tuple[Design, ...]] = {
    "horror": (land.moon, places.stairs, places.door, figures.eye, land.trees),
    "science-fiction": (land.orbits, figures.rings, land.moon, figures.dots, places.city),
    "comedy": (figures.waves, figures.dots, places.curtain, places.frames, figures.fan, figures.bars),
    "romance": (figures.meeting, land.moon, figures.petals, land.sea, places.curtain),
    "western": (land.sun, land.rails, land.mountains),
    "war": (figures.wedge, land.sun, figures.fan, land.rails),
    "crime": (places.blinds, places.door, places.city, places.stairs, figures.eye),
    "documentary": (places.beam, places.frames, land.rails, places.city, land.sun),
    "animation": (figures.dots, figures.waves, places.frames, land.trees, figures.fan),
    "adventure": (land.sun, land.mountains, land.sea, land.rails, land.orbits),
    "fantasy": (land.moon, figures.rings, land.trees, figures.petals, places.arches, figures.eye),
    "history": (places.arches, figures.fan, figures.wedge, land.sun, places.curtain),
    "music": (figures.bars, figures.waves, places.curtain, figures.fan),
    "experimental": (figures.bars, figures.rings, figures.wedge, figures.dots, figures.eye),
    "drama": (places.door, places.city, figures.meeting, places.stairs, land.sea, places.blinds, land.trees,
              land.mountains),
}  # fmt: skip
_SAME_AS = {
    "thriller": "crime", "mystery": "crime", "film-noir": "crime", "noir": "crime",
    "family": "animation", "children": "animation", "musical": "music",
    "biography": "history", "action": "adventure", "sport": "adventure",
    "melodrama": "romance",
}  # fmt: skip
_STRONG = ("film-noir", "western", "horror", "experimental", "war", "science-fiction", "animation")
"""Genres that say more than the ones they come with, the most telling first."""


def genre_group(title: Title) -> str:
    """The one genre that says most about how a title looks; ``drama`` where none does."""
    strong = next((genre for genre in _STRONG if genre in title.genres), None)
    if strong:
        return _SAME_AS.get(strong, strong)
    named = [_SAME_AS.get(genre, genre) for genre in title.genres]
    return next((genre for genre in named if genre in _BY_GENRE and genre != "drama"), "drama")


def choose_palette(title: Title, dice: Dice) -> Palette:
    """One of the genre's palettes."""
    palettes = palettes_for(genre_group(title))
    return palettes[dice.roll(len(palettes))]


def choose_design(title: Title, dice: Dice) -> Design:
    """A picture of a keyword where one is known, else one of the genre's."""
    words = {word.casefold() for word in title.keywords}
    known = [design for wanted, design in _BY_WORD if words & wanted]
    pick = dice.roll(60)
    if known:
        return known[pick % len(known)]
    designs = _BY_GENRE[genre_group(title)]
    return designs[pick % len(designs)]
