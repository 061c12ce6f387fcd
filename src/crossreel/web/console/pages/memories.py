"""Remembered wordings: how many of each pair, brought in and taken out as TMX."""

from __future__ import annotations

from starlette.datastructures import UploadFile
from starlette.responses import Response

from crossreel.desk.memories import MOST_BYTES, bring_in_memory, memory_file
from crossreel.errors import BadInput
from crossreel.values.language import Language
from crossreel.web.console.addresses import shown, uploaded
from crossreel.web.console.nouns import Command
from crossreel.web.console.phrases import M_
from crossreel.web.console.rendering import console_url
from crossreel.web.console.sitting import Crumb, Sitting

__all__ = ["COMMANDS", "ROUTES"]


def memories(sitting: Sitting) -> Response:
    """``GET /memories``."""
    return _page(sitting, {})


def _page(sitting: Sitting, values: dict[str, str], problem: str = "", status: int = 200) -> Response:
    book = sitting.phrases.book
    rows = []
    for pair, size in sitting.app.memories.sizes().items():
        source, _, target = pair.partition(">")
        names = (book.language_name(Language.parse(source)), book.language_name(Language.parse(target)))
        rows.append((names, size, console_url(f"/memories/{source}/{target}.tmx")))
    title = sitting.tell("Translation memory")
    return sitting.page(
        "memories.html",
        noun="localize",
        title=title,
        crumbs=[Crumb(title)],
        status=status,
        rows=rows,
        values=values,
        problem=problem,
    )


def bring_in(sitting: Sitting, fields: dict[str, str], file: UploadFile | None) -> Response:
    """``POST /memories``: adds the segments of a TMX file."""
    try:
        if file is None or not file.filename:
            raise BadInput(sitting.tell("Choose a file first."))
        size = bring_in_memory(
            sitting.app,
            sitting.actor,
            file.file.read(),
            Language.parse(fields.get("from", "")),
            Language.parse(fields.get("to", "")),
            name=file.filename[-100:],
            request_id=sitting.request_id,
        )
    except BadInput as error:
        return _page(sitting, fields, f"{error.message} {error.advice}".strip(), 422)
    told = sitting.tell("%(count)s wordings of this pair are remembered.", count=size)
    return sitting.go(console_url("/memories"), told)


def take_out(sitting: Sitting) -> Response:
    """``GET /memories/{source}/{target}.tmx``."""
    source, target = (Language.parse(sitting.request.path_params[name]) for name in ("source", "target"))
    return Response(
        memory_file(sitting.app, source, target),
        media_type="application/x-tmx+xml",
        headers={
            "Content-Disposition": f'attachment; filename="{source}-{target}.tmx"',
            "Cache-Control": "private, no-store",
        },
    )


ROUTES = [
    shown("/memories", memories),
    uploaded("/memories", bring_in, MOST_BYTES),
    shown("/memories/{source}/{target}.tmx", take_out),
]
COMMANDS = [
    Command(M_("Translation memory"), console_url("/memories"), "tmx wordings segments import export")
]
