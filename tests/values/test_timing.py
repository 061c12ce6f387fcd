"""Frame rates and timecodes; the clauses are SMPTE ST 12-1's counting rules."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossreel.errors import BadValue
from crossreel.values.timing import (
    FPS_23_976,
    FPS_25,
    FPS_29_97,
    FPS_29_97_DF,
    FPS_59_94_DF,
    FrameRate,
    Timecode,
)

RATES = [
    FPS_23_976,
    FrameRate(Fraction(24)),
    FPS_25,
    FPS_29_97,
    FPS_29_97_DF,
    FrameRate(Fraction(30)),
    FrameRate(Fraction(50)),
    FrameRate(Fraction(60000, 1001)),
    FPS_59_94_DF,
    FrameRate(Fraction(60)),
    FrameRate(Fraction(120000, 1001)),
]
rates = st.sampled_from(RATES)
instants = st.builds(Timecode, st.fractions(0, 86400))


def addresses(count: int, dropped: int) -> Iterator[str]:
    """Every address of a day, by walking the clock and leaving out what the standard leaves out."""
    mark = ";" if dropped else ":"
    for second in range(86400):
        minute = second // 60 % 60
        starts_minute = second % 60 == 0 and minute not in (0, 10, 20, 30, 40, 50)
        for number in range(dropped if starts_minute else 0, count):
            yield f"{second // 3600:02}:{minute:02}:{second % 60:02}{mark}{number:02}"


@pytest.mark.parametrize(
    ("given_rate", "expected"),
    [
        ("23.976", Fraction(24000, 1001)),
        ("23.98", Fraction(24000, 1001)),
        ("23.97", Fraction(24000, 1001)),
        (23.976, Fraction(24000, 1001)),
        (24000 / 1001, Fraction(24000, 1001)),
        ("24000/1001", Fraction(24000, 1001)),
        ("29.97", Fraction(30000, 1001)),
        (29.97, Fraction(30000, 1001)),
        (30000 / 1001, Fraction(30000, 1001)),
        ("59.94", Fraction(60000, 1001)),
        ("59.9401", Fraction(60000, 1001)),
        ("47.952", Fraction(48000, 1001)),
        ("119.88", Fraction(120000, 1001)),
        ("14.985", Fraction(15000, 1001)),
        ("24", Fraction(24)),
        ("24.000", Fraction(24)),
        (25, Fraction(25)),
        (25.0, Fraction(25)),
        ("50/1", Fraction(50)),
        ("12.5", Fraction(25, 2)),
        ("29.9", Fraction(299, 10)),
        (Fraction(25), Fraction(25)),
    ],
)
def test_rates_are_read_exactly(given_rate, expected):
    rate = FrameRate.parse(given_rate)
    assert rate == FrameRate(expected)
    assert FrameRate.parse(str(rate)) == rate


@pytest.mark.parametrize("count", [24, 30, 48, 60, 96, 120])
@pytest.mark.parametrize("places", range(2, 16))
def test_slowed_rates_are_recognized_at_every_length(count, places):
    slowed = Fraction(count * 1000, 1001)
    assert FrameRate.parse(f"{float(slowed):.{places}f}").rate == slowed


def test_drop_frame_is_said_or_asked():
    assert FrameRate.parse("29.97 DF") == FrameRate.parse("29.97", drop_frame=True) == FPS_29_97_DF
    assert FrameRate.parse("59.94df") == FPS_59_94_DF
    assert FrameRate.parse("29.97NDF") == FPS_29_97
    assert FrameRate.parse(str(FPS_59_94_DF)) == FPS_59_94_DF
    with pytest.raises(BadValue):
        FrameRate.parse("29.97 NDF", drop_frame=True)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "0",
        "-25",
        "nan",
        "1e3",
        "25/0",
        "0/1",
        "fast",
        "1001",
        float("nan"),
        float("inf"),
        True,
        "23.976 DF",
    ],
)
def test_other_rates_are_refused(bad):
    with pytest.raises(BadValue):
        FrameRate.parse(bad)


@pytest.mark.parametrize("bad", [23.976, True, "25", Fraction(0), Fraction(-25), Fraction(1001)])
def test_a_rate_is_made_of_a_fraction(bad):
    with pytest.raises(BadValue):
        FrameRate(bad)


def test_drop_frame_exists_at_two_rates_only():
    for rate in (Fraction(24000, 1001), Fraction(30), Fraction(60)):
        with pytest.raises(BadValue):
            FrameRate(rate, drop_frame=True)


def test_rates_without_addresses_say_so():
    with pytest.raises(BadValue, match="SMPTE"):
        Timecode(Fraction(1)).smpte(FrameRate(Fraction(25, 2)))
    assert Timecode(Fraction(1)).frame_at(FrameRate(Fraction(25, 2))) == 12


@pytest.mark.parametrize(("rate", "hour"), [(FPS_29_97_DF, 107_892), (FPS_59_94_DF, 215_784)])
def test_drop_frame_hours_have_the_standard_number_of_frames(rate, hour):
    assert rate.frames_a_day == 24 * hour
    assert Timecode.from_frames(hour, rate).smpte(rate) == "01:00:00;00"
    assert Timecode.parse_smpte("01:00:00;00", rate) == Timecode(Fraction(hour) / rate.rate)


def test_frames_of_an_hour_at_29_97_drop_frame_and_all_around_each_minute():
    frame = -1
    for frame, address in enumerate(islice(addresses(30, 2), 107_892)):
        around_a_minute = address[6:8] in ("59", "00")
        if around_a_minute or frame % 31 == 0:
            instant = Timecode.parse_smpte(address, FPS_29_97_DF)
            assert instant.seconds == Fraction(frame * 1001, 30000)
            assert instant.smpte(FPS_29_97_DF) == address
    assert frame == 107_891
    assert address == "00:59:59;29"


@pytest.mark.parametrize("rate", [FPS_59_94_DF, FPS_23_976, FPS_25, FPS_29_97], ids=str)
def test_frames_of_the_first_hour_at_other_rates(rate):
    hour = rate.frames_a_day // 24
    for frame, address in islice(enumerate(addresses(rate.count, rate.dropped)), 0, hour + 2, 37):
        instant = Timecode.from_frames(frame, rate)
        assert instant.smpte(rate) == address
        assert Timecode.parse_smpte(address, rate) == instant


@pytest.mark.parametrize(
    ("frame", "address"),
    [
        (1799, "00:00:59;29"),
        (1800, "00:01:00;02"),
        (17_981, "00:09:59;29"),
        (17_982, "00:10:00;00"),
        (17_983, "00:10:00;01"),
    ],
)
def test_drop_frame_skips_numbers_around_the_minute(frame, address):
    assert Timecode.from_frames(frame, FPS_29_97_DF).smpte(FPS_29_97_DF) == address


@pytest.mark.parametrize(
    ("rate", "bad"),
    [
        (FPS_29_97_DF, "00:01:00;00"),
        (FPS_29_97_DF, "00:01:00;01"),
        (FPS_29_97_DF, "23:59:00:01"),
        (FPS_59_94_DF, "00:01:00;03"),
        (FPS_29_97_DF, "00:00:00;30"),
        (FPS_59_94_DF, "00:00:00;60"),
        (FPS_23_976, "00:00:00:24"),
        (FPS_25, "00:00:00:25"),
        (FPS_25, "00:00:00;00"),
        (FPS_29_97, "00:01:00;02"),
        (FPS_25, "24:00:00:00"),
        (FPS_25, "00:60:00:00"),
        (FPS_25, "00:00:60:00"),
        (FPS_25, "-00:00:00:01"),
        (FPS_25, "0:00:00:00"),
        (FPS_25, "00:00:00"),
        (FPS_25, "٠٠:00:00:00"),
        (FPS_25, ""),
    ],
)
def test_impossible_addresses_are_refused(rate, bad):
    with pytest.raises(BadValue, match="timecode"):
        Timecode.parse_smpte(bad, rate)


def test_drop_frame_addresses_may_be_written_with_colons():
    assert Timecode.parse_smpte("00:01:00:02", FPS_29_97_DF) == Timecode.parse_smpte(
        "00;01;00;02", FPS_29_97_DF
    )


def test_non_drop_addresses_run_slower_than_the_clock():
    assert Timecode.parse_smpte("01:00:00:00", FPS_29_97).seconds == Fraction(36036, 10)
    assert Timecode.parse_smpte("01:00:00:00", FPS_23_976).seconds == Fraction(36036, 10)
    assert Timecode.parse_smpte("01:00:00:00", FPS_25).seconds == 3600


@given(rates, st.integers(0, 10**7))
def test_frames_and_seconds_are_exact(rate, frame):
    instant = Timecode.from_frames(frame, rate)
    assert instant.seconds * rate.rate == frame
    assert instant.frame_at(rate) == instant.nearest_frame(rate) == frame
    assert instant.is_on_frame(rate)
    assert Timecode.parse_smpte(instant.smpte(rate), rate).frame_at(rate) == frame % rate.frames_a_day


@given(rates, instants)
def test_a_frame_is_on_screen_from_its_start_to_the_next(rate, instant):
    frame = instant.frame_at(rate)
    assert Timecode.from_frames(frame, rate) <= instant < Timecode.from_frames(frame + 1, rate)
    nearest = instant.nearest_frame(rate)
    assert abs(nearest - instant.seconds * rate.rate) <= Fraction(1, 2)
    assert instant.is_on_frame(rate) == (Timecode.from_frames(nearest, rate) == instant)


@given(rates, st.integers(0, 10**7))
def test_addresses_increase_by_one_frame(rate, frame):
    day = rate.frames_a_day
    here, later = (Timecode.from_frames(n % day, rate).smpte(rate) for n in (frame, frame + 1))
    assert (here < later) == (frame % day != day - 1)


@given(rates, st.integers(0, 10**7))
def test_milliseconds_find_their_frame_again(rate, frame):
    shown = Timecode.from_frames(frame, rate).webvtt()
    assert Timecode.parse_clock(shown).nearest_frame(rate) == frame


@given(rates, st.integers(0, 3 * 86400))
def test_addresses_wrap_after_a_day(rate, seconds):
    frame = seconds * rate.count
    day = rate.frames_a_day
    assert Timecode.from_frames(frame + day, rate).smpte(rate) == Timecode.from_frames(frame, rate).smpte(
        rate
    )


@given(st.integers(0, 10**9))
def test_clock_times_round_trip(milliseconds):
    instant = Timecode.from_milliseconds(milliseconds)
    assert instant.milliseconds == milliseconds
    assert Timecode.parse_clock(instant.clock()) == Timecode.parse_clock(instant.webvtt()) == instant
    assert pickle.loads(pickle.dumps(instant)) == instant


@pytest.mark.parametrize(
    ("seconds", "clock", "webvtt"),
    [
        (Fraction(0), "0:00:00.000", "00:00:00.000"),
        (Fraction(1, 3), "0:00:00.333", "00:00:00.333"),
        (Fraction(1, 2000), "0:00:00.001", "00:00:00.001"),
        (Fraction(59999_5, 10000), "0:01:00.000", "00:01:00.000"),
        (Fraction(3723456, 1000), "1:02:03.456", "01:02:03.456"),
        (Fraction(360_000), "100:00:00.000", "100:00:00.000"),
    ],
)
def test_clock_formats(seconds, clock, webvtt):
    assert Timecode(seconds).clock() == clock == str(Timecode(seconds))
    assert Timecode(seconds).webvtt() == webvtt


def test_clock_text_is_read_in_its_usual_forms():
    assert Timecode.parse_clock("1:02:03.456") == Timecode(Fraction(3723456, 1000))
    assert Timecode.parse_clock("01:02:03,456") == Timecode(Fraction(3723456, 1000))
    assert Timecode.parse_clock("02:03") == Timecode(Fraction(123))
    assert Timecode.parse_clock("0:00.0000001").seconds == Fraction(1, 10**7)


@pytest.mark.parametrize("bad", ["", "12", "-0:01", "0:60", "1:60:00", "0:1:2:3", "0:01.", "1:2", "a:bc"])
def test_other_clock_text_is_refused(bad):
    with pytest.raises(BadValue):
        Timecode.parse_clock(bad)


@pytest.mark.parametrize("bad", [0.5, True, Fraction(-1, 10**9), "1", None])
def test_time_is_an_exact_fraction_from_the_start(bad):
    with pytest.raises(BadValue):
        Timecode(bad)
    with pytest.raises(BadValue):
        Timecode.from_milliseconds(0.5)
    with pytest.raises(BadValue):
        Timecode.from_frames(-1, FPS_25)


@given(instants, st.fractions(0, 1000))
def test_instants_move_by_exact_seconds(instant, seconds):
    assert (instant + seconds) - instant == seconds
    assert (instant + seconds) + -seconds == instant
    with pytest.raises(BadValue):
        instant + (-instant.seconds - 1)
