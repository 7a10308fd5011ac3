"""Which characters the fonts of our documents can draw, read from the fonts themselves.

The table `cmap` of an OpenType font says which characters it knows. Its formats 4 and 12 are those
of today's fonts (https://learn.microsoft.com/typography/opentype/spec/cmap).
"""

import struct
import unicodedata
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "document_fonts"
# Signs that are not drawn: they part lines, join letters or choose a form of the one before.
NOT_DRAWN = {"Cc", "Cf", "Zl", "Zp", "Zs"}


def without_glyph(text):
    """The characters of a text that no font here can draw, each once, in their order."""
    return [sign for sign in dict.fromkeys(unicodedata.normalize("NFC", text)) if _is_missing(sign)]


def named(signs):
    """“𓀀” (U+13000, EGYPTIAN HIEROGLYPH A001), for a sentence."""
    return ", ".join(
        f"“{sign}” (U+{ord(sign):04X}, {unicodedata.name(sign, 'without a name')})"
        for sign in signs
    )


def _is_missing(sign):
    if sign.isascii() or unicodedata.category(sign) in NOT_DRAWN or 0xFE00 <= ord(sign) <= 0xFE0F:
        return False
    return ord(sign) not in _drawn()


@cache
def _drawn():
    """The code points that some font has."""
    files = sorted([*FONTS.glob("*.ttf"), *FONTS.glob("*.otf")])
    return frozenset().union(*(_code_points(path.read_bytes()) for path in files))


def _code_points(font):
    tables = struct.unpack(">H", font[4:6])[0]
    for start in range(12, 12 + 16 * tables, 16):
        tag, _, offset, length = struct.unpack(">4sLLL", font[start : start + 16])
        if tag == b"cmap":
            return _read_cmap(font[offset : offset + length])
    return set()


def _read_cmap(cmap):
    found: set[int] = set()
    for start in range(4, 4 + 8 * struct.unpack(">H", cmap[2:4])[0], 8):
        offset = struct.unpack(">L", cmap[start + 4 : start + 8])[0]
        table = cmap[offset:]
        read = {4: _format_4, 12: _format_12}.get(struct.unpack(">H", table[:2])[0])
        found.update(read(table) if read else ())
    return found


def _format_4(table):
    """Segments of the first plane; a glyph of nought is none."""
    size = struct.unpack(">H", table[6:8])[0]
    count = size // 2

    def numbers(start, kind):
        return struct.unpack(f">{count}{kind}", table[start : start + size])

    ends, starts = numbers(14, "H"), numbers(16 + size, "H")
    deltas, offsets = numbers(16 + 2 * size, "h"), numbers(16 + 3 * size, "H")
    for index, (first, last) in enumerate(zip(starts, ends, strict=True)):
        codes = range(first, min(last, 0xFFFE) + 1)
        if not offsets[index]:
            yield from (code for code in codes if code != -deltas[index] % 0x10000)
            continue
        at = 16 + 3 * size + 2 * index + offsets[index]
        glyphs = struct.unpack(f">{len(codes)}H", table[at : at + 2 * len(codes)])
        yield from (code for code, glyph in zip(codes, glyphs, strict=True) if glyph)


def _format_12(table):
    for start in range(16, 16 + 12 * struct.unpack(">L", table[12:16])[0], 12):
        first, last, glyph = struct.unpack(">LLL", table[start : start + 12])
        yield from range(first if glyph else first + 1, last + 1)
