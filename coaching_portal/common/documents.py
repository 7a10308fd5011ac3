"""PDF documents by typst: a layout (a .typ file) and data, which is never read as code."""

import json
import logging
from functools import cache
from pathlib import Path
from unicodedata import normalize

import typst

FONTS = Path(__file__).parent / "document_fonts"
# Tagged, titled and readable aloud: what the law asks of documents for the public.
ACCESSIBLE = "ua-1"
# What typst says of a character that no font has.
NO_GLYPH = "could not be displayed"

logger = logging.getLogger(__name__)


class CouldNotWrite(Exception):
    """The layout and the data make no document."""


def pdf(layout, data, *, at, may_lack_glyphs=False):
    """The document of a layout file and data (a dict of plain values), dated `at`.

    Accessible to the PDF/UA standard; without its mark where that cannot be had. A character that
    no font here has is refused (`glyphs.without_glyph` names it beforehand), unless the document
    `may_lack_glyphs`: then it is drawn as a box. The same data give the same bytes.
    """
    try:
        return _compile(layout, data, at, ACCESSIBLE)
    except typst.TypstError as error:
        if NO_GLYPH in str(error) and not may_lack_glyphs:
            raise CouldNotWrite(str(error)) from error
        logger.warning("A document was written without PDF/UA: %s", error)
    try:
        return _compile(layout, data, at)
    except typst.TypstError as error:
        raise CouldNotWrite(str(error)) from error


def _compile(layout, data, at, *standards):
    return typst.compile(
        str(layout),
        format="pdf",
        font_paths=_fonts(),
        ignore_system_fonts=True,
        # Composed, as fonts have their letters: é is one sign, not e and an accent.
        sys_inputs={"data": normalize("NFC", json.dumps(data, ensure_ascii=False))},
        pdf_standards=list(standards),
        timestamp=int(at.timestamp()),
    )


@cache
def _fonts():
    return typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])
