"""Translation models as CTranslate2 directories: OPUS-MT (Marian), NLLB-200 and MADLAD-400.

A directory holds ``model.bin``, ``config.json`` and the vocabularies that ``ct2-transformers-converter``
writes, with the model's SentencePiece files beside them (its ``--copy_files``). How a sentence is framed
follows each model's tokenizer, as the CTranslate2 guide "Transformers" shows it (read 2026-11): Marian
ends with ``</s>`` and names the target as ``>>spa<<`` where it has several; NLLB begins with the source's
code and its answer with the target's (``spa_Latn``); MADLAD begins with ``<2es>``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from crossreel.errors import BadFile, BadValue, MissingExtra, MissingModel, OutsideFailure
from crossreel.values.language import Language

__all__ = ["Ct2Translator", "Layout", "ModelFolder", "open_folder"]

Layout = Literal["opus-mt", "nllb", "madlad"]
_PIECES: Final = {
    "opus-mt": (("source.spm", "target.spm"),),
    "nllb": (("sentencepiece.bpe.model",) * 2, ("sentencepiece.model",) * 2),
    "madlad": (("spiece.model",) * 2, ("sentencepiece.model",) * 2),
}
_NLLB: Final = {
    "ar": "arb_Arab", "bg": "bul_Cyrl", "bn": "ben_Beng", "ca": "cat_Latn", "cs": "ces_Latn",
    "da": "dan_Latn", "de": "deu_Latn", "el": "ell_Grek", "en": "eng_Latn", "es": "spa_Latn",
    "fa": "pes_Arab", "fi": "fin_Latn", "fr": "fra_Latn", "he": "heb_Hebr", "hi": "hin_Deva",
    "hr": "hrv_Latn", "hu": "hun_Latn", "id": "ind_Latn", "it": "ita_Latn", "ja": "jpn_Jpan",
    "ko": "kor_Hang", "ms": "zsm_Latn", "nb": "nob_Latn", "nl": "nld_Latn", "no": "nob_Latn",
    "pl": "pol_Latn", "pt": "por_Latn", "ro": "ron_Latn", "ru": "rus_Cyrl", "sk": "slk_Latn",
    "sr": "srp_Cyrl", "sv": "swe_Latn", "ta": "tam_Taml", "te": "tel_Telu", "th": "tha_Thai",
    "tr": "tur_Latn", "uk": "ukr_Cyrl", "ur": "urd_Arab", "vi": "vie_Latn",
}  # fmt: skip
"""Codes of NLLB-200 (FLORES-200 list, read 2026-11); others may be written ``xyz_Latn`` in the vocabulary."""


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A directory that was looked at.

    Args:
        path: of the directory.
        layout: which family it belongs to.
        source_pieces: its SentencePiece model of the source.
        target_pieces: of the target.
        pair: (source, target) languages of a model for one pair, else None.
        tokens: its vocabulary's language tokens.
    """

    path: Path
    layout: Layout
    source_pieces: Path
    target_pieces: Path
    pair: tuple[str, str] | None
    tokens: frozenset[str]


def open_folder(path: Path) -> ModelFolder:
    """Looks at a model directory.

    A model of one pair says so in ``crossreel.json`` (``{"source": "en", "target": "es"}``) or in the
    directory's name, which then ends like ``opus-mt-en-es``.

    Raises:
        MissingModel: it is not there.
        BadFile: it is no CTranslate2 directory of these families.
    """
    if not path.is_dir():
        raise MissingModel(
            f"There is no model directory {path}.",
            advice="Make one: ct2-transformers-converter --model Helsinki-NLP/opus-mt-en-es "
            "--output_dir opus-mt-en-es --copy_files source.spm target.spm",
        )
    for name in ("model.bin", "config.json"):
        if not (path / name).is_file():
            raise BadFile(
                path, f"has no {name}", advice="Name a directory that CTranslate2's converter wrote."
            )
    tokens = _language_tokens(path)
    for layout, options in _PIECES.items():
        for one, two in options:
            fits = {"opus-mt": True, "nllb": "eng_Latn" in tokens, "madlad": any("<2" in t for t in tokens)}
            if fits[layout] and (path / one).is_file() and (path / two).is_file():
                pair = _pair(path) if layout == "opus-mt" else None
                return ModelFolder(path, layout, path / one, path / two, pair, tokens)  # type: ignore[arg-type]
    raise BadFile(
        path,
        "has no SentencePiece files of OPUS-MT, NLLB or MADLAD",
        advice="Copy source.spm and target.spm, sentencepiece.bpe.model, or spiece.model into it.",
    )


def _language_tokens(path: Path) -> frozenset[str]:
    for name in ("shared_vocabulary.json", "target_vocabulary.json", "shared_vocabulary.txt"):
        file = path / name
        if file.is_file():
            text = file.read_text(encoding="utf-8")
            try:
                words = json.loads(text) if name.endswith("json") else text.split("\n")
            except ValueError as error:
                raise BadFile(file, "is no JSON list") from error
            return frozenset(
                word
                for word in words
                if (word.startswith((">>", "<2")) and word.endswith(("<<", ">")))
                or (len(word) == 8 and word[3] == "_")
            )
    raise BadFile(path, "has no vocabulary")


def _pair(path: Path) -> tuple[str, str] | None:
    told = path / "crossreel.json"
    if told.is_file():
        try:
            read = json.loads(told.read_text(encoding="utf-8"))
            return str(read["source"]), str(read["target"])
        except (ValueError, KeyError, TypeError) as error:
            raise BadFile(told, 'is not {"source": tag, "target": tag}') from error
    parts = path.name.split("-")
    return (
        (parts[-2], parts[-1]) if len(parts) >= 3 and all(2 <= len(one) <= 3 for one in parts[-2:]) else None
    )


class Ct2Translator:
    """``values.text_roles.Translator`` over a model directory.

    Args:
        folder: what ``open_folder`` found.
        beam: hypotheses that are followed.
        threads: of the processor.

    Raises:
        MissingExtra: ctranslate2 or sentencepiece is not installed.
        BadFile: the model cannot be loaded.
    """

    def __init__(self, folder: ModelFolder, *, beam: int = 4, threads: int = 1) -> None:
        try:
            import ctranslate2
            import sentencepiece
        except ImportError as error:
            raise MissingExtra(error.name or "ctranslate2", "translate") from error
        self._folder, self._beam = folder, beam
        try:
            self._model: Any = ctranslate2.Translator(
                str(folder.path), device="cpu", inter_threads=1, intra_threads=threads
            )
            self._source = sentencepiece.SentencePieceProcessor(model_file=str(folder.source_pieces))
            self._target = sentencepiece.SentencePieceProcessor(model_file=str(folder.target_pieces))
        except (RuntimeError, ValueError, OSError) as error:
            raise BadFile(folder.path, f"cannot be loaded ({error})") from error
        seal = hashlib.sha256((folder.path / "model.bin").read_bytes()).hexdigest()[:12]
        self._name = f"{folder.layout} {folder.path.name} {seal}"

    @property
    def name(self) -> str:
        """Layout, directory and the beginning of the model's checksum."""
        return self._name

    def supports(self, source: Language, target: Language) -> bool:
        """Whether the model has both languages."""
        if self._folder.layout == "opus-mt":
            pair = self._folder.pair
            if pair is None:
                return self._marian_token(target) is not None
            known = (Language.parse(pair[0]).primary, Language.parse(pair[1]).primary)
            return known == (source.primary, target.primary)
        if self._folder.layout == "nllb":
            return self._nllb(source) is not None and self._nllb(target) is not None
        return self._madlad(target) is not None

    def _marian_token(self, language: Language) -> str | None:
        import langcodes

        wanted = (
            f">>{language.tag}<<",
            f">>{language.primary}<<",
            f">>{langcodes.get(language.primary).to_alpha3()}<<",
        )
        return next((token for token in wanted if token in self._folder.tokens), None)

    def _nllb(self, language: Language) -> str | None:
        code = _NLLB.get(language.primary)
        if language.primary == "zh":
            code = "zho_Hant" if language.script == "Hant" else "zho_Hans"
        return code if code in self._folder.tokens else None

    def _madlad(self, language: Language) -> str | None:
        wanted = (f"<2{language.tag.replace('-', '_')}>", f"<2{language.primary}>")
        return next((token for token in wanted if token in self._folder.tokens), None)

    def translate(self, texts: Sequence[str], source: Language, target: Language) -> list[str]:
        """The translations, one a text and in order.

        Raises:
            BadValue: the model lacks the pair.
            OutsideFailure: the model failed.
        """
        if not self.supports(source, target):
            raise BadValue("language pair", f"{source}-{target}", f"one that {self._folder.path.name} has")
        framed = [self._framed(text, source, target) for text in texts]
        prefix = [[self._nllb(target)]] * len(texts) if self._folder.layout == "nllb" else None
        if not framed:
            return []
        most = min(512, 3 * max(map(len, framed)) + 24)  # a model that repeats itself is cut off
        try:
            results = self._model.translate_batch(
                framed,
                target_prefix=prefix,
                beam_size=self._beam,
                max_decoding_length=most,
                max_batch_size=32,
            )
        except (RuntimeError, ValueError) as error:
            raise OutsideFailure(
                f"{self._name} failed: {error}", advice="Convert the model again, or choose another."
            ) from error
        return [self._joined(result.hypotheses[0]) for result in results]

    def _framed(self, text: str, source: Language, target: Language) -> list[str]:
        pieces: list[str] = self._source.encode(text, out_type=str)
        layout = self._folder.layout
        if layout == "nllb":
            return [str(self._nllb(source)), *pieces, "</s>"]
        if layout == "madlad":
            return [str(self._madlad(target)), *pieces, "</s>"]
        token = self._marian_token(target) if self._folder.pair is None else None
        return [*([token] if token else []), *pieces, "</s>"]

    def _joined(self, pieces: Sequence[str]) -> str:
        kept = [
            piece for piece in pieces if piece not in self._folder.tokens and piece not in ("</s>", "<pad>")
        ]
        return str(self._target.decode(kept)).strip()
