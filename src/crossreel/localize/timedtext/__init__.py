"""Timed text: one neutral model between readers and writers, rules and repair.

::

    document = read_file(Path("film.es.srt"))
    report = check(document, Language.parse("es"), "netflix")
    fixed = fix(document, Language.parse("es"), "netflix")
    written = write_bytes(fixed.document, "webvtt")
"""

from crossreel.localize.timedtext.fixing.fix import Fixed, fix
from crossreel.localize.timedtext.formats import FORMATS, Written, read_bytes, read_file, write_bytes
from crossreel.localize.timedtext.inspecting import document_to_dict
from crossreel.localize.timedtext.model import (
    FOREVER,
    Cue,
    Document,
    Node,
    Placement,
    Region,
    Span,
    Stamp,
    Text,
)
from crossreel.localize.timedtext.rules.check import check
from crossreel.localize.timedtext.rules.profile import Audience, load_profile, profile_names
from crossreel.localize.timedtext.rules.rule import Report, Violation
from crossreel.localize.timedtext.shots import read_shots

__all__ = [
    "FOREVER",
    "FORMATS",
    "Audience",
    "Cue",
    "Document",
    "Fixed",
    "Node",
    "Placement",
    "Region",
    "Report",
    "Span",
    "Stamp",
    "Text",
    "Violation",
    "Written",
    "check",
    "document_to_dict",
    "fix",
    "load_profile",
    "profile_names",
    "read_bytes",
    "read_file",
    "read_shots",
    "write_bytes",
]
