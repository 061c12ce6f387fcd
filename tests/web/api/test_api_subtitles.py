"""Subtitles and versions by REST: the same answers as the commands give."""

import base64

import pytest

SRT = (
    b"1\n00:00:01,000 --> 00:00:03,000\nThe house is red and it is much too long for one line of it.\n\n"
    b"2\n00:00:03,010 --> 00:00:05,500\nHello!\n"
)


def send(caller, verb, data=None, **files):
    sent = {name: (f"{name}.srt", content) for name, content in files.items()}
    return caller.ask("POST", f"/subtitles/{verb}", data=data or {}, files=sent)


def test_files_are_looked_into_checked_fixed_and_converted(desk):
    reader = desk.caller("read")
    cues = send(reader, "inspect", file=SRT).json()["result"]["cues"]
    assert [cue["start"] for cue in cues] == [1, 3.01]
    checked = send(reader, "check", {"language": "en"}, file=SRT).json()["result"]
    assert {"line-length", "gap"} <= set(checked["summary"])
    fixed = send(reader, "fix", {"language": "en"}, file=SRT).json()
    assert "line-length" not in fixed["result"]["after"]
    assert b"The house is red" in base64.b64decode(fixed["content"])
    made = send(reader, "convert", {"to": "webvtt"}, file=SRT).json()
    assert base64.b64decode(made["content"]).startswith(b"WEBVTT")
    scored = send(reader, "score", {"language": "en"}, file=SRT, reference=SRT).json()["result"]
    assert (scored["suber"], scored["chrf"]) == (0, 100)


@pytest.mark.parametrize(
    ("verb", "data", "status"),
    [
        ("check", {}, 400),
        ("check", {"language": "en", "profile": "/etc/passwd"}, 400),
        ("convert", {"to": "papyrus"}, 400),
        ("fix", {"language": "no tag"}, 400),
        ("translate", {"from": "en", "to": "en"}, 403),
    ],
)
def test_wrong_asking_is_refused(desk, verb, data, status):
    assert send(desk.caller("read"), verb, data, file=SRT).status_code == status


def test_a_file_comes_in_time_and_a_foreign_one_is_refused(desk):
    lines = []
    for n in range(1, 60):
        at = f"00:{n // 8:02}:{n * 7 % 56:02}"
        lines.append(f"{n}\n{at},000 --> {at},{n * 37 % 700 + 200}\nx {n}\n")
    film = "\n".join(lines).encode()
    late = film.replace(b",000 -->", b",250 -->")
    synced = send(desk.caller("read"), "sync", file=late, reference=film).json()
    assert (synced["content"] is None) == (synced["result"]["action"] == "refused")
    assert set(synced["result"]) >= {"action", "confidence", "pieces", "rate", "notes"}
    alone = send(desk.caller("read"), "sync", file=SRT, reference=film).json()
    assert (alone["result"]["action"], alone["content"]) == ("refused", None)


def test_a_translation_is_estimated_then_started(desk):
    editor = desk.caller("edit")
    told = send(editor, "translate", {"from": "en", "to": "xh, zu", "estimate": "true"}, file=SRT)
    assert told.status_code == 202, told.text
    assert [one["language"] for one in told.json()["quotes"]] == ["xh", "zu"]
    assert all(one["problem"] for one in told.json()["quotes"])
    assert told.json()["jobs"] == []
    assert send(editor, "translate", {"from": "en", "to": "xh"}, file=SRT).status_code == 400
    assert send(editor, "translate", {"from": "en", "to": "es", "budget": "x"}, file=SRT).status_code == 400


def test_the_version_matrix_is_that_of_the_command(desk):
    reader = desk.caller("read")
    titles = reader.read("/titles")["items"]
    title = next(one for one in titles if one["original_languages"])
    found = reader.read(f"/versions/{title['id']}?territory=BR")["result"]
    assert found["territory"] == "BR"
    assert {"kind", "language", "state", "cost"} <= set(found["rows"][0])
    assert found["next_languages"]
    assert reader.ask("GET", f"/versions/{title['id']}?territory=ZZ").status_code in (400, 404)
    assert reader.ask("GET", "/versions/tiny:none?territory=BR").status_code == 404


def test_a_series_is_compared_and_made_consistent(desk):
    lines = ("¡Abre la puerta!", "¡Abra la puerta!", "¡Abre la puerta!")
    srt = "1\n00:00:01,000 --> 00:00:03,000\n{}\n"
    files = [("target", (f"{n}.srt", srt.format(line).encode())) for n, line in enumerate(lines)]
    files += [("source", (f"{n}.srt", srt.format("Open the door!").encode())) for n in range(3)]
    reader = desk.caller("read")
    sent = {"from": "en", "to": "es", "repair": "true"}
    told = reader.ask("POST", "/subtitles/consistency", data=sent, files=files)
    assert told.status_code == 200, told.text
    (finding,) = told.json()["result"]["findings"]
    assert (finding["chosen"], finding["by"]) == ("¡Abre la puerta!", "majority")
    repaired = [base64.b64decode(one["content"]).decode() for one in told.json()["contents"]]
    assert all("¡Abre la puerta!" in one for one in repaired)
    assert reader.ask("POST", "/subtitles/consistency", data=sent, files=files[:4]).status_code == 400
    assert reader.ask("GET", "/subtitles/consistency/proofs?proof=a&proof=b").status_code == 404
    body = {"proofs": ["a", "b"], "findings": [{"key": "0" * 16}]}
    assert reader.ask("POST", "/subtitles/consistency/proofs", json=body).status_code == 403
    assert desk.caller("edit").ask("POST", "/subtitles/consistency/proofs", json=body).status_code == 404
