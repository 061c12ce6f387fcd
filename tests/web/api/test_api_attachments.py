"""Files of titles by API."""

from __future__ import annotations

from crossreel.accounts.operator import Permission
from crossreel.testing.files import png
from crossreel.testing.tiny import tiny_id

PATH = f"/titles/{tiny_id('moon')}/attachments"


def test_upload_list_replace_remove_undo(desk):
    editor, reader = desk.caller(Permission.READ, Permission.EDIT), desk.caller(Permission.READ)
    sent = editor.ask(
        "POST", PATH, data={"role": "poster", "language": "es"}, files={"file": ("p.png", png(400, 600))}
    )
    assert sent.status_code == 201, sent.text
    (file,) = reader.read(PATH)
    assert (file["role"], file["language"], file["width"], file["height"]) == ("poster", "es", 400, 600)
    assert file["url"].endswith(file["digest"])
    stale = editor.ask(
        "POST",
        PATH,
        data={"role": "still"},
        files={"file": ("s.png", png(640, 360))},
        headers={"If-Match": '"other"'},
    )
    assert stale.status_code == 412
    removed = editor.delete(f"{PATH}/poster/es")
    assert removed.json() == []
    assert editor.delete(f"{PATH}/poster/es").status_code == 404
    changes = reader.read(f"/titles/{tiny_id('moon')}/history")["items"]
    assert [one["action"] for one in changes] == ["artwork.remove", "artwork.attach"]
    assert editor.post(f"/titles/{tiny_id('moon')}/history/{changes[0]['id']}/undo").status_code == 200
    assert [one["digest"] for one in reader.read(PATH)] == [file["digest"]]


def test_a_bad_file_is_a_problem_with_its_code(desk):
    editor = desk.caller(Permission.READ, Permission.EDIT)
    sent = editor.ask("POST", PATH, data={"role": "poster"}, files={"file": ("x.svg", b"<svg/>")})
    assert sent.status_code == 422
    assert sent.json()["code"] == "bad-file"
    assert editor.read(PATH) == []
    reader = desk.caller(Permission.READ)
    sent = reader.ask("POST", PATH, data={"role": "poster"}, files={"file": ("x.png", png(300, 300))})
    assert sent.status_code == 403
