import numpy as np
import pytest
from scipy.signal import lfilter

from crossreel.errors import BadValue
from crossreel.localize.speech.turns import speakers_of

RATE = 16_000


def voiced(seconds: float, hertz: float, formant: float, seed: int) -> np.ndarray:
    """Pulses of a wavering pitch through a resonance that moves every tenth of a second, as vowels do."""
    rng = np.random.default_rng(seed)
    count = RATE // 10
    parts, phase = [], 0.0
    for _ in range(round(seconds * 10)):
        turned = phase + np.cumsum(np.full(count, hertz * (1 + 0.1 * rng.normal()))) / RATE
        pulses = np.diff(np.floor(turned), prepend=np.floor(phase))
        phase = float(turned[-1])
        radius, angle = 0.96, 2 * np.pi * formant * np.exp(0.3 * rng.normal()) / RATE
        parts.append(lfilter([1.0], [1, -2 * radius * np.cos(angle), radius**2], pulses))
    sound = np.concatenate(parts)
    return (0.5 * sound / np.abs(sound).max() + rng.normal(0, 0.002, len(sound))).astype(np.float32)


def spoken(turns: str) -> tuple[np.ndarray, list[tuple[float, float]]]:
    voices = {"a": (110, 500), "b": (230, 1200), "c": (160, 2600)}
    parts, spans, at = [], [], 0.0
    for number, who in enumerate(turns):
        seconds = 2.0 + 0.2 * (number % 4)
        parts += [voiced(seconds, *voices[who], number), np.zeros(RATE // 4, np.float32)]
        spans.append((at, at + seconds))
        at += seconds + 0.25
    return np.concatenate(parts), spans


@pytest.mark.parametrize("turns", ["aaaaaa", "abab", "aabbabab", "abcabcbac"])
def test_voices_are_told_apart_and_numbered_as_they_speak(turns: str) -> None:
    sound, spans = spoken(turns)
    names = list(dict.fromkeys(turns))
    assert speakers_of(sound, RATE, spans) == [names.index(who) for who in turns]


def test_lines_without_sound_go_with_the_one_before() -> None:
    sound, spans = spoken("ab")
    silent = (spans[-1][1] + 0.05, spans[-1][1] + 0.2)
    assert speakers_of(sound, RATE, [*spans, silent]) == [0, 1, 1]
    assert speakers_of(np.zeros(RATE, np.float32), RATE, [(0, 0.5), (0.5, 1)]) == [0, 0]
    assert speakers_of(sound, RATE, []) == []
    with pytest.raises(BadValue, match="speaker turns"):
        speakers_of(sound, 8_000, spans)
