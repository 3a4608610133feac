"""Streams of random numbers: each has one number, and C++ has the same."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from matinee.kernels.streams import GeneratorStream, Stream, generator, normals, words

_ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("streams", [Stream, GeneratorStream])
def test_numbers_differ(streams: type[Stream | GeneratorStream]) -> None:
    numbers = list(map(int, streams.__members__.values()))  # aliases are members too, which iterating leaves out
    assert len(set(numbers)) == len(numbers)
    assert min(numbers) > 0


def test_streams_of_one_seed_have_nothing_in_common() -> None:
    first = [int(words(int(words(7, stream)), 0)) for stream in Stream]
    assert len(set(first)) == len(first)
    drawn = [int(generator(7, stream).integers(0, 2**62)) for stream in GeneratorStream]
    assert len(set(drawn)) == len(drawn)


def test_cpp_has_the_same_numbers() -> None:
    header = (_ROOT / "native" / "streams.hpp").read_text(encoding="utf-8")
    (members,) = re.findall(r"enum Stream : std::uint64_t \{(.*?)\}", header, re.DOTALL)
    numbers = dict(re.findall(r"(\w+) = (\d+)", members))
    assert numbers
    assert {name.upper(): int(number) for name, number in numbers.items()} == {
        name: int(Stream[name]) for name in map(str.upper, numbers)
    }


def test_no_stream_has_its_number_elsewhere() -> None:
    """Where random numbers are drawn, the stream is named."""
    calls = re.compile(r"(?:default_rng\(\[|(?:uniforms|normals)\(\w+, \d|words\(seed, \d)")
    sources = [path for path in (_ROOT / "src").rglob("*.py") if path.name != "streams.py"]
    assert sources
    assert not [str(path) for path in sources if calls.search(path.read_text(encoding="utf-8"))]


def test_words_are_splitmix64() -> None:
    """The first outputs of the published generator from state 0 and 1234567."""
    assert words(0, np.arange(3)).tolist() == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]
    assert words(1234567, np.arange(2)).tolist() == [6457827717110365317, 3203168211198807973]


def test_normals_are_standard_and_streams_independent() -> None:
    first, second = normals(1, Stream.SGD_USERS, 100_001), normals(1, Stream.SGD_ITEMS, 100_001)
    assert len(first) == 100_001
    assert abs(first.mean()) < 0.015
    assert first.std() == pytest.approx(1.0, abs=0.01)
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.015
    assert (first[:50_000] > 1.96).mean() == pytest.approx(0.025, abs=0.003)
