from datetime import UTC, date, datetime, timedelta

import pytest

from bookings.actions import programmes
from bookings.models import Programme
from coaching_portal.notifications import kinds, outbox
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.factories.sessions import WEEKS_AHEAD, agreed_programme

pytestmark = pytest.mark.django_db

REVIEW = date(2027, 12, 1)
AGREED_AT = datetime(2027, 9, 1, 9, 0, tzinfo=UTC)


def noon(day):
    return datetime(day.year, day.month, day.day, 12, 0, tzinfo=UTC)


def notices():
    found = OutgoingMessage.objects.filter(kind__in=["review-notice", "coach-review-notice"])
    return sorted(found.values_list("kind", "occasion"))


@pytest.fixture
def programme(coach, client_user):
    return agreed_programme(coach, client_user, at=AGREED_AT, review_on=REVIEW)


def run_on(*days):
    for day in days:
        for _ in range(3):
            programmes.begin_reviews(at=noon(day))


def test_both_are_told_14_and_3_days_before_and_on_the_day_once_each(programme):
    run_on(date(2027, 11, 16))
    assert notices() == []

    run_on(date(2027, 11, 17), date(2027, 11, 20), date(2027, 11, 28), REVIEW, date(2027, 12, 2))

    assert notices() == [
        (kind, f"2027-12-01:{days}")
        for kind in ("coach-review-notice", "review-notice")
        for days in ("0", "14", "3")
    ]


def test_after_an_outage_only_the_notice_that_is_due_now_goes(programme):
    run_on(date(2027, 11, 29))

    assert {occasion for _, occasion in notices()} == {"2027-12-01:3"}


def test_a_moved_review_is_announced_again_by_its_new_date_only(programme):
    run_on(date(2027, 11, 17))
    programmes.move_review(
        programme=programme, review_on=date(2027, 12, 15), at=noon(date(2027, 11, 18))
    )

    run_on(date(2027, 11, 28), date(2027, 11, 30))
    assert {occasion for _, occasion in notices()} == {"2027-12-01:14"}
    run_on(date(2027, 12, 1))
    assert {occasion for _, occasion in notices()} == {"2027-12-01:14", "2027-12-15:14"}


def test_a_notice_of_the_old_date_that_still_waits_is_not_sent(programme):
    run_on(date(2027, 11, 17))
    programmes.move_review(
        programme=programme, review_on=date(2027, 12, 15), at=noon(date(2027, 11, 17))
    )

    message = OutgoingMessage.objects.get(kind="review-notice")
    assert not kinds.kind_of(message.kind).is_still_valid(message, noon(date(2027, 11, 17)))


def test_a_finished_programme_gets_no_notice(programme, coach):
    programmes.record_review(
        programme=programme, outcome="FINISH", by=coach.user, at=noon(date(2027, 11, 1))
    )

    run_on(date(2027, 11, 17), REVIEW)

    assert notices() == []


def test_a_programme_agreed_ten_days_before_its_review_is_not_told_of_fourteen(coach, client_user):
    agreed_programme(coach, client_user, at=noon(date(2027, 11, 21)), review_on=REVIEW)

    run_on(date(2027, 11, 21))
    assert notices() == []
    run_on(date(2027, 11, 28))
    assert {occasion for _, occasion in notices()} == {"2027-12-01:3"}


def test_on_its_date_a_programme_is_in_review_and_still_booked(programme):
    run_on(REVIEW)

    programme.refresh_from_db()
    assert programme.status == Programme.Status.IN_REVIEW
    assert programme.can_be_booked


def test_a_review_moved_to_today_is_announced_today(programme):
    today = date(2027, 10, 4)

    programmes.move_review(programme=programme, review_on=today, at=noon(today))

    assert {occasion for _, occasion in notices()} == {"2027-10-04:0"}


def test_notices_wait_for_the_morning(programme):
    programmes.begin_reviews(at=datetime(2027, 11, 17, 0, 5, tzinfo=UTC))

    message = OutgoingMessage.objects.get(kind="review-notice")
    assert message.due_at == datetime(2027, 11, 17, 7, 0, tzinfo=UTC)


def test_no_letter_names_the_programmes_title(coach, client_user):
    secret = "Leaving the board"
    programme = agreed_programme(coach, client_user, title=secret, at=WEEKS_AHEAD)
    programmes.move_review(
        programme=programme, review_on=WEEKS_AHEAD.date() + timedelta(days=3), at=WEEKS_AHEAD
    )
    programmes.begin_reviews(at=WEEKS_AHEAD)
    programmes.record_review(programme=programme, outcome="PAUSE", by=coach.user, at=WEEKS_AHEAD)

    told = OutgoingMessage.objects.filter(subject_uuid=programme.uuid)
    assert told.count() >= 7
    for message in told:
        email = kinds.kind_of(message.kind).render(message)
        assert secret not in email.subject + email.text + email.html
        assert "£" not in email.subject


@pytest.mark.parametrize(
    ("last", "sent"),
    [
        (datetime(2027, 11, 28, 6, 59, tzinfo=UTC), ["2027-12-01:14"]),
        (datetime(2027, 11, 28, 7, 0, tzinfo=UTC), ["2027-12-01:3"]),
    ],
)
def test_after_an_outage_of_the_mail_server_only_the_nearest_notice_goes(programme, last, sent):
    for day in (date(2027, 11, 17), date(2027, 11, 28)):
        programmes.begin_reviews(at=datetime(day.year, day.month, day.day, 0, 5, tzinfo=UTC))

    outbox.deliver_due(last)

    delivered = OutgoingMessage.objects.filter(kind="review-notice", status="SENT")
    assert [message.occasion for message in delivered] == sent
