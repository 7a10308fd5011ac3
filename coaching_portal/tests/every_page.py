"""Every page of the portal, opened by somebody who may, with Plenty's data."""

import re
from types import SimpleNamespace

from allauth.account.internal.flows.login import record_authentication
from django.apps import apps
from django.test import Client
from django.urls import reverse

from coaching_portal.notifications import kinds, unsubscribe
from coaching_portal.testing.factories.many_of_each import sign_in
from coaching_portal.tests.budgets.most_queries import PAGES
from coaching_portal.tests.security.test_access import EVERY

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
PATTERNS = {name: address for address, name, _ in EVERY if name}


def addresses(plenty):
    """(name, who or what is asked, who asks, address) of every page of the table."""
    things = _things(plenty)
    for name, page in PAGES.items():
        for asked in page.asked:
            who, _, question = asked.partition("?")
            address = _address(name, things.get(page.of))
            yield name, asked, who, f"{address}?{question}" if question else address


def address_of_row(plenty, name):
    """The admin's page of this name, for the thing of its model, or the newest row."""
    app, model, _ = name.removeprefix("admin:").split("_")
    return _address(
        name, _things(plenty).get(model) or apps.get_model(app, model).objects.latest("pk")
    )


def browsers_of(plenty):
    """{who: a browser, signed in}, by the names of the fixture people."""
    browsers = {who: Client() for who in vars(plenty.people) if who != "organisation"}
    for who, browser in browsers.items():
        user = getattr(plenty.people, who)
        if user:
            sign_in(browser, user)
            _as_if_just_confirmed(browser, user)
    return browsers


def _as_if_just_confirmed(browser, user):
    """By password and second factor, which pages of the account ask for again after a while."""
    session = browser.session
    for method in ("password", "mfa"):
        record_authentication(
            SimpleNamespace(session=session, user=user), user, method, type="totp"
        )
    session.save()


def _things(plenty):
    """What addresses speak of, by the names that the tables use."""
    newest, people = plenty.newest, plenty.people
    ahead, interview, places = newest["ahead"], newest["interview"], newest["booking"].places
    return newest | {
        "coach": plenty.coach,
        "booked": SimpleNamespace(slug=plenty.coach.slug, uuid=ahead.uuid),
        "day": SimpleNamespace(date=newest["over"].starts_at.date()),
        "date": SimpleNamespace(date=newest["date"]),
        "off": SimpleNamespace(starts_at=newest["off"]),
        "client": people.client.client_of.get(coach=plenty.coach),
        "talk": SimpleNamespace(slug=interview.leader.slug, interview=interview.slug),
        "place": places[0],
        "unnamed": places[-1],
        "own_place": people.client.enrolments.latest("pk"),
        "credited": SimpleNamespace(uuid=newest["invoice"].uuid, credit_note=newest["note"].uuid),
        "token": SimpleNamespace(
            token=unsubscribe.token_of(people.client, kinds.with_unsubscribe()[0].name)
        ),
        "allocation": newest["payment"].allocations.latest("pk"),
        "app": SimpleNamespace(app_label="profiles"),
        # The rows of the admin's pages, by model.
        "user": people.client,
        "organisation": plenty.trust,
        "bookingrules": plenty.coach.booking_rules,
        "coachingsession": newest["held"],
        "programme": newest["agreed"],
        "coursebooking": newest["booking"],
        "outgoingmessage": newest["message"],
        "creditnote": newest["note"],
    }


def _address(name, thing):
    values = {}
    for parameter in PARAMETER.findall(PATTERNS[name].replace("(?P<app_label>", "<app_label>")):
        is_key = parameter in ("pk", "id", "object_id")
        values[parameter] = getattr(thing, "pk" if is_key else parameter)
    return reverse(name, kwargs=values)
