"""Subtitles: parse, check and fix from 1,000 to 1,000,000 cues, beside pysubs2, webvtt-py and ttconv.

    python benchmarks/speed/subtitles.py --most 100000

Data: made here, seed 7: lines of 2 to 16 common English words, 0.9 to 5 s each, gaps of 0 to 3 s, every
fourth cue in italics; the same cues as SRT and as WebVTT. Protocol: each program parses the same text
held in memory, in turn, in one process; the least of three runs counts (one run from 100,000 cues on);
CPU seconds of the process, so that other work on the machine counts little. ttconv is timed to 10,000
cues. Targets: parse plus check at most 3 times pysubs2's parse of the SRT; 10,000 cues fixed in 5 s.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import random
import resource
import time
from collections.abc import Callable

from crossreel.localize.timedtext import check, fix, read_bytes
from crossreel.values.language import Language

WORDS = (
    "the",
    "of",
    "to",
    "in",
    "a",
    "and",
    "that",
    "have",
    "I",
    "for",
    "not",
    "on",
    "with",
    "he",
    "as",
    "you",
    "do",
    "at",
    "this",
    "but",
    "his",
    "by",
    "from",
    "they",
    "we",
    "say",
    "her",
    "she",
    "or",
    "will",
    "my",
    "one",
    "all",
    "would",
    "there",
    "their",
    "what",
    "so",
    "up",
    "out",
    "if",
    "about",
    "who",
    "get",
    "which",
    "go",
    "me",
    "when",
    "make",
    "can",
    "like",
    "time",
    "no",
    "just",
    "him",
    "know",
    "take",
    "people",
    "into",
    "year",
    "your",
    "good",
    "some",
    "could",
    "them",
    "see",
    "other",
    "than",
    "then",
    "now",
    "look",
    "only",
    "come",
    "its",
    "over",
    "think",
)
ENGLISH = Language.parse("en")
MOST_TTCONV = 10_000


def clock(milliseconds: int, comma: str) -> str:
    seconds, thousandths = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{comma}{thousandths:03}"


def made(count: int) -> tuple[str, str]:
    """(SRT, WebVTT) of that many cues."""
    random_numbers = random.Random(7)
    srt, vtt, at = [], ["WEBVTT\n"], 0
    for number in range(1, count + 1):
        words = [random_numbers.choice(WORDS) for _ in range(random_numbers.randint(2, 16))]
        for place in range(3, len(words), 4):
            words[place] += random_numbers.choice([",", ".", "", ""])
        text = " ".join(words)
        if len(text) > 42:
            middle = text.find(" ", len(text) // 2)
            text = text[:middle] + "\n" + text[middle + 1 :] if middle > 0 else text
        if number % 4 == 0:
            text = f"<i>{text}</i>"
        end = at + random_numbers.randint(900, 5000)
        srt.append(f"{number}\n{clock(at, ',')} --> {clock(end, ',')}\n{text}\n")
        vtt.append(f"{number}\n{clock(at, '.')} --> {clock(end, '.')}\n{text}\n")
        at = end + random_numbers.choice([0, 40, 84, 300, 1000, 3000])
    return "\n".join(srt), "\n".join(vtt)


def timed(work: Callable[[], object], runs: int) -> float:
    """The least CPU seconds of some runs."""
    best = float("inf")
    for _ in range(runs):
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
    return best


def measure(count: int) -> dict[str, float]:
    import pysubs2
    import webvtt
    from ttconv.vtt.reader import to_model

    srt, vtt = made(count)
    runs = 3 if count < 100_000 else 1
    data, vtt_data = srt.encode(), vtt.encode()
    document = read_bytes(data, "x.srt")
    found = {
        "pysubs2 SRT": timed(lambda: pysubs2.SSAFile.from_string(srt, "srt"), runs),
        "ours SRT": timed(lambda: read_bytes(data, "x.srt"), runs),
        "ours parse+check": timed(lambda: check(read_bytes(data, "x.srt"), ENGLISH), runs),
        "ours fix": timed(lambda: fix(document, ENGLISH), 1),
        "ours WebVTT": timed(lambda: read_bytes(vtt_data, "x.vtt"), runs),
        "webvtt-py": timed(lambda: webvtt.from_string(vtt), runs),
    }
    if count <= MOST_TTCONV:
        import io

        found["ttconv WebVTT"] = timed(lambda: to_model(io.StringIO(vtt), None, lambda _: None), 1)
    return found


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--most", type=int, default=100_000, help="cues of the largest file")
    most = arguments.parse_args().most
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("pysubs2", "webvtt-py", "ttconv")
    )
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}; {versions}"
    )
    for count in (1_000, 10_000, 100_000, 1_000_000):
        if count > most:
            break
        found = measure(count)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        ratio = found["ours parse+check"] / found["pysubs2 SRT"]
        row = "  ".join(f"{name} {seconds:.3f} s" for name, seconds in found.items())
        print(f"{count:>9,} cues: {row}  parse+check / pysubs2 {ratio:.2f}  peak {peak:.0f} MiB", flush=True)


if __name__ == "__main__":
    main()
