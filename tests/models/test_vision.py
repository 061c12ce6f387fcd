"""Detectors by their real weights, and the converters that make their graphs."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest

from crossreel.errors import BadFile
from crossreel.media.reading import FilmReader
from crossreel.models.blazeface import BlazeFace
from crossreel.models.boxes import apart, fitted, resized
from crossreel.models.iris import Iris
from crossreel.models.nanodet import GRAPH as NANODET
from crossreel.models.nanodet import NanoDet
from crossreel.models.open_nsfw import OpenNsfw
from crossreel.models.ppocr import PaddleReader
from crossreel.models.tfjs_graph import write_graph
from crossreel.models.transnet import TransNet
from crossreel.models.transnet_graph import GRAPH as TRANSNET
from crossreel.models.transnet_graph import read_weights
from crossreel.sample.film.drawing import HEIGHT, WIDTH, Picture, letters


@pytest.fixture(scope="module")
def still(shared_data):
    """A man in a car, from a clip of 1990s videophone tests."""
    for _, pictures in FilmReader(shared_data / "media" / "carphone_pristine.mp4").read(Fraction(10)):
        if pictures:
            return pictures[0].rgb
    raise AssertionError


@pytest.mark.shared
def test_a_person_is_found_where_he_sits(pretrained, still):
    found = NanoDet(pretrained("nanodet") / NANODET).look(still)
    assert found[0].label == "person"
    assert found[0].score > 0.6
    assert found[0].x < 0.3
    assert found[0].width > 0.6


@pytest.mark.shared
def test_a_face_is_found_and_like_itself(pretrained, still):
    faces = BlazeFace(pretrained("faces"))
    (one,) = faces.look(still)
    assert 0.3 < one.x < 0.45
    assert one.points[0][0] < one.points[1][0]
    wide = np.pad(still, ((0, 0), (0, 400), (0, 0)))
    (again,) = faces.look(wide)  # small in a wide picture: found in a part of it
    assert again.x * wide.shape[1] == pytest.approx(one.x * still.shape[1], abs=12)
    same = float(faces.describe(still, one) @ faces.describe(wide, again))
    assert same > 0.8
    assert faces.look(np.full((144, 256, 3), 90, np.uint8)) == []


@pytest.mark.shared
def test_a_plain_still_is_no_nudity_and_has_no_text(pretrained, still):
    assert OpenNsfw(pretrained("open-nsfw") / "open-nsfw.onnx").score(still) < 0.3
    assert PaddleReader(pretrained("ocr")).look(still) == []


@pytest.mark.parametrize("text", ["COMING SOON", "銀河鉄道の夜"])
def test_lines_are_read(pretrained, text):
    still = Picture("#28406c")
    still.paint(letters(text, HEIGHT / 10, WIDTH / 2, HEIGHT / 2), "#f4ead2")
    found = PaddleReader(pretrained("ocr")).look(still.to_array())
    assert [line.label for line in found] == [text]
    assert 0.3 < found[0].y < 0.7


def test_a_cut_is_where_transnet_sees_it(pretrained):
    rng = np.random.default_rng(3)
    scenes = rng.integers(0, 255, (2, 9, 16, 3)).repeat(3, 1).repeat(3, 2)
    frames = np.concatenate([np.repeat(scene[None], 50, 0) for scene in scenes]).astype(np.uint8)
    odds = TransNet(pretrained("transnet-v2") / TRANSNET).odds(frames)
    assert odds.shape == (100, 2)
    assert int(odds[:, 0].argmax()) == 49
    assert odds[10:40, 0].max() < 0.2


def test_other_weights_are_refused(tmp_path):
    (tmp_path / "x.pth").write_bytes(b"no archive")
    with pytest.raises(BadFile, match="TransNet"):
        read_weights(tmp_path / "x.pth")


def test_an_unknown_operation_is_named(tmp_path):
    node = {"name": "out", "op": "FancyOp", "input": []}
    model = {"modelTopology": {"node": [node]}, "weightsManifest": []}
    (tmp_path / "model.json").write_text(json.dumps(model))
    with pytest.raises(BadFile, match="FancyOp"):
        write_graph(tmp_path / "model.json", tmp_path / "out.onnx", {"out": "answer"})


def test_boxes_that_overlap_leave_the_likeliest():
    boxes = np.array([[0, 0, 10, 10], [1, 1, 11, 11], [20, 20, 30, 30]], np.float32)
    scores = np.array([0.5, 0.9, 0.4], np.float32)
    assert apart(boxes, scores, 0.3) == [1, 2]
    assert apart(boxes, scores, 0.3, np.array([0, 1, 0])) == [1, 0, 2]


def test_pictures_keep_their_means_when_scaled():
    rgb = np.random.default_rng(1).integers(0, 255, (90, 160, 3)).astype(np.uint8)
    small = resized(rgb, 40, 20)
    assert small.shape == (20, 40, 3)
    assert small.mean() == pytest.approx(rgb.mean(), abs=2)
    square, scale = fitted(rgb, 64)
    assert (square.shape, scale) == ((64, 64, 3), 0.4)
    assert square[40:].max() == 0


@pytest.mark.shared
def test_a_blink_is_seen(pretrained, shared_data):
    faces, iris = BlazeFace(pretrained("faces")), Iris(pretrained("eyes"))
    wide = {}
    for block, pictures in FilmReader(shared_data / "media" / "carphone_pristine.mp4").read(Fraction(2, 15)):
        assert block
        for one in pictures:
            if one.frame in (88, 92):
                (face,) = faces.look(one.rgb)
                wide[one.frame] = iris.openness(one.rgb, face)
    assert wide[88] > 0.3  # looking at the camera
    assert wide[92] < 0.22  # both lids down
