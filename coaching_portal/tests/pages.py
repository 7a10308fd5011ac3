"""Which pages each kind of reader comes to: the walks of test_axe.py must see them all."""

VISITORS = {
    "home",
    "coaching",
    "team_enquiry",
    "enquiry_received",
    "complaint",
    "complaint_received",
    "coaches",
    "coach",
    "contact",
    "privacy",
    "accessibility",
    "terms",
    "erased",
    "profiles:leaders",
    "profiles:leader",
    "profiles:interview",
    "profiles:accept_by_link",
    "training:courses",
    "training:course",
    "training:cohort",
    "bookings:book",
    "bookings:details",
    "bookings:embed",
    "bookings:prove",
    "bookings:prove_by_link",
    "bookings:accept_by_link",
    "bookings:earlier_time_offer",
    "notifications:decline",
}
CLIENTS = {
    "your_home",
    "bookings:sessions",
    "bookings:session",
    "bookings:earlier_times",
    "bookings:new_earlier_time",
    "bookings:book",
    "bookings:details",
    "bookings:booked",
    "bookings:accept",
    "bookings:move",
    "bookings:cancel",
    "bookings:programmes",
    "bookings:programme",
    "bookings:series",
    "bookings:series_booked",
    "bookings:extension",
    "bookings:calendar_feeds",
    "notifications:preferences",
    "profiles:account",
    "profiles:account_details",
    "profiles:assistants",
    "my_privacy",
    "erase_me",
}
COACHES = {
    "your_home",
    "bookings:book",
    "bookings:session",
    "bookings:move",
    "bookings:change_length",
    "bookings:cancel",
    "bookings:calendar",
    "bookings:book_for_client",
    "bookings:confirm_day",
    "bookings:income",
    "bookings:hours",
    "bookings:weekly_hours",
    "bookings:new_date",
    "bookings:date_hours",
    "bookings:copy_week",
    "bookings:new_time_off",
    "bookings:time_off",
    "bookings:rules",
    "bookings:connections",
    "bookings:embed_settings",
    "bookings:connection",
    "bookings:clients",
    "bookings:earlier_times",
    "bookings:client",
    "bookings:programme",
    "bookings:series",
    "bookings:extension",
    "bookings:programme_propose",
    "bookings:programme_terms",
    "bookings:programme_review",
    "bookings:programme_review_date",
    "bookings:programme_end",
}
CONTACTS = {
    "your_home",
    "training:learning",
    "training:cohort",
    "training:enrol",
    "training:check",
    "training:waiting_list",
    "training:offer",
    "training:booked",
    "training:booking",
    "training:cancel_booking",
    "training:cancel_place",
    "training:name_place",
    "training:pass_on",
}
PAYERS = {"your_home", "billing:invoices", "billing:invoice"}
OURS = [VISITORS, CLIENTS, COACHES, CONTACTS, PAYERS]
ADMINS = {"coaches_side_by_side", "invoicing", "invoicing_issue"}
# Where we have added to the admin, and those pages of it that we have not.
OURS_IN_ADMIN = (
    "admin:index",
    "admin:view_on_site",
    "admin:billing_",
    "admin:bookings_",
    "admin:notifications_",
    "admin:profiles_",
    "admin:training_cohort",
    "admin:training_coursebooking",
)
DJANGOS_OR_FILES = ("_add", "_delete", "_history", "_pdf", "_accountant", "_html")
# What axe finds in markup that Django writes: the rule, and the element that may break it.
DJANGOS_MARKUP = [
    ("empty-table-header", '<th class="original"></th>'),  # the first corner of inline rows
    ("empty-table-header", "<th></th>"),  # their last
    ("label:", 'class="vDateField"'),  # a date and a time under one heading
    ("label:", 'class="vTimeField"'),
    ("label:", '-DELETE"'),  # under the heading "Delete?"
    ("scrollable-region-focusable", "inline-group"),  # on a phone, where nothing can be changed
    ("target-size", 'class="date-back"'),  # the dates above a list, on a phone
    ("target-size", "_on__month="),
    ("label-title-only", 'id="searchbar"'),  # its label is a picture with a text
]
# What the HTML checker finds in it.
DJANGOS_HTML = (
    "Attribute “disabled” not allowed on element “div”",  # in place of a password
    "The first “option” element in a “select” element",  # chosen while typing, so none is empty
)
FILES = {
    "bookings:income_by_month",
    "bookings:income_by_session",
    "bookings:times_json",
    "bookings:calendar_events",
    "bookings:session_ics",
    "bookings:series_ics",
    "bookings:calendar_feed",
    "training:place_ics",
    "billing:invoice_pdf",
    "billing:credit_note_pdf",
    "profiles:podcast",
    "robots",
    "sitemap",
    "profiles:interview_audio",
    "healthz",
    "readyz",
    "metrics",
}


def is_admins(name):
    """The pages of the admin to which we have added something."""
    if name.startswith("admin:"):
        return name.startswith(OURS_IN_ADMIN) and not name.endswith(DJANGOS_OR_FILES)
    return name in ADMINS
