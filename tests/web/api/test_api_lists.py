"""Lists by REST."""

from __future__ import annotations

from crossreel.accounts.operator import Permission


def test_lists_are_written_followed_and_removed(desk):
    editor, reader = desk.caller(Permission.READ, Permission.EDIT), desk.caller(Permission.READ)
    form = {"name": "Nights", "titles": ["tiny:moon"], "territories": ["EU"]}
    written = editor.put("/lists/nights", form)
    assert written.status_code == 200, written.text
    assert written.json() == reader.read("/lists/nights")
    assert written.json()["followers"] == 0
    assert editor.put("/lists/nights/followers/tiny:eve", None).json()["follows"] is True
    assert reader.read("/lists/nights")["followers"] == 1
    assert [one["id"] for one in reader.read("/lists?viewer=tiny:eve")["items"]] == ["nights"]
    assert [one["id"] for one in reader.read("/lists?territory=DE")["items"]] == ["nights"]
    assert reader.read("/lists?territory=US")["items"] == []
    assert editor.put("/lists/nights", {**form, "titles": ["tiny:none"]}).status_code == 404
    assert editor.put("/lists/nights", {**form, "owner": "tiny:eve", "territories": []}).status_code == 409
    assert editor.put("/lists/Nights", form).status_code == 400
    assert reader.put("/lists/nights", form).status_code == 403
    assert editor.delete("/lists/nights/followers/tiny:eve").json()["follows"] is False
    assert editor.delete("/lists/nights").json() == {"removed": "nights"}
    assert reader.get("/lists/nights").status_code == 404
