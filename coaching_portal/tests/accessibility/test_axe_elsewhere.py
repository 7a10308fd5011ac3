"""What no link leads to as axe sees it: refusals, lists with nothing in them, menus, mail."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from coaching_portal.example_data import billing, coaching, hours, people, programmes, training
from coaching_portal.notifications.kinds import kind_of
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.tests.accessibility import nu
from coaching_portal.tests.accessibility.walk import Walk
from coaching_portal.tests.browser import was_refused_with

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REFUSALS = ("400", "403", "403_csrf", "404", "409", "413", "429", "500", "503", "507")
# Mail programs lay tables out by attributes that pages have no need of.
MAIL_MAY = ("on the “table” element is obsolete", "on the “td” element is obsolete")
# Mail is read inside a page of somebody else's, which has the landmarks.
MAIL_LACKS = (("landmark-one-main", ""), ("region", ""))


@pytest.fixture
def walk(browse):
    def begin(user=None, **how):
        return Walk(browse(user=user), wants=lambda name: False, **how)

    return begin


def test_what_refuses_meets_no_barriers(walk, tmp_path):
    visitor, checker = walk(), nu.Checker()
    for name in REFUSALS:
        _show(visitor, f"refused-with-{name}", _refusal(name))
        visitor.look(name)
        checker.keep(name, _refusal(name))
    visitor.page.goto("/nowhere/")
    was_refused_with(visitor.page, 404)

    assert not visitor.problems, visitor.report()
    assert checker.complaints(tmp_path) == []


def _refusal(name):
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    return render_to_string(f"{name}.html", request=request)


def _show(walk, name, html):
    """Under an address of the portal, so that its style sheets are found."""
    walk.page.route(
        f"**/{name}/",
        lambda route: route.fulfill(content_type="text/html; charset=utf-8", body=html),
    )
    walk.page.goto(f"/{name}/")


def test_lists_with_nothing_in_them_meet_no_barriers(walk, make_user, coach):
    newcomer, new_coach = walk(make_user()), walk(coach.user)
    for name in (
        "your_home",
        "bookings:sessions",
        "bookings:programmes",
        "training:learning",
        "billing:invoices",
        "profiles:leaders",
        "training:courses",
    ):
        newcomer.page.goto(reverse(name))
        newcomer.look("with nothing in it")
    newcomer.look_at_menus()
    for name in ("your_home", "bookings:calendar", "bookings:clients", "bookings:hours"):
        new_coach.page.goto(reverse(name))
        new_coach.look("with nothing in it")

    assert not newcomer.problems, newcomer.report()
    assert not new_coach.problems, new_coach.report()


def test_mail_meets_no_barriers(walk, tmp_path):
    at = timezone.now()
    for subject in (people, hours, coaching, programmes, training, billing):
        subject.load(at)
    reader, checker = walk(excused=MAIL_LACKS), nu.Checker()
    kinds = {message.kind: message for message in OutgoingMessage.objects.all()}
    for kind, message in kinds.items():
        html = kind_of(kind).render(message).html
        _show(reader, f"mail-{kind}", html)
        reader.look(kind)
        checker.keep(kind, html)

    assert len(kinds) > 8
    assert not reader.problems, reader.report()
    complaints = checker.complaints(tmp_path)
    assert [each for each in complaints if not any(may in each for may in MAIL_MAY)] == []
