"""A client's assistants: who they are, inviting one, and answering an invitation."""

from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.core.ratelimit import respond_429
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from coaching_portal.common import rate_limits
from coaching_portal.common.forms import posted
from coaching_portal.common.idempotency import idempotent
from coaching_portal.common.views import perform
from profiles.accounts import proved_emails
from profiles.accounts.forms import InviteAssistantForm
from profiles.actions import assistants as actions
from profiles.models import AssistantInvitation, User

MOST_ENDED = 10
PAGE = "profiles:assistants"
SIGNED_IN_AS_ANOTHER = "You are signed in with another email address. Sign out, then try again."
ACCEPTED = "You are now the assistant of {}."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def assistants(request: Any) -> HttpResponse:
    form = InviteAssistantForm(posted(request))
    at = timezone.now()
    if request.method == "POST" and form.is_valid():
        if not rate_limits.count(request, "invite_assistant"):
            return respond_429(request)
        done = f"We have emailed an invitation to {form.cleaned_data['email']}."
        invite = actions.invite_assistant
        if perform(
            request, invite, done, form=form, client=request.user, at=at, **form.cleaned_data
        ):
            return redirect(PAGE)
    return render(request, "profiles/account/assistants.html", _context(request.user, form, at))


def _context(user: Any, form: InviteAssistantForm, at: datetime) -> dict[str, Any]:
    people = list(user.diary_delegates.select_related("user").order_by("user__sort_name", "pk"))
    invitations = list(user.assistant_invitations.order_by("-invited_at", "-pk"))
    in_force = {each.user_id for each in people}
    since = {each.assistant_id: each.accepted_at for each in invitations if not each.ended_at}
    for each in people:
        each.since = since.get(each.user_id)
    ended = [
        each
        for each in invitations
        if not each.is_waiting(at) and (each.ended_at or each.assistant_id not in in_force)
    ]
    received = AssistantInvitation.objects.sent_to(user).waiting(at).exclude(client=user)
    return {
        "form": form,
        "people": people,
        "waiting": [each for each in invitations if each.is_waiting(at)],
        "ended": ended[:MOST_ENDED],
        "received": received.select_related("client").order_by("pk"),
        "clients": user.diaries_kept.select_related("client").order_by("client__sort_name", "pk"),
        "is_client": user.client_of.exists(),
        "most": actions.MOST_ASSISTANTS,
        "zone": user.time_zone,
    }


@require_POST
@idempotent
def withdraw(request: Any, uuid: UUID) -> HttpResponse:
    invitation = get_object_or_404(request.user.assistant_invitations, uuid=uuid)
    done = f"The invitation to {invitation.email} is withdrawn."
    perform(request, actions.withdraw_invitation, done, invitation=invitation, at=timezone.now())
    return redirect(PAGE)


@require_POST
@idempotent
def answer(request: Any, uuid: UUID) -> HttpResponse:
    """Of somebody who has signed in with the email that was invited."""
    sent = AssistantInvitation.objects.sent_to(request.user).select_related("client")
    invitation = get_object_or_404(sent, uuid=uuid)
    return _answer(request, invitation, timezone.now())


def _answer(request: Any, invitation: AssistantInvitation, at: datetime) -> HttpResponse:
    if request.POST.get("answer") == "decline":
        done = "You have declined. We tell the client."
        perform(request, actions.decline_invitation, done, invitation=invitation, at=at)
    else:
        done = ACCEPTED.format(invitation.client)
        accept = actions.accept_invitation
        perform(request, accept, done, invitation=invitation, user=request.user, at=at)
    return redirect(PAGE)


@require_POST
@idempotent
def end(request: Any, uuid: UUID) -> HttpResponse:
    """By the client."""
    assistant = get_object_or_404(User, uuid=uuid, diaries_kept__client=request.user)
    done = f"{assistant} is no longer your assistant."
    end_ = actions.end_assistant
    perform(request, end_, done, client=request.user, assistant=assistant, at=timezone.now())
    return redirect(PAGE)


@require_POST
@idempotent
def stop(request: Any, uuid: UUID) -> HttpResponse:
    """By the assistant."""
    client = get_object_or_404(User, uuid=uuid, diary_delegates__user=request.user)
    done = f"You are no longer the assistant of {client}."
    end_ = actions.end_assistant
    perform(request, end_, done, client=client, assistant=request.user, at=timezone.now())
    return redirect(PAGE)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def accept_by_link(request: Any, token: str) -> HttpResponse:
    """The link in the email: a page with a button.

    The link proves the email, and makes an account where there is none. It works for two weeks:
    who has an account signs in as ever.
    """
    at = timezone.now()
    found = AssistantInvitation.objects.of_link(token).waiting(at).filter(client__is_active=True)
    invitation = found.select_related("client").first()
    if invitation is None:
        return _unlisted(_unknown_link(request))
    is_another = request.user.is_authenticated and request.user.email != invitation.email
    if request.method == "POST" and not is_another:
        return _unlisted(_answer_by_link(request, invitation, at))
    context = {
        "invitation": invitation,
        "problem": SIGNED_IN_AS_ANOTHER if is_another else "",
        "has_account": not request.user.is_authenticated and _has_account(invitation.email),
    }
    return _unlisted(render(request, "profiles/account/invitation.html", context))


def _answer_by_link(request: Any, invitation: AssistantInvitation, at: datetime) -> HttpResponse:
    if request.user.is_authenticated:
        return _answer(request, invitation, at)
    if request.POST.get("answer") == "decline":
        done = "You have declined. We tell the client."
        perform(request, actions.decline_invitation, done, invitation=invitation, at=at)
        return redirect("home")
    if _has_account(invitation.email):
        return redirect_to_login(reverse(PAGE))
    user = proved_emails.get_or_create_account(email=invitation.email, name=invitation.name)
    if user is None:
        messages.error(request, "This account is closed. Ask us if you want to use it again.")
        return redirect("account_login")
    response = proved_emails.sign_in(request, user, redirect_url=reverse(PAGE))
    if not request.user.is_authenticated:
        return response  # the second step comes first
    return _answer(request, invitation, at)


def _has_account(email: str) -> bool:
    """Whether somebody has proved this email before."""
    return EmailAddress.objects.filter(
        email=email, verified=True, user__email=email, user__is_active=True
    ).exists()


def _unknown_link(request: HttpRequest) -> HttpResponse:
    """A link that has been used is one that there is not; and nobody may try many."""
    if not rate_limits.count(request, "unknown_feed"):
        return respond_429(request)
    status = 409 if request.method == "POST" else 410
    return render(request, "profiles/account/invitation_ended.html", status=status)


def _unlisted(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    return response
