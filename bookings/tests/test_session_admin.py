from django.urls import reverse

from bookings.models import CoachingSession
from coaching_portal.testing.factories.sessions import book_session
from profiles.models import Organisation


def change_page(session):
    return reverse("admin:bookings_coachingsession_change", args=[session.pk])


def test_the_admin_sees_when_and_who_but_no_agenda_and_no_needs(
    signed_in, admin_user, coach, client_user
):
    session = book_session(coach, client_user, agenda="A private matter", needs="A loop")
    browser = signed_in(admin_user)
    pages = [
        browser.get(reverse("admin:bookings_coachingsession_changelist")).content.decode(),
        browser.get(change_page(session)).content.decode(),
    ]

    for page in pages:
        assert "Cleo Client" in page
        assert "A private matter" not in page
        assert "A loop" not in page


def test_the_admin_mends_who_pays_and_nothing_else(signed_in, admin_user, coach, client_user):
    session = book_session(coach, client_user)
    trust = Organisation.objects.create(name="Example Trust")
    form = {"organisation": trust.pk, "purchase_order": "PO-1", "price": "0", "status": "CANCELLED"}

    signed_in(admin_user).post(change_page(session), form)

    session = CoachingSession.objects.get()
    assert (session.organisation, session.purchase_order) == (trust, "PO-1")
    assert (session.status, str(session.price)) == ("BOOKED", "75.00")


def test_sessions_are_neither_added_nor_deleted_in_admin(signed_in, admin_user, coach, client_user):
    session = book_session(coach, client_user)
    browser = signed_in(admin_user)

    assert browser.get(reverse("admin:bookings_coachingsession_add")).status_code == 403
    delete = reverse("admin:bookings_coachingsession_delete", args=[session.pk])
    assert browser.post(delete, {"post": "yes"}).status_code == 403
