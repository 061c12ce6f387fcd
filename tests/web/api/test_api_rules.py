"""Rules by REST."""

from __future__ import annotations

from crossreel.accounts.operator import Permission


def test_rules_are_written_read_and_removed(desk):
    editor, reader = desk.caller(Permission.READ, Permission.EDIT), desk.caller(Permission.READ)
    rule = {"kind": "boost", "select": {"genres": ["horror"]}, "factor": 2, "territories": ["EU"]}
    written = editor.put("/rules/more-horror", rule)
    assert written.status_code == 200, written.text
    assert written.json() == reader.read("/rules/more-horror")
    assert reader.read("/rules")["items"] == [written.json()]
    assert editor.put("/rules/more-horror", {**rule, "factor": 0}).status_code == 400
    assert editor.put("/rules/x", {"kind": "pin", "titles": ["tiny:none"]}).status_code == 404
    assert reader.put("/rules/more-horror", rule).status_code == 403
    assert reader.delete("/rules/more-horror").status_code == 403
    assert editor.delete("/rules/more-horror").json() == {"removed": "more-horror"}
    assert editor.delete("/rules/more-horror").status_code == 404
    assert reader.get("/rules/more-horror").status_code == 404
