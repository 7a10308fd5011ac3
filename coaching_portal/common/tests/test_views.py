"""What a page says once an action has done its work, or has refused to."""

from types import SimpleNamespace

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage

from coaching_portal.common.refusals import Refusal
from coaching_portal.common.views import perform


class Full(Refusal):
    pass


def enrol(*, who):
    if who == "Tom":
        raise Full("The course is full.")
    return SimpleNamespace(who=who)


@pytest.fixture
def request_(rf):
    request = rf.post("/")
    request._messages = CookieStorage(request)
    return request


def said(request):
    return [(message.level_tag, message.message) for message in get_messages(request)]


def test_what_was_done_is_said_and_returned(request_):
    assert perform(request_, enrol, "Enrolled.", who="Ann").who == "Ann"
    assert said(request_) == [("success", "Enrolled.")]


def test_what_is_said_may_depend_on_what_was_done(request_):
    perform(request_, enrol, lambda enrolled: f"{enrolled.who} is enrolled.", who="Ann")

    assert said(request_) == [("success", "Ann is enrolled.")]


def test_without_words_nothing_is_said(request_):
    assert perform(request_, enrol, who="Ann")
    assert said(request_) == []


@pytest.mark.parametrize(
    ("about", "words"),
    [(None, "The course is full."), ("June", "June: The course is full.")],
)
def test_a_refusal_is_flashed_and_nothing_returned(request_, about, words):
    assert perform(request_, enrol, "Enrolled.", about=about, who="Tom") is None
    assert said(request_) == [("error", words)]


def test_a_refusal_is_put_on_the_form_where_there_is_one(request_):
    form = forms.Form(data={})

    assert perform(request_, enrol, "Enrolled.", form=form, who="Tom") is None
    assert form.non_field_errors() == ["The course is full."]
    assert said(request_) == []


def test_a_fault_is_not_a_refusal(request_):
    with pytest.raises(TypeError):
        perform(request_, enrol, "Enrolled.", whom="Ann")
