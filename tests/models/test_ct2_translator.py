"""CTranslate2 directories: real models, built here by hand, in the three layouts.

Each model is a transformer whose weights copy the token at the same place into another vocabulary, so
what it must answer is known word for word. It is written by CTranslate2's own specification classes and
run by its own engine; the SentencePiece files are trained here.
"""

from __future__ import annotations

import json
from pathlib import Path

import ctranslate2
import numpy as np
import pytest
import sentencepiece

from crossreel.app import translation_engine
from crossreel.errors import BadFile, BadValue, MissingModel, WrongUse
from crossreel.localize.timedtext import Document
from crossreel.localize.timedtext.model import cue_of
from crossreel.localize.translate.machine import Task, translate_document
from crossreel.localize.translate.roles import Request
from crossreel.models.ct2_translator import Ct2Translator, open_folder
from crossreel.values.language import Language

EN, ES, FR, ZH = (Language.parse(tag) for tag in ("en", "es", "fr", "zh-Hant"))
WORDS = {"the": "el", "captain": "capitán", "sees": "ve", "ship": "barco", "red": "rojo"}
PLACES = 64


def _pieces(path: Path, words: list[str]) -> None:
    """A SentencePiece model of whole words."""
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([" ".join(words)] * 50),
        model_prefix=str(path.with_suffix("")),
        model_type="word",
        vocab_size=len(words) + 3,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    path.with_suffix(".model").rename(path)


def _matrix(rows: int, columns: int, places: dict[tuple[int, int], float]) -> np.ndarray:
    made = np.zeros((rows, columns), np.float32)
    for place, value in places.items():
        made[place] = value
    return made


def _norm(spec: object, width: int) -> None:
    spec.gamma, spec.beta = np.ones(width, np.float32), np.zeros(width, np.float32)  # type: ignore[attr-defined]


def _build(folder: Path, tokens: list[str], answer: dict[str, str], skip: int) -> None:
    """A model whose answer at place n is ``answer`` of the source's token at place n + skip."""
    many, width = len(tokens), 2 * len(tokens) + PLACES
    spec = ctranslate2.specs.TransformerSpec.from_config(num_layers=1, num_heads=1, pre_norm=True)
    positions = _matrix(PLACES, width, {(n, many + n): 1.0 for n in range(PLACES)})
    embedding = _matrix(many, width, {(n, n): 1.0 for n in range(many)})
    none = np.zeros((width, width), np.float32)
    zeros = np.zeros(width, np.float32)
    for side in (spec.encoder, spec.decoder):
        table = side.embeddings[0] if isinstance(side.embeddings, list) else side.embeddings
        table.weight = embedding
        side.scale_embeddings = False
        side.position_encodings.encodings = positions
        _norm(side.layer_norm, width)
        layer = side.layer[0]
        _norm(layer.self_attention.layer_norm, width)
        layer.self_attention.linear[0].weight = np.concatenate([none] * 3)
        layer.self_attention.linear[0].bias = np.zeros(3 * width, np.float32)
        layer.self_attention.linear[1].weight, layer.self_attention.linear[1].bias = none, zeros
        _norm(layer.ffn.layer_norm, width)
        layer.ffn.linear_0.weight, layer.ffn.linear_0.bias = none, zeros
        layer.ffn.linear_1.weight, layer.ffn.linear_1.bias = none, zeros
    cross = spec.decoder.layer[0].attention
    _norm(cross.layer_norm, width)
    asks = {(many + n, many + n): 30.0 for n in range(PLACES)}
    shifted = {(many + n, many + n + skip): 1.0 for n in range(PLACES - skip)}
    cross.linear[0].weight, cross.linear[0].bias = _matrix(width, width, asks), zeros
    written = {(many + PLACES + tokens.index(to), tokens.index(word)): 9.0 for word, to in answer.items()}
    cross.linear[1].weight = np.concatenate([_matrix(width, width, shifted), _matrix(width, width, written)])
    cross.linear[1].bias = np.zeros(2 * width, np.float32)
    cross.linear[2].weight, cross.linear[2].bias = np.eye(width, dtype=np.float32), zeros
    reads = {(n, many + PLACES + n): 10.0 for n in range(many)}
    spec.decoder.projection.weight = _matrix(many, width, reads)
    spec.decoder.projection.bias = np.zeros(many, np.float32)
    spec.register_source_vocabulary(tokens)
    spec.register_target_vocabulary(tokens)
    spec.config.add_attribute("decoder_start_token", "</s>" if "<pad>" not in tokens else "<pad>")
    spec.validate()
    spec.optimize()
    spec.save(str(folder))


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A directory of each layout."""
    root = tmp_path_factory.mktemp("ct2")
    left, right = [f"▁{w}" for w in WORDS], [f"▁{w}" for w in WORDS.values()]
    copied = dict(zip(left, right, strict=True)) | {"</s>": "</s>"}
    made = {}
    for name, codes, skip in (
        ("opus-mt-en-es", [], 0),
        ("nllb", ["eng_Latn", "spa_Latn", "zho_Hant"], 0),
        ("madlad", ["<2es>", "<2zh_Hant>"], 1),
    ):
        folder = root / name
        folder.mkdir()
        tokens = ["<unk>", "<s>", "</s>", *codes, *left, *right]
        _build(folder, tokens, copied, skip)
        if name == "opus-mt-en-es":
            _pieces(folder / "source.spm", list(WORDS))
            _pieces(folder / "target.spm", list(WORDS.values()))
        else:
            file = "sentencepiece.bpe.model" if name == "nllb" else "spiece.model"
            _pieces(folder / file, [*WORDS, *WORDS.values()])
        made[name] = folder
    return made


@pytest.mark.parametrize("name", ["opus-mt-en-es", "nllb", "madlad"])
def test_every_layout_is_told_and_translates(models: dict[str, Path], name: str) -> None:
    folder = open_folder(models[name])
    assert folder.layout == name.removesuffix("-en-es")
    translator = Ct2Translator(folder, beam=2)
    texts = ["the captain sees the ship", "red ship", ""]
    assert translator.translate(texts[:2], EN, ES) == ["el capitán ve el barco", "rojo barco"]
    assert translator.translate([], EN, ES) == []
    assert translator.supports(EN, ES)
    assert translator.supports(EN, ZH) == (name != "opus-mt-en-es")
    assert not translator.supports(EN, FR)
    with pytest.raises(BadValue, match="en-fr"):
        translator.translate(["red"], EN, FR)


def test_a_file_goes_through_it_like_through_any_engine(models: dict[str, Path], tmp_path: Path) -> None:
    engine = translation_engine("ctranslate2", tmp_path, model=str(models["opus-mt-en-es"]), environment={})
    assert not engine.facts.sends_away
    assert engine.route(EN, ES) == ("en-es",)
    assert [one.text for one in engine.translate([Request("7", "red ship")], EN, ES)] == ["rojo barco"]
    film = Document((cue_of(1, 2, "the captain sees", "a"), cue_of(3, 4, "the ship", "b")))  # type: ignore[arg-type]
    done = translate_document(film, Task(EN, ES, engine))
    assert [(cue.id, cue.text.lower()) for cue in done.document.cues] == [
        ("a", "el capitán ve"),
        ("b", "el barco"),
    ]


def test_what_is_missing_or_broken_is_told(models: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(MissingModel, match="ct2-transformers-converter"):
        open_folder(tmp_path / "none")
    with pytest.raises(BadFile, match=r"model\.bin"):
        open_folder(tmp_path)
    with pytest.raises(WrongUse, match="directory"):
        translation_engine("ctranslate2", tmp_path, environment={})
    bare = tmp_path / "bare"
    bare.mkdir()
    for name in ("model.bin", "config.json", "shared_vocabulary.json"):
        (bare / name).write_bytes((models["nllb"] / name).read_bytes())
    with pytest.raises(BadFile, match="SentencePiece"):
        open_folder(bare)
    for name in ("source.spm", "target.spm"):
        (bare / name).write_bytes(b"not a model")
    (bare / "crossreel.json").write_text(json.dumps({"source": "en", "target": "es"}))
    assert open_folder(bare).pair == ("en", "es")
    with pytest.raises(BadFile, match="cannot be loaded"):
        Ct2Translator(open_folder(bare))
