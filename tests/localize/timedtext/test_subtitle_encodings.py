"""Encodings: told by bytes, detected on real subtitles, never mangled."""

from pathlib import Path

import pytest

from crossreel.errors import BadFile, BadValue
from crossreel.localize.timedtext.encoding import decode, encoding_name
from crossreel.values.language import Language

RUSSIAN = "1\n00:00:01,000 --> 00:00:03,000\nСлева мы видим, как он идёт домой.\nСправа мы видим город.\n"
BY_LANGUAGE = {
    "deu": ("cp1252", "iso8859_15", "mac_roman", "cp850"),
    "eng": ("cp1252",),
    "fra": ("cp1252", "mac_roman", "cp850"),
    "ita": ("cp1252", "cp850"),
    "por": ("cp1252", "cp850"),
    "spa": ("cp1252", "cp850"),
    "rus": ("cp1251", "koi8_r", "cp866", "iso8859_5", "mac_cyrillic"),
    "zho": ("gb18030", "big5"),
    "jpn": ("cp932", "euc_jp"),
    "kor": ("cp949",),
    "pol": ("cp1250", "iso8859_2"),
    "tha": ("cp874",),
    "dan": ("cp1252",),
    "epo": ("iso8859_3",),
    "ar": ("cp1256",),
    "ja": ("cp932", "euc_jp"),
    "ru": ("cp1251", "koi8_r", "cp866"),
    "sv": ("cp1252", "cp850"),
}
UNICODE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")


@pytest.mark.parametrize("encoding", [*UNICODE, "cp1251", "koi8_r", "cp866", "gb18030"])
def test_a_text_comes_back_whole(encoding: str) -> None:
    assert decode(RUSSIAN.encode(encoding)).text == RUSSIAN


def test_what_was_detected_is_said() -> None:
    found = decode(RUSSIAN.encode("koi8_r"))
    assert (found.encoding, found.how) == ("koi8_r", "detected")
    assert "koi8_r" in found.note


def test_an_encoding_asked_for_is_the_only_one_tried() -> None:
    with pytest.raises(BadFile, match=r"is not utf-8.*--encoding"):
        decode(RUSSIAN.encode("cp1251"), encoding="utf-8")
    assert decode(RUSSIAN.encode("cp1251"), encoding="windows-1251").text == RUSSIAN


def test_the_place_of_the_first_bad_byte_is_named() -> None:
    with pytest.raises(BadFile, match=r"row 2: is not utf-8 \(byte 0xFF at position 4\)"):
        decode(b"ab\n\xff", encoding="utf-8")


@pytest.mark.parametrize("data", [b"", b"  \n", b"\0\0\0"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    with pytest.raises(BadFile, match="is empty"):
        decode(data)


def test_noise_is_refused_and_not_guessed() -> None:
    with pytest.raises(BadFile, match="--encoding"):
        decode(bytes(range(128, 256)) * 20)


def test_unknown_encodings_are_refused() -> None:
    for name in ("klingon", "rot13", "zlib", ""):
        with pytest.raises(BadValue):
            encoding_name(name)


def test_the_language_helps_where_bytes_do_not() -> None:
    data = "Ça va ş\n".encode("cp1254")
    assert decode(data, language=Language.parse("tr")).encoding == "cp1254"


@pytest.mark.shared
def test_real_subtitles_are_detected_in_every_encoding_of_their_language(shared_data: Path) -> None:
    folder = shared_data / "subtitles"
    total, wrong = 0, []
    for path in sorted([*folder.glob("open-films/**/*.srt"), *folder.glob("elephants-dream/*.vtt")]):
        text = path.read_text(encoding="utf-8-sig")
        code = (
            path.parent.name
            if path.parent.name in BY_LANGUAGE
            else path.stem.replace(".", "-").split("-")[-1]
        )
        for encoding in (*UNICODE, *BY_LANGUAGE.get(code, ())):
            try:
                data = text.encode(encoding)
            except UnicodeEncodeError:
                continue
            total += 1
            if decode(data).text != text:
                wrong.append((path.name, encoding, decode(data).encoding))
    assert total > 1200
    assert wrong == []
