"""A form sent twice acts once: real requests through middleware, in parallel where it matters."""

import uuid
from datetime import timedelta

import pytest
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError, transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.test import Client
from django.urls import include, path
from django.utils import timezone

from coaching_portal.common.answered_requests import AnsweredRequest
from coaching_portal.common.idempotency import FIELD, idempotent
from coaching_portal.tasks import forget_stale_rows
from coaching_portal.testing.races import at_once
from profiles.models import Organisation

ROUNDS, AT_ONCE = 10, 6


def _buy(request, order):
    """Stands for any action: makes a row, and answers with its address."""
    if request.POST.get("fail"):
        return HttpResponse("There is a problem")
    bought = Organisation.objects.create(name=f"Order {order}")
    if request.POST.get("raise"):
        raise RuntimeError("after the row was made")
    if request.POST.get("undo"):
        transaction.set_rollback(True)
        return HttpResponse("Taken", status=409)
    messages.success(request, "Bought.")
    return HttpResponseRedirect(f"/bought/{bought.uuid}/")


def _clash(request):
    """Catches what the database refuses, as an action with an inner savepoint does."""
    try:
        with transaction.atomic():
            Organisation.objects.create(name="")
    except IntegrityError:
        return HttpResponse("Taken", status=409)


urlpatterns = [
    path("buy/<str:order>/", login_not_required(idempotent(_buy))),
    path("unguarded/<str:order>/", login_not_required(_buy)),
    path("clash/", login_not_required(idempotent(_clash))),
    path("", include("coaching_portal.urls")),  # for the pages that say what went wrong
]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def key():
    return str(uuid.uuid4())


def buy(client, key, order="1", address="buy", **fields):
    return client.post(f"/{address}/{order}/", {FIELD: key, **fields})


def test_the_same_form_twice_acts_once_and_gets_the_same_answer(client, key):
    first, second = buy(client, key), buy(client, key)

    assert second.url == first.url
    assert Organisation.objects.count() == 1


def test_another_form_is_another_order(client, key):
    buy(client, key)
    buy(client, str(uuid.uuid4()))

    assert Organisation.objects.count() == 2


def test_the_same_key_at_another_address_is_another_order(client, key):
    assert buy(client, key, "1").url != buy(client, key, "2").url


def test_other_answers_on_a_page_that_the_browser_has_kept_are_another_order(client, key):
    """Send, go back, write something else, send: it is not swallowed."""
    buy(client, key, note="For Monday")
    buy(client, key, note="For Tuesday")
    buy(client, key, note="For Tuesday")

    assert Organisation.objects.count() == 2


def test_a_new_token_is_no_other_answer(client, key):
    buy(client, key, csrfmiddlewaretoken="a" * 64)
    buy(client, key, csrfmiddlewaretoken="b" * 64)

    assert Organisation.objects.count() == 1


def test_the_key_of_somebody_else_gets_nothing_of_theirs(client, key, client_user, stranger):
    client.force_login(client_user)
    theirs = buy(client, key).url
    client.force_login(stranger)

    assert buy(client, key).url != theirs
    assert buy(client, key).url != theirs
    client.force_login(client_user)
    assert buy(client, key).url == theirs


def test_two_visitors_with_the_same_page_are_two_people(key):
    """A page that some cache kept gives its key to more than one browser."""
    visitors = [_visitor(), _visitor()]

    assert len({buy(visitor, key).url for visitor in visitors}) == 2
    assert len({buy(visitor, key).url for visitor in visitors}) == 2
    assert Organisation.objects.count() == 2


def _visitor():
    browser = Client()
    browser.cookies["csrftoken"] = uuid.uuid4().hex
    return browser


def test_a_form_with_errors_can_be_corrected_and_sent_again(client, key):
    assert buy(client, key, fail="yes").status_code == 200

    assert buy(client, key).status_code == 302
    assert Organisation.objects.count() == 1


def test_a_view_that_raises_leaves_nothing_and_can_be_tried_again(client, key):
    with pytest.raises(RuntimeError):
        buy(client, key, **{"raise": "yes"})
    assert not Organisation.objects.exists()
    assert not AnsweredRequest.objects.exists()

    assert buy(client, key).status_code == 302


def test_a_view_that_takes_its_work_back_keeps_its_answer_from_nobody(client, key):
    assert buy(client, key, undo="yes").status_code == 409
    assert not Organisation.objects.exists()

    assert buy(client, key).status_code == 302


def test_a_refusal_by_the_database_is_answered_and_not_kept(client, key):
    assert client.post("/clash/", {FIELD: key}).status_code == 409
    assert not AnsweredRequest.objects.exists()


@pytest.mark.parametrize("key", ["", "no key", "1234"])
def test_without_a_proper_key_each_post_acts(client, key):
    buy(client, key)
    buy(client, key)

    assert Organisation.objects.count() == 2
    assert not AnsweredRequest.objects.exists()


def test_what_was_said_is_still_there_after_a_double_click(client, key, client_user):
    """The browser throws the first answer away, and its cookies with it."""
    client.force_login(client_user)
    first_click = Client()
    first_click.cookies["sessionid"] = client.cookies["sessionid"].value
    buy(first_click, key)

    request = buy(client, key).wsgi_request

    assert [str(message) for message in messages.get_messages(request)] == ["Bought."]


def _race(key, address):
    token = uuid.uuid4().hex

    def press():
        browser = Client()
        browser.cookies["csrftoken"] = token
        return buy(browser, key, address=address).url

    return set(at_once([press] * AT_ONCE))


@pytest.mark.django_db(transaction=True)
def test_parallel_presses_act_once_and_all_get_the_same_answer():
    for _ in range(ROUNDS):
        assert len(_race(str(uuid.uuid4()), "buy")) == 1

    assert Organisation.objects.count() == ROUNDS


@pytest.mark.django_db(transaction=True)
def test_control_the_race_is_real_without_the_guard():
    assert len(_race(str(uuid.uuid4()), "unguarded")) == AT_ONCE


@pytest.mark.parametrize(("hours", "kept"), [(47, True), (49, False)])
def test_answers_are_forgotten_after_two_days(client, key, hours, kept):
    buy(client, key)
    AnsweredRequest.objects.update(created_at=timezone.now() - timedelta(hours=hours))

    forget_stale_rows()

    assert AnsweredRequest.objects.exists() is kept
