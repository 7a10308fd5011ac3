"""Odd questions at every address, and odd answers to every form: refused, never a fault of ours."""

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.test import Client

from coaching_portal.example_data.people import person
from coaching_portal.testing.factories.one_of_each import reader_of
from coaching_portal.testing.matrix import undone
from coaching_portal.tests.security.forms_on_pages import forms_of
from coaching_portal.tests.security.test_access import tables

HUGE = "9" * 5000  # more digits than Python turns into a number
ODD = {
    "negative": "-1",
    "huge": HUGE,
    "beyond a bigint": str(2**63),
    "not a date": "0000-00-00",
    "the last date": "9999-12-31",
    "the first moment": "0001-01-01T00:00:00+00:00",
    "the last moment": "9999-12-31T23:59:59-12:00",
    "a path": "../../etc/passwd",
    "another script": "١٢٣",
    "not UTF-8": "%ff%fe",
    "8 KB": "x" * 8192,
    "markup": "<script>alert(1)</script>",
}
# Where there are many places to try, those that have most often been taken for what they are not.
WORST = {kind: ODD[kind] for kind in ("huge", "beyond a bigint", "the last date", "not UTF-8")}
# What each page reads of its address, with the rest of a question that it would answer.
QUESTIONS = {
    "bookings:book": "minutes=60&location=VIDEO&zone=Europe/London&client=&programme="
    "&date=2027-06-07&start=&outside_hours=&typed_date=&typed_time=",
    "bookings:details": "minutes=60&location=VIDEO&zone=Europe/London&client=&programme="
    "&date=2027-06-07&start=2027-06-07T08:00:00%2B00:00&outside_hours=&typed_date=&typed_time=",
    "bookings:times_json": "minutes=60&from=2027-06-07&to=2027-06-14&zone=Europe/London",
    "bookings:move": "date=2027-06-07&zone=Europe/London",
    "bookings:cancel": "zone=Europe/London",
    "bookings:session": "zone=Europe/London",
    "bookings:booked": "zone=Europe/London",
    "bookings:sessions": "show=past&page=1",
    "bookings:clients": "name=Clara&page=1",
    "bookings:calendar": "week=2027-W23&view=list&date=2027-06-07",
    "bookings:calendar_events": "from=2027-06-07&to=2027-06-13",
    "bookings:income": "year=2027",
    "bookings:income_by_month": "year=2027",
    "bookings:income_by_session": "year=2027",
    "training:courses": "course=clinical-audit&setting=ONLINE&month=2027-06",
    "training:enrol": "for=team",
    "billing:invoices": "page=1",
    "coaches_side_by_side": "week=2027-W23&coach=tracy-ruthven",
    "invoicing": "until=2027-06-07&kind=coaching",
    "invoicing_issue": "made=2027-06-07T08:00:00%2B00:00",
}


@pytest.fixture
def sign_in(in_world):
    browsers = {}

    def browser(role):
        if role not in browsers:
            browsers[role] = Client(raise_request_exception=False)
            if role != "anonymous":
                browsers[role].force_login(person(role))
        return browsers[role]

    return browser


def _list_of(found):
    return "\n" + "\n".join(map(str, found))


def is_fault_of_ours(name, response):
    return response.status_code >= 500 and name != "readyz"


def test_odd_values_of_what_pages_read_of_their_address(in_world, sign_in):
    found = []
    for name, question in QUESTIONS.items():
        browser, address = sign_in(reader_of(name)), in_world.address(name)
        for changed, odd in _each_made_odd(question):
            with undone():
                response = browser.get(f"{address}?{odd}")
            if response.status_code >= 500:
                found.append((name, changed))

    assert not found, _list_of(found)


def _each_made_odd(question):
    pairs = [pair.split("=") for pair in question.split("&")]
    for place, (parameter, _) in enumerate(pairs):
        for kind, value in ODD.items():
            odd = [*pairs]
            odd[place] = (parameter, value)
            yield f"{parameter} {kind}", "&".join(f"{key}={value}" for key, value in odd)


ODD_QUERIES = {
    "lists": "page[]=1&page=2&page=3&date[a][b]=c&q=1&q=2",
    "8 KB": "q=" + "x" * 8192,
    "not UTF-8": "%ff=%fe&q=%c3%28",
    "NUL": "q=a%00b",
}


def test_odd_questions_at_every_address(in_world, sign_in):
    found = []
    for name, address in in_world.ours().items():
        browser = sign_in(reader_of(name))
        for kind, query in ODD_QUERIES.items():
            with undone():
                response = browser.get(f"{address}?{query}")
            if is_fault_of_ours(name, response):
                found.append((name, kind, response.status_code))

    assert not found, _list_of(found)


def test_odd_pieces_of_addresses(in_world, sign_in):
    """In place of each date, key, code or slug."""
    found = []
    for name, kwargs in in_world.kwargs.items():
        browser, address = sign_in(reader_of(name)), in_world.address(name)
        for value in map(str, kwargs.values()):
            for kind, odd in WORST.items():
                with undone():
                    response = browser.get(address.replace(value, odd))
                if is_fault_of_ours(name, response):
                    found.append((name, kind))

    assert not found, _list_of(found)


def test_odd_filters_and_searches_of_the_admins_lists(in_world, sign_in):
    browser = sign_in("admin")
    found = []
    for model, model_admin in admin.site._registry.items():
        address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        for parameter in _parameters(model_admin):
            for kind in ("beyond a bigint", "the last date"):
                with undone():
                    response = browser.get(f"{address}?{parameter}={ODD[kind]}")
                if response.status_code >= 500:
                    found.append((address, parameter, kind))

    assert not found, _list_of(found)


def _parameters(model_admin):
    """Search, order, page, and every filter with several lookups."""
    yield from ("q", "o", "p", "_changelist_filters")
    for entry in model_admin.list_filter:
        if isinstance(entry, str):
            yield from (f"{entry}__exact", f"{entry}__gte", f"{entry}__isnull")
        elif isinstance(entry, tuple):
            yield f"{entry[0]}__isempty"
        else:
            yield entry.parameter_name


def test_odd_pages_of_the_admin(in_world, sign_in):
    browser, found = sign_in("admin"), []
    for pattern, address in in_world.admins().items():
        row = next(filter(str.isdecimal, address.split("/")), None)
        if row is None:
            continue
        for kind in ("huge", "beyond a bigint", "not UTF-8"):
            with undone():
                response = browser.get(address.replace(f"/{row}/", f"/{ODD[kind]}/"))
            if response.status_code >= 500:
                found.append((pattern, kind))

    assert not found, _list_of(found)


def test_odd_bodies_to_every_form(in_world, sign_in):
    found = []
    for name, address in in_world.ours().items():
        if not (tables()[name].form or tables()[name].acts):
            continue  # is told so before anybody reads what was sent
        browser = sign_in(reader_of(name))
        for kind, (content_type, body) in ODD_BODIES.items():
            with undone():
                response = browser.generic("POST", address, body, content_type)
            if response.status_code >= 500:
                found.append((name, kind))

    assert not found, _list_of(found)


def test_odd_bodies_to_the_admin(in_world, sign_in):
    browser, found = sign_in("admin"), []
    for pattern, address in in_world.admins().items():
        for kind in ("NUL", "huge numbers"):
            content_type, body = ODD_BODIES[kind]
            with undone():
                response = browser.generic("POST", address, body, content_type)
            if response.status_code >= 500:
                found.append((pattern, kind))

    assert not found, _list_of(found)


FORM = "application/x-www-form-urlencoded"
ODD_BODIES = {
    "nothing": (FORM, b""),
    "not UTF-8": (FORM, b"name=%ff%fe&email=%ed%a0%80&reason=%c3%28"),
    "NUL": (FORM, b"name=a%00b&text=a%00b&reason=a%00b&q=a%00b&draft=%00&charge=%00&now=%00"),
    "too many fields": (FORM, b"&".join(b"a%d=1" % number for number in range(1001))),
    "JSON": ("application/json", b'{"name": "\\ud800"}'),
    "no boundary": ("multipart/form-data", b"--x\r\n\r\n"),
    "a boundary that never comes": ("multipart/form-data; boundary=heron", b"nothing"),
    "cut short": (
        "multipart/form-data; boundary=heron",
        b'--heron\r\nContent-Disposition: form-data; name="text"\r\n\r\nhalf',
    ),
    "bad base64": (
        "multipart/form-data; boundary=heron",
        b'--heron\r\nContent-Disposition: form-data; name="text"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n*\r\n--heron--\r\n",
    ),
    "unknown charset": (f"{FORM}; charset=nonsense", b"name=x"),
    "huge numbers": (FORM, f"minutes={HUGE}&now={HUGE}&draft={HUGE}&answer=split".encode()),
}


def test_odd_answers_to_every_field(in_world, sign_in):
    """Every field of every form on our pages, one after the other."""
    found = []
    for name, address in in_world.ours().items():
        if not tables()[name].form:
            continue
        browser = sign_in(reader_of(name))
        for form in forms_of(browser.get(address)):
            for field in sorted(form.names - {"csrfmiddlewaretoken"}):
                for kind in ("NUL", "huge", "the last date"):
                    odd = "\0" if kind == "NUL" else ODD[kind]
                    with undone():
                        response = _send(browser, form, form.data | {field: odd})
                    if response.status_code >= 500:
                        found.append((name, form.action, field, kind))

    assert not found, _list_of(found)


def _send(browser, form, data):
    return (
        browser.post(form.action, data) if form.method == "post" else browser.get(form.action, data)
    )


def test_a_cookie_with_a_nul_is_refused(in_world):
    browser = Client(raise_request_exception=False)
    browser.cookies["sessionid"] = "abcdefgh\0"

    assert browser.get("/sessions/").status_code == 400


def test_control_a_fault_of_ours_is_seen(in_world, sign_in, monkeypatch):
    """A page that turns what it is asked into a number without looking."""
    monkeypatch.setattr("bookings.views.query_params.date_of", lambda text: int(text))

    response = sign_in("client").get(f"{in_world.address('bookings:book')}?date={HUGE}")

    assert response.status_code == 500
    assert get_user_model().objects.exists()
