"""The Nu HTML checker finds what it is there to find, and says on which page."""

from coaching_portal.tests.accessibility.nu import Checker

GOOD = '<!doctype html><html lang="en"><title>Example</title><h1>Example</h1>{}</html>'


def test_a_page_that_is_not_valid_is_named(tmp_path):
    checker = Checker()
    checker.keep("/good/", GOOD.format("<p>A text</p>"))
    checker.keep("/wrong/", GOOD.format("<p><div>A text</div></p>"))
    checker.keep("/doubtful/", GOOD.format("<section><p>No heading</p></section>"))

    doubtful, wrong = sorted(checker.complaints(tmp_path))

    assert doubtful.startswith("/doubtful/: Section lacks heading.")
    assert wrong.startswith("/wrong/: No “p” element in scope")
