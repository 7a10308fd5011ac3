"""What a coach does with a programme: propose, change, review, move its review, end it."""

from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from bookings.actions import extensions, programmes
from bookings.forms.programmes import ReviewDateForm, ReviewForm, TermsForm
from bookings.models import Programme, Review
from coaching_portal.common.forms import ConfirmForm, posted
from coaching_portal.common.idempotency import idempotent
from coaching_portal.common.views import perform
from profiles.models import Client


@idempotent
def propose(request, uuid):
    """Terms for one of the coach's clients."""
    found = Client.objects.filter(coach__user=request.user).select_related("user", "coach")
    relation = get_object_or_404(found, uuid=uuid)
    coach, client = relation.coach, relation.user
    form = TermsForm(request.POST or None, coach=coach, client=client)

    def act():
        return programmes.propose(coach=coach, client=client, terms=form.terms(), at=timezone.now())

    said = f"Proposed. {client} gets an email with the terms."
    return _page(
        request, form, act, said, f"Propose a programme to {client}", "Propose these terms"
    )


@idempotent
def change_terms(request, uuid):
    programme = _coached(request, uuid)
    form = TermsForm(
        request.POST or None,
        coach=programme.coach,
        client=programme.client,
        initial=TermsForm.initial_of(programme),
    )

    def act():
        return programmes.change_proposal(
            programme=programme, terms=form.terms(), at=timezone.now()
        )

    said = "Changed. The client gets an email with the new terms."
    return _page(request, form, act, said, "Change the proposal", "Propose these terms", programme)


@idempotent
def review(request, uuid):
    programme = _coached(request, uuid)
    form = ReviewForm(request.POST or None)

    def act():
        decided = {"programme": programme, "by": request.user, "at": timezone.now()}
        if form.cleaned_data["outcome"] == Review.Outcome.EXTEND:
            return extensions.propose(**decided, **form.extension()).programme
        made = programmes.record_review(**decided, outcome=form.cleaned_data["outcome"])
        return made.programme

    said = "Review recorded."
    if form.is_bound and form.data.get("outcome") == Review.Outcome.EXTEND:
        said = f"Proposed. {programme.client} gets an email, and nothing changes until they accept."
    return _page(request, form, act, said, "Record the review", "Record the review", programme)


@idempotent
def review_date(request, uuid):
    """Move the review; a paused programme is taken up again by giving it one."""
    programme = _coached(request, uuid)
    initial = {"review_on": programme.review_on}
    form = ReviewDateForm(request.POST or None, initial=initial)
    action = programmes.resume if programme.is_paused else programmes.move_review
    title = "Restart the programme" if programme.is_paused else "Move the review date"

    def act():
        return action(
            programme=programme, review_on=form.cleaned_data["review_on"], at=timezone.now()
        )

    return _page(request, form, act, "Review date set.", title, "Set the review date", programme)


@idempotent
def end(request, uuid):
    """Says first what ending means; a GET changes nothing."""
    programme = _coached(request, uuid)
    form = ConfirmForm(posted(request))

    def act():
        return programmes.end(programme=programme, at=timezone.now())

    said = "Ended. We have emailed the client."
    return _page(
        request, form, act, said, "End the programme early", "End the programme", programme
    )


def _coached(request, uuid):
    found = Programme.objects.filter(coach__user=request.user).for_pages()
    return get_object_or_404(found, uuid=uuid)


def _page(request, form, act, said, title, button, programme=None):
    """Show the form; on a valid POST act, say so, and go to the programme."""
    is_right = request.method == "POST" and form.is_valid()
    if is_right and (changed := perform(request, act, said, form=form)):
        return redirect(changed)
    context = {"form": form, "title": title, "button": button, "programme": programme}
    return render(request, "bookings/programme_form.html", context)
