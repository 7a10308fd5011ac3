"""The most that each page may ask of the database: measured, with three times the data (and twice).

A page that is new gets a line. A page that asks less gets a smaller number.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """`counts` are the queries for each reader, perhaps with what they ask: "coach?view=list".

    `of` names the thing whose page it is (see `_things` of every_page.py).
    """

    counts: dict[str, int]
    of: str = ""

    @property
    def asked(self):
        return list(self.counts)

    def most(self, asked):
        return self.counts[asked]


def page(of="", **counts):
    return Page(counts, of)


PAGES = {
    "home": page(anonymous=12, client=16, coach=16),
    "your_home": page(
        stranger=18, client=19, delegate=16, sponsor=17, contact=26, coach=24, admin=29
    ),
    "coaching": page(anonymous=5),
    "team_enquiry": page(anonymous=2),
    "coaches": page(anonymous=3),
    "contact": page(anonymous=2),
    "privacy": page(anonymous=2),
    "accessibility": page(anonymous=2),
    "terms": page(anonymous=4),
    "robots": page(anonymous=0),
    "sitemap": page(anonymous=14),
    "erased": page(anonymous=2),
    "healthz": page(anonymous=0),
    "training:courses": page(anonymous=6),
    "profiles:leaders": page(anonymous=3),
    "profiles:podcast": page(anonymous=1),
    "account_login": page(anonymous=2),
    "account_inactive": page(anonymous=2),
    "account_signup": page(anonymous=2),
    "account_request_login_code": page(anonymous=2),
    "account_reset_password": page(anonymous=2),
    "account_reset_password_from_key_done": page(anonymous=2),
    "account_reset_password_done": page(anonymous=2),
    "complaint": page(anonymous=2),
    "complaint_received": page("complaint", anonymous=3),
    "enquiry_received": page("enquiry", anonymous=3),
    "coach": page("coach", anonymous=11),
    "my_privacy": page(client=6),
    "erase_me": page(client=7),
    "coaches_side_by_side": page(admin=11),
    "invoicing": page(admin=12),
    "invoicing_issue": page(admin=7),
    "bookings:book": Page(
        of="coach",
        counts={
            "anonymous": 7,
            "coach": 7,
            "client": 9,
            "delegate": 10,
            "anonymous?minutes=60": 7,
            "client?minutes=60&programme=none": 14,
        },
    ),
    "bookings:details": Page(
        of="coach",
        counts={
            "client?minutes=60&location=VIDEO&programme=none&start=2027-07-05T09:00:00%2B00:00": 16,
        },
    ),
    "bookings:prove_by_link": page("pending", anonymous=9),
    "bookings:accept_by_link": page("invited", anonymous=9),
    "bookings:accept": page("to_accept", client=9),
    "bookings:booked": page("booked", client=6),
    "bookings:earlier_times": page(client=8, coach=8),
    "bookings:new_earlier_time": Page(counts={"client?coach=una-umber": 12}),
    "bookings:earlier_time_offer": page("time_offer", anonymous=5),
    "bookings:sessions": Page(
        counts={
            "client": 12,
            "delegate": 12,
            "coach": 11,
            "client?show=past": 11,
            "client?show=cancelled": 11,
        }
    ),
    "bookings:session": page("ahead", client=9, coach=14),
    "bookings:move": page("ahead", client=11, coach=11),
    "bookings:change_length": page("ahead", coach=7),
    "bookings:cancel": page("ahead", client=6, coach=6),
    "bookings:session_ics": page("ahead", client=4, coach=4),
    "bookings:calendar_feed": page("feed", anonymous=9),
    "bookings:calendar_feeds": page(client=6),
    "bookings:times_json": Page(
        of="coach",
        counts={
            "anonymous?minutes=60&from=2027-06-09&to=2027-07-09": 6,
        },
    ),
    "bookings:calendar": Page(
        counts={
            "coach": 14,
            "coach?view=list": 14,
        },
    ),
    "bookings:calendar_events": Page(counts={"coach?from=2027-06-07&to=2027-06-13": 9}),
    "bookings:book_for_client": Page(
        of="",
        counts={"coach": 9, "coach?client=new&minutes=60": 12},
    ),
    "bookings:confirm_day": page("day", coach=7),
    "bookings:income": page(coach=11),
    "bookings:income_by_month": page(coach=6),
    "bookings:income_by_session": page(coach=6),
    "bookings:hours": page(coach=15),
    "bookings:weekly_hours": page(coach=8),
    "bookings:copy_week": page(coach=6),
    "bookings:new_date": page(coach=7),
    "bookings:new_time_off": page(coach=6),
    "bookings:rules": page(coach=7),
    "bookings:clients": page(coach=8),
    "bookings:connections": page(coach=9),
    "bookings:embed": page("coach", anonymous=9),
    "bookings:embed_settings": page(coach=15),
    "bookings:connection": page("connection", coach=9),
    "bookings:date_hours": page("date", coach=8),
    "bookings:time_off": page("off", coach=7),
    "bookings:client": page("client", coach=10),
    "bookings:programme_propose": page("client", coach=8),
    "bookings:programmes": page(client=6, coach=6),
    "bookings:programme": page("agreed", client=11, coach=11),  # and whether one is proposed
    "bookings:series": Page(
        of="agreed",
        counts={
            "client": 14,
            "client?start=2027-07-05T08:00:00%2B00:00&every=2&number=4": 14,
            "coach?start=2027-07-05T08:00:00%2B00:00&every=1&number=20": 14,
        },
    ),
    "bookings:series_booked": page("of_series", client=8, coach=8),
    "bookings:series_ics": page("of_series", client=6, coach=6),
    "bookings:extension": page("extension", client=6, coach=6),
    "bookings:programme_terms": page("proposed", coach=8),
    "bookings:programme_review": page("agreed", coach=6),
    "bookings:programme_review_date": page("agreed", coach=6),
    "bookings:programme_end": page("agreed", coach=6),
    "training:course": page("course", anonymous=7),
    "training:cohort": page("cohort", anonymous=5, contact=9),
    "training:enrol": page("cohort", contact=11, stranger=9),
    "training:waiting_list": page("cohort", stranger=9),
    "training:offer": page("offer", contact=14),
    "training:learning": page(client=15, contact=15),
    "training:booking": page("booking", contact=10),
    "training:booked": page("booking", contact=11),
    "training:cancel_booking": page("booking", contact=10),
    "training:name_place": page("unnamed", contact=9),
    "training:pass_on": page("place", contact=9),
    "training:cancel_place": page("place", contact=14),
    "training:place_ics": page("own_place", client=5),
    "profiles:leader": page("leader", anonymous=8),
    "profiles:interview": page("talk", anonymous=5),
    "profiles:interview_audio": page("talk", anonymous=1),
    "profiles:account": page(client=7, coach=7),
    "profiles:account_details": page(client=5),
    "profiles:assistants": page(client=11, delegate=11),
    "profiles:accept_by_link": page("invitation", anonymous=5),
    "billing:invoices": page(client=6, sponsor=6),
    "billing:invoice": page("invoice", client=10),
    "billing:invoice_pdf": page("invoice", client=3),
    "billing:credit_note_pdf": page("credited", client=3),
    "notifications:preferences": page(client=6),
    "notifications:decline": page("token", anonymous=3),
    "account_logout": page(client=5),
    "account_email": page(client=9),
    "account_set_password": page(client=5),
    "usersessions_list": page(client=18),
    "mfa_index": page(client=7),
    "mfa_deactivate_totp": page(client=8),
    "mfa_view_recovery_codes": page(client=6),
    "mfa_generate_recovery_codes": page(client=6),
    "mfa_download_recovery_codes": page(client=3),
    "mfa_add_webauthn": page(coach=11),
    "mfa_edit_webauthn": page("passkey", client=6),
    "mfa_remove_webauthn": page("passkey", client=8),
    "mfa_activate_totp": page(coach=10),
    "admin:index": page(admin=18),
    "admin:password_change_done": page(admin=3),
    "admin:jsi18n": page(admin=2),
    "admin:billing_invoice_accountant": page(admin=3),
    "admin:app_list": page("app", admin=3),
    "admin:autocomplete": Page(
        counts={
            "admin?app_label=profiles&model_name=membership&field_name=user": 4,
        },
    ),
    "admin:auth_user_password_change": page("member", admin=4),
    "admin:billing_creditnote_pdf": page("note", admin=3),
    "admin:billing_invoice_pdf": page("invoice", admin=3),
    "admin:billing_invoice_credit": page("invoice", admin=8),
    "admin:billing_invoice_pay": page("invoice", admin=4),
    "admin:billing_invoice_send_again": page("invoice", admin=4),
    "admin:billing_invoice_issue": page("draft", admin=8),
    "admin:training_cohort_credits": page("cohort", admin=5),
    "admin:billing_payment_allocate": page("payment", admin=7),
    "admin:billing_payment_reverse_payment": page("payment", admin=5),
    "admin:billing_payment_remove_allocation": page("allocation", admin=5),
}

# The admin's pages of each model: list, add, change, history, delete; None where nobody may.
ADMIN: dict[str, tuple[int | None, ...]] = {
    "notifications_outgoingmessage": (7, None, 6, 6, None),
    "notifications_refusedaddress": (6, None, 4, 5, None),
    "billing_creditnote": (8, None, 8, 6, None),
    "billing_invoice": (9, 5, 9, 6, None),
    "billing_payment": (8, 5, 7, 7, None),
    "billing_practice": (None, None, 4, 6, None),
    "auth_group": (6, 4, 6, 5, 6),
    "profiles_user": (6, 3, 11, 6, None),
    "profiles_organisation": (6, 3, 5, 6, 20),
    "profiles_coach": (6, 3, 9, 7, 21),
    "profiles_leader": (6, 3, 7, 5, 7),
    "bookings_enquiry": (6, None, 4, 5, None),
    "profiles_datacomplaint": (6, None, 4, 5, None),
    "bookings_bookingrules": (7, 4, 6, 7, None),
    "bookings_coachingsession": (7, None, 9, 6, None),
    "bookings_programme": (7, None, 7, 6, None),
    "training_course": (6, 4, 6, 5, 6),
    "training_cohort": (9, 4, 8, 8, 17),
    "training_coursebooking": (11, None, 9, 10, None),
    "training_enrolment": (7, None, 10, 6, None),
    "training_waitinglistplace": (7, None, 7, 6, None),
    "training_enrolmentterms": (6, 3, 4, 5, None),
    "account_emailaddress": (6, None, 5, 5, None),
    "mfa_authenticator": (6, None, 5, 5, 4),
    "usersessions_usersession": (6, None, 5, 5, 4),
}

# Pages that read a row for each thing that they list, and why that is borne.
GROWING = {
    # Each browser's session is opened, to see whether it has ended: allauth's own, a handful.
    "usersessions_list": "one for each browser of a person",
    # Django names everything that would go, or that stands in the way, before anything goes.
    "admin:profiles_organisation_delete": "one for each row that relies on it",
    "admin:profiles_coach_delete": "one for each row that relies on it",
    "admin:training_cohort_delete": "one for each row that relies on it",
}

# Addresses that answer 200 to nobody who simply opens them: they redirect, or follow a form.
WITHOUT_A_PAGE = {
    "my_data",  # an archive, after the password
    "readyz",  # 503 where no worker runs, as here
    "metrics",  # behind a token
    "invoicing_draft",
    "training:check",
    "bookings:prove",  # in the browser in which the time was chosen
    "bookings:send_new_code",
    "account_reauthenticate",
    "account_email_verification_sent",
    "account_change_password",
    "account_confirm_login_code",
    "account_reset_password_from_key",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_list_webauthn",
    "mfa_login_webauthn",  # answers scripts
    "admin:login",
    "admin:logout",
    "admin:password_change",
    "admin:view_on_site",
    "admin:notifications_outgoingmessage_mail",  # of messages that were kept as files
    "admin:notifications_outgoingmessage_mail_html",
}
