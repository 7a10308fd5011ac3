"""A client names an assistant, who accepts; either of them ends it."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse

from coaching_portal.notifications import outbox
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.plugin import NINE
from coaching_portal.testing.races import at_once, hold_at
from profiles.actions import assistants, erasure
from profiles.models import AssistantInvitation, Client, DiaryDelegate, User
from profiles.models.assistants import token_hash

pytestmark = pytest.mark.django_db

PAGE = "/account/assistants/"
ANN = {"name": "Ann Assistant", "email": "ann@example.org"}
SECOND = timedelta(seconds=1)


@pytest.fixture
def clock():
    with time_machine.travel(NINE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def cleo(client_user, coach, clock):
    """A client."""
    Client.objects.create(user=client_user, coach=coach)
    return client_user


@pytest.fixture
def browser():
    """browser(user), or browser() of nobody yet."""

    def open_one(user=None):
        browser = Browser()
        if user:
            browser.force_login(user)
        return browser

    return open_one


def invite(client, at=NINE, **changes):
    return assistants.invite_assistant(client=client, at=at, **(ANN | changes))


def link_of(token):
    return reverse("profiles:accept_by_link", args=[token])


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def sent_kinds():
    return sorted(OutgoingMessage.objects.values_list("kind", flat=True))


def is_assistant(client, email=ANN["email"]):
    return DiaryDelegate.objects.filter(client=client, user__email=email).exists()


# --- Inviting ---


def test_a_client_invites_and_the_link_is_sent_and_not_kept(cleo, browser, mailoutbox):
    answer = browser(cleo).post(PAGE, ANN | {"email": "Ann@Example.org"}, follow=True)

    invitation = AssistantInvitation.objects.get()
    assert "We have emailed an invitation to Ann@Example.org." in text_of(answer)
    assert "can accept until Monday 21 June 2027" in text_of(answer)
    assert (invitation.email, invitation.expires_at) == (ANN["email"], NINE + timedelta(days=14))
    outbox.deliver_due(at=NINE)
    [mail] = mailoutbox
    token = re.search(r"/account/assistants/link/(\S+)/", mail.body)[1]
    assert mail.to == [ANN["email"]]
    assert mail.subject == "Cleo Client invites you to be their assistant"
    assert invitation.token_sha256 == token_hash(token)
    assert outbox.secret_of(OutgoingMessage.objects.get()) == {}


def test_the_words_are_the_same_whether_or_not_there_is_an_account(cleo, browser, stranger):
    known, unknown = (
        browser(cleo).post(PAGE, {"name": "Sam", "email": email}, follow=True)
        for email in (stranger.email, "nobody@example.org")
    )

    words = [text_of(answer).split("<tbody>")[0] for answer in (known, unknown)]
    assert re.sub("nobody", "stranger", words[1]).count("stranger@example.org") == 1
    assert words[0].count(stranger.email) == 1


def test_a_name_in_the_email_leads_nowhere(cleo, mailoutbox):
    User.objects.filter(pk=cleo.pk).update(name="Win now: evil.example/prize @ you")
    cleo.refresh_from_db()
    invite(cleo)

    outbox.deliver_due(at=NINE)

    assert "evil.example" not in mailoutbox[0].subject + mailoutbox[0].body


@pytest.mark.parametrize(
    ("name", "email", "words"),
    [
        ("", "ann@example.org", "Enter the assistant’s name."),
        ("Ann", "", "Enter the assistant’s email address."),
        ("Ann", "ann", "Enter the email address in the form name@example.org."),
        ("www.evil.example", "ann@example.org", "Enter the name only, without links"),
        ("Ann", "client@example.org", "This is your own email address."),
        ("Ann", "CLIENT@example.org", "This is your own email address."),
    ],
)
def test_the_page_says_what_to_do_and_keeps_what_was_typed(cleo, browser, name, email, words):
    answer = browser(cleo).post(PAGE, {"name": name, "email": email})

    assert words in text_of(answer)
    assert f'value="{email}"' in text_of(answer) or not email
    assert not AssistantInvitation.objects.exists()


def test_who_is_no_client_names_nobody(stranger, browser, clock):
    page = browser(stranger).get(PAGE)
    answer = browser(stranger).post(PAGE, ANN)

    assert "Send the invitation" not in text_of(page)
    assert "You can name an assistant once you have booked a session." in text_of(answer)
    assert not AssistantInvitation.objects.exists()


def test_one_person_is_invited_once_until_it_is_answered_or_too_old(cleo):
    first, _ = invite(cleo)
    with pytest.raises(assistants.InvitedAlready):
        invite(cleo, at=first.expires_at - SECOND)

    second, _ = invite(cleo, at=first.expires_at)

    first.refresh_from_db()
    assert first.ended_at == first.expires_at
    assistants.withdraw_invitation(invitation=second, at=second.invited_at)
    invite(cleo, at=second.invited_at)


def test_the_database_keeps_one_waiting_invitation_of_a_person(cleo):
    invitation, _ = invite(cleo)
    invitation.pk, invitation.token_sha256 = None, "0" * 64
    invitation.uuid = cleo.uuid

    with pytest.raises(IntegrityError, match="is_invited_once"), transaction.atomic():
        invitation.save(force_insert=True)


def test_an_assistant_is_not_invited_again(cleo, stranger):
    DiaryDelegate.objects.create(client=cleo, user=stranger)

    with pytest.raises(assistants.AssistantAlready):
        invite(cleo, email=stranger.email)


def test_five_assistants_and_invitations_are_the_most(cleo, stranger):
    DiaryDelegate.objects.create(client=cleo, user=stranger)
    for number in range(4):
        last, _ = invite(cleo, email=f"ann{number}@example.org")
    with pytest.raises(assistants.TooManyAssistants):
        invite(cleo)

    assistants.decline_invitation(invitation=last, at=NINE)

    invite(cleo)


@pytest.mark.django_db(transaction=True)
def test_of_four_invited_at_once_for_one_place_one_is(cleo):
    answers = at_once(_for_the_last_place(cleo))

    assert cleo.assistant_invitations.count() == 5
    assert sum(isinstance(each, assistants.TooManyAssistants) for each in answers) == 3


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_more_are(cleo, monkeypatch):
    calls = _for_the_last_place(cleo)
    monkeypatch.setattr(assistants, "lock_client", lambda client: client)
    hold_at(monkeypatch, assistants, "_check_may_be_invited", 4)

    at_once(calls)

    assert cleo.assistant_invitations.count() > 5


def _for_the_last_place(client):
    for number in range(4):
        invite(client, email=f"ann{number}@example.org")
    return [lambda n=n: invite(client, email=f"bea{n}@example.org") for n in range(4)]


def test_nobody_sends_many_invitations(cleo, browser):
    signed_in = browser(cleo)
    answers = []
    for number in range(6):
        answers.append(signed_in.post(PAGE, ANN | {"email": f"a{number}@example.org"}).status_code)
        AssistantInvitation.objects.update(ended_at=NINE)

    assert answers == [302] * 5 + [429]


# --- Accepting ---


def test_the_link_makes_an_account_and_an_assistant_with_one_button(cleo, browser, mailoutbox):
    _, token = invite(cleo)
    visitor = browser()

    page = visitor.get(link_of(token))
    assert not User.objects.filter(email=ANN["email"]).exists()  # a GET changes nothing
    answer = visitor.post(link_of(token), {"answer": "accept"}, follow=True)

    user = User.objects.get(email=ANN["email"])
    assert 'Cleo Client asks you, <strong class="text-break">ann@example.org' in text_of(page)
    assert page["X-Robots-Tag"] == "noindex"
    assert "You are now the assistant of Cleo Client." in text_of(answer)
    assert (user.name, user.has_usable_password()) == ("Ann Assistant", False)
    assert EmailAddress.objects.get(user=user).verified
    assert is_assistant(cleo)
    assert sent_kinds() == ["assistant-accepted", "assistant-invited"]
    outbox.deliver_due(at=NINE)
    assert [mail.subject for mail in mailoutbox if mail.to == [cleo.email]] == [
        "Your assistant has accepted"
    ]


def test_who_has_an_account_signs_in_first_and_accepts_there(cleo, browser, stranger):
    invitation, token = invite(cleo, email=stranger.email)

    answer = browser().post(link_of(token), {"answer": "accept"})
    assert answer.url == f"/account/login/?next={PAGE}"
    assert not is_assistant(cleo, stranger.email)

    signed_in = browser(stranger)
    assert "Cleo Client asks you to be their assistant." in text_of(signed_in.get(PAGE))
    signed_in.post(reverse("profiles:answer_invitation", args=[invitation.uuid]))
    assert is_assistant(cleo, stranger.email)
    assert "Clients whom you assist" in text_of(signed_in.get(PAGE))


def test_the_link_accepts_for_who_is_signed_in_with_that_email(cleo, browser, stranger):
    _, token = invite(cleo, email=stranger.email)

    browser(stranger).post(link_of(token))

    assert is_assistant(cleo, stranger.email)


def test_a_link_that_another_opens_does_nothing(cleo, browser, stranger):
    _, token = invite(cleo)

    for method in ("get", "post"):
        answer = getattr(browser(stranger), method)(link_of(token))
        assert "You are signed in with another email address." in text_of(answer)
        assert '<form method="post"> ' not in text_of(answer).split("</main>")[0].split("<main")[1]

    assert not DiaryDelegate.objects.exists()


def test_nobody_accepts_with_an_email_that_is_not_verified(cleo, browser, make_user):
    """Anyone can sign up with any email."""
    imposter = make_user(ANN["email"], password="the one that the imposter knows")
    EmailAddress.objects.update(verified=False)
    invitation, token = invite(cleo)

    signed_in = browser(imposter)
    answer = signed_in.post(reverse("profiles:answer_invitation", args=[invitation.uuid]))
    assert answer.status_code == 404
    assert "asks you" not in text_of(signed_in.get(PAGE))

    # Whoever reads the email gets the account, and the imposter's password goes.
    browser().post(link_of(token))
    imposter.refresh_from_db()
    assert is_assistant(cleo)
    assert not imposter.has_usable_password()


def test_a_closed_account_stays_closed(cleo, browser, make_user):
    make_user(ANN["email"], is_active=False)
    _, token = invite(cleo)

    answer = browser().post(link_of(token), follow=True)

    assert "This account is closed." in text_of(answer)
    assert not DiaryDelegate.objects.exists()


def test_a_link_works_once_and_for_fourteen_days(cleo, browser, clock):
    invitation, token = invite(cleo)
    clock.move_to(invitation.expires_at - SECOND)
    assert browser().get(link_of(token)).status_code == 200
    clock.move_to(invitation.expires_at)
    assert browser().get(link_of(token)).status_code == 410
    assert browser().post(link_of(token)).status_code == 409
    assert "Expired on 21 June 2027" in text_of(browser(cleo).get(PAGE))

    clock.move_to(NINE)
    browser().post(link_of(token))
    answer = browser().post(link_of(token))

    assert answer.status_code == 409
    assert "This invitation no longer works" in text_of(answer)


def test_nobody_tries_many_links(cleo, browser):
    visitor = browser()

    answers = [visitor.get(link_of(f"guess{number}")).status_code for number in range(31)]

    assert answers == [410] * 30 + [429]


def test_a_link_of_a_client_who_has_gone_works_no_longer(cleo, browser):
    _, token = invite(cleo)
    User.objects.filter(pk=cleo.pk).update(is_active=False)

    assert browser().get(link_of(token)).status_code == 410


def test_a_client_who_takes_the_invited_email_assists_nobody(cleo):
    invitation, _ = invite(cleo)
    User.objects.filter(pk=cleo.pk).update(email=ANN["email"])
    cleo.refresh_from_db()

    with pytest.raises(assistants.IsYourself):
        assistants.accept_invitation(invitation=invitation, user=cleo, at=NINE)


def test_declining_tells_the_client_and_needs_no_account(cleo, browser, mailoutbox):
    _, token = invite(cleo)

    browser().post(link_of(token), {"answer": "decline"})

    assert not User.objects.filter(email=ANN["email"]).exists()
    assert browser().get(link_of(token)).status_code == 410
    outbox.deliver_due(at=NINE)
    assert [mail.subject for mail in mailoutbox] == ["Your invitation was declined"]
    assert "Ended on 7 June 2027" in text_of(browser(cleo).get(PAGE))


def test_a_withdrawn_invitation_is_not_sent_and_its_link_is_dead(cleo, browser, mailoutbox):
    invitation, token = invite(cleo)

    browser(cleo).post(reverse("profiles:withdraw_invitation", args=[invitation.uuid]))

    outbox.deliver_due(at=NINE)
    assert mailoutbox == []
    assert browser().post(link_of(token)).status_code == 409


def test_an_invitation_that_is_withdrawn_meanwhile_is_not_accepted(cleo, stranger):
    invitation, _ = invite(cleo, email=stranger.email)
    stale = AssistantInvitation.objects.get()
    assistants.withdraw_invitation(invitation=invitation, at=NINE)

    for late in (assistants.decline_invitation, assistants.withdraw_invitation):
        with pytest.raises(assistants.InvitationEnded):
            late(invitation=stale, at=NINE)
    with pytest.raises(assistants.InvitationEnded):
        assistants.accept_invitation(invitation=stale, user=stranger, at=NINE)


# --- Ending ---


@pytest.mark.parametrize("by", ["client", "assistant"])
def test_either_ends_it_and_both_are_told(cleo, stranger, browser, mailoutbox, by):
    invitation, _ = invite(cleo, email=stranger.email)
    assistants.accept_invitation(invitation=invitation, user=stranger, at=NINE)
    outbox.deliver_due(at=NINE)
    mailoutbox.clear()

    if by == "client":
        browser(cleo).post(reverse("profiles:end_assistant", args=[stranger.uuid]))
    else:
        browser(stranger).post(reverse("profiles:stop_assisting", args=[cleo.uuid]))

    outbox.deliver_due(at=NINE)
    assert not DiaryDelegate.objects.exists()
    assert {(*mail.to, mail.subject) for mail in mailoutbox} == {
        (cleo.email, "You have one assistant fewer"),
        (stranger.email, "You no longer assist this client"),
    }
    assert "Ended on 7 June 2027" in text_of(browser(cleo).get(PAGE))


def test_one_that_the_office_made_is_shown_and_can_be_ended(people, browser, clock):
    page = browser(people.client).get(PAGE)
    browser(people.client).post(reverse("profiles:end_assistant", args=[people.delegate.uuid]))

    assert "Dee Delegate" in text_of(page)
    assert not DiaryDelegate.objects.exists()


def test_one_that_the_office_ended_is_shown_as_ended(cleo, stranger, browser):
    invitation, _ = invite(cleo, email=stranger.email)
    assistants.accept_invitation(invitation=invitation, user=stranger, at=NINE)

    DiaryDelegate.objects.all().delete()

    assert '<td data-label="Status">Ended</td>' in text_of(browser(cleo).get(PAGE))


def test_ending_what_has_ended_is_refused(cleo, stranger):
    with pytest.raises(assistants.EndedAlready):
        assistants.end_assistant(client=cleo, assistant=stranger, at=NINE)


def test_what_was_ended_by_mistake_is_not_told_once_it_is_mended(cleo, stranger, mailoutbox):
    DiaryDelegate.objects.create(client=cleo, user=stranger)
    assistants.end_assistant(client=cleo, assistant=stranger, at=NINE)
    DiaryDelegate.objects.create(client=cleo, user=stranger)

    outbox.deliver_due(at=NINE)

    assert mailoutbox == []


def test_beginning_and_ending_leave_a_trail(cleo, stranger, browser):
    invitation, _ = invite(cleo, email=stranger.email)
    browser(stranger).post(reverse("profiles:answer_invitation", args=[invitation.uuid]))
    browser(cleo).post(reverse("profiles:end_assistant", args=[stranger.uuid]))

    trail = DiaryDelegate.pgh_event_model.objects.order_by("pgh_id")
    assert [(each.pgh_label, each.pgh_context.metadata["page"]) for each in trail] == [
        ("created", "profiles:answer_invitation"),
        ("deleted", "profiles:end_assistant"),
    ]


@pytest.mark.parametrize("who", ["client", "assistant"])
def test_erasing_either_erases_the_invitation(cleo, stranger, who):
    invitation, _ = invite(cleo, email=stranger.email)
    assistants.accept_invitation(invitation=invitation, user=stranger, at=NINE)

    erasure.erase(user={"client": cleo, "assistant": stranger}[who], at=NINE)

    assert not AssistantInvitation.objects.exists()
    assert not DiaryDelegate.objects.exists()
