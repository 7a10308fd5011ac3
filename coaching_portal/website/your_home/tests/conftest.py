"""The page after sign-in at a moment, and the rows of courses that it shows."""

import html
import re

import pytest
import time_machine

from training.tests.conftest import cohort, course, enrol_self, enrol_staff, make_cohort, terms

__all__ = ["cohort", "course", "enrol_self", "enrol_staff", "make_cohort", "terms"]


@pytest.fixture
def home(signed_in):
    """home(user, at=NINE): the page as markup, with its words on one line."""

    def read(user, *, at):
        with time_machine.travel(at, tick=False):
            answer = signed_in(user).get("/home/")
        assert answer.status_code == 200
        main = answer.text.partition("<main")[2].partition("</main>")[0]
        return re.sub(r"\s+", " ", html.unescape(main)).replace("\N{NO-BREAK SPACE}", " ")

    return read
