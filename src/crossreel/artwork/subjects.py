"""Which picture and which colors suit a title: by keyword, else by genre."""

from __future__ import annotations

from collections.abc import Callable

from crossreel.artwork.canvas import Canvas, Dice
from crossreel.artwork.designs import figures, land, places
from crossreel.artwork.palettes import Palette, palettes_for
from crossreel.catalog.title import Title

__all__ = ["Design", "choose_design", "choose_palette", "genre_group"]

Design = Callable[[Canvas], None]

_BY_WORD: tuple[tuple[Design, str], ...] = (
    (land.moon, "midnight, moon, night, rabbit, werewolf"),
    (land.orbits, "astronomers, comet, mars, planet, saturn, space travel, spaceship"),
    (land.rails, "hitchhiking, journey, railway, road, road movie, station, train, travel"),
    (
        land.sea,
        "boat, canoe, danube, fishermen, fishing, flood, island, lake, navy, pacific coast, rapids, "
        "river, sailors, sea, ship, storm, submarine, underwater",
    ),
    (
        land.mountains,
        "alps, arctic, everest, ice, mountain, mountains, north pole, skiing, snow, winter",
    ),
    (land.trees, "fairy tale, forest, trees, woods"),
    (land.fields, "drought, farm, farmers, harvest, land, peasants, village, wheat"),
    (land.sun, "cowboys, desert, gold, herdsman, outlaws, posse"),
    (figures.rings, "amnesia, dream, hypnosis, madness, memory, surreal, surrealism"),
    (
        places.curtain,
        "actress, ball, cabaret, circus, dance, magician, opera, stage play, tango, theater, trapeze, "
        "vaudeville",
    ),
    (places.frames, "camera, cinema, early cinema, filmmaking, hand-drawn, montage, photographer"),
    (figures.bars, "abstract, geometry, jazz, music, piano, rhythm, violin"),
    (
        places.arches,
        "ancient rome, biblical, caliph, church, king, monastery, monk, mosque, mythology, nun, "
        "palace, pope, ramayana, temple",
    ),
    (figures.petals, "chrysanthemum, flower, garden, geisha, kimono, lotus, princess, spring"),
    (places.stairs, "castle, devil, ghost, haunted house, staircase, vampire"),
    (places.city, "berlin, city, factory, london, new york, paris, seoul, shanghai, tokyo"),
    (figures.meeting, "couple, friendship, kiss, love triangle, marriage, sisters, wedding"),
    (figures.wedge, "battle, partisans, revolution, siege, strike, uprising"),
)
"""A picture and the keywords that ask for it."""
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
    "drama": (places.door, places.city, figures.meeting, places.stairs, land.sea, places.blinds, land.fields,
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
    known = [design for design, wanted in _BY_WORD if words & set(wanted.split(", "))]
    pick = dice.roll(60)
    if known:
        return known[pick % len(known)]
    designs = _BY_GENRE[genre_group(title)]
    return designs[pick % len(designs)]
