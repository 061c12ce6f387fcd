"""The player: plays a title where and while its rights are open, and goes on where it was left."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from crossreel.catalog.attachment import AttachmentRole
from crossreel.catalog.title import Title
from crossreel.web.cards import poster_url, shown_words, title_url, watch_url
from crossreel.web.film import film_of, sample_file
from crossreel.web.guard import CONTENT_SECURITY_POLICY
from crossreel.web.pages.saying import find_title
from crossreel.web.pages.streaming import STREAM_POLICY, stream_url
from crossreel.web.pages.title import elsewhere, refusals
from crossreel.web.past import FINISHED
from crossreel.web.views import Option, WatchView
from crossreel.web.visit import Visit

__all__ = ["sample_film", "watch", "watch_view"]


def watch(request: Request) -> Response:
    """``GET /watch/{id}``, with ``?trailer`` its trailer; 403 with the reasons where the title is closed."""
    visit = Visit.begin(request)
    text = request.path_params["id"]
    title = find_title(visit, text)
    if str(title.id) != text:
        return RedirectResponse(watch_url(title.id), 301)
    view = watch_view(visit, title)
    response = visit.page("watch.html", status=403 if view.refusals else 200, view=view, names=[view.name])
    if view.stream:
        policy = CONTENT_SECURITY_POLICY.replace("media-src 'self'", STREAM_POLICY)
        response.headers["Content-Security-Policy"] = policy
    return response


def watch_view(visit: Visit, title: Title) -> WatchView:
    """The player's page on this visit."""
    name = shown_words(title.shown_name(visit.reading, visit.territory))
    poster, back = poster_url(title, visit.reading, visit.territory), title_url(title.id)
    if not visit.is_open([title.id]):
        return WatchView(
            str(title.id),
            name,
            poster,
            back,
            None,
            refusals=refusals(visit, title),
            elsewhere=elsewhere(visit, title),
        )
    say = visit.book
    is_trailer = "trailer" in visit.request.query_params
    role = AttachmentRole.TRAILER if is_trailer else AttachmentRole.FILM
    film = film_of(title, visit.reading, visit.territory, role)
    if film is None:
        note = say.gettext("No film is attached to this title yet, so there is nothing to play.")
        return WatchView(str(title.id), name, poster, back, None, note=note)
    tracks = tuple(
        Option(track.url, say.language_name(track.language), language=track.language.tag)
        for track in film.tracks
    )
    share = visit.past.value(visit.past.watched, title.id)
    note = say.gettext("This is the sample film; it stands in for the title.") if film.stands_in else ""
    note = say.gettext("Trailer") if is_trailer else note
    return WatchView(
        title=str(title.id),
        name=name,
        poster=poster,
        back=back,
        film=(film.url, film.media_type),
        tracks=tracks,
        stream="" if is_trailer or not film.digest else stream_url(visit, title, film.digest),
        resume=f"{share:.4f}" if 0 < share < FINISHED and not is_trailer else "0",
        is_trailer=is_trailer,
        note=note,
    )


def sample_film(request: Request) -> Response:
    """``GET /film/{name}``: the sample film and its subtitles, whole or by byte ranges."""
    found = sample_file(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    path, media_type = found
    return FileResponse(path, media_type=media_type, headers={"Cache-Control": "public, max-age=3600"})
