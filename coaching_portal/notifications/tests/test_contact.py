"""How to get in touch is said in one way everywhere, and pages make links of it."""

import re

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils.safestring import mark_safe

from coaching_portal.billing.models import Practice
from coaching_portal.notifications import contact

BOTH = Practice(name="P", phone="01632 960001", email="us@example.org")
NEITHER = Practice(name="P", phone="", email="")
EMAIL_LINK = '<a href="mailto:us@example.org">us@example.org</a>'
PHONE_LINK = '<a href="tel:01632960001">01632 960001</a>'


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"phone": "01632 960001", "email": "us@example.org"}, "phone 01632 960001 or email us@"),
        ({"phone": "01632 960001", "email": ""}, "phone 01632 960001"),
        ({"phone": "", "email": "us@example.org"}, "email us@example.org"),
        ({"phone": "", "email": ""}, "use our contact page"),
    ],
)
def test_what_is_known_is_named_and_else_the_contact_page(known, words):
    assert contact.ways(Practice(**known)).startswith(words)


@pytest.mark.django_db
def test_without_a_practice_at_hand_its_record_is_asked():
    Practice.current()
    Practice.objects.update(phone="01632 960002", email="")

    assert contact.ways() == "phone 01632 960002"


@pytest.mark.parametrize(
    ("phone", "address"),
    [
        ("01632 960001", "tel:01632960001"),
        ("+44 (0)1632 960001", "tel:+441632960001"),
        ("(01632) 960-001", "tel:01632960001"),
    ],
)
def test_a_phone_is_dialled_without_what_is_for_the_eye(phone, address):
    assert contact.phone_address(phone) == address


def test_what_a_sentence_names_becomes_a_link_and_the_rest_is_escaped():
    sentence = f"Ask <b>Tracy</b>: {contact.ways(BOTH)}."

    written = contact.linked(sentence, BOTH)

    assert written == f"Ask &lt;b&gt;Tracy&lt;/b&gt;: phone {PHONE_LINK} or email {EMAIL_LINK}."


def test_a_part_of_a_longer_word_is_no_link():
    text = "Write to focus@example.org or to us@example.organisation, reference 701632 9600019."

    assert contact.linked(text, BOTH) == text


def test_what_is_html_already_stays_as_it_is():
    assert contact.linked(mark_safe("<b>us@example.org</b>"), BOTH) == "<b>us@example.org</b>"


@pytest.mark.parametrize(
    ("written", "context", "shown"),
    [
        ("{% reach_us %}", {"practice": BOTH}, f"phone {PHONE_LINK} or email {EMAIL_LINK}"),
        ("{% reach_us %}", {"practice": NEITHER}, 'use <a href="/contact/">our contact page</a>'),
        (
            "{% reach_us %}",
            {"practice": NEITHER, "site_url": "https://p.example"},
            'use <a href="https://p.example/contact/">our contact page</a>',
        ),
        ("{% reach_us_plain %}", {"practice": NEITHER}, "use our contact page"),
        (
            "{% reach_us_plain 'https://p.example' %}",
            {"practice": NEITHER},
            "use https://p.example/contact/",
        ),
    ],
)
def test_templates_say_it_with_one_tag(written, context, shown):
    assert Template("{% load contact %}" + written).render(Context(context)) == shown


# Told to get in touch, a reader needs to be told how: in the same line of the template.
TOLD_TO = re.compile(r"\b(?:contact|write to|phone|please tell|ask) us\b(?! to)|get in touch", re.I)
HOW = ("reach_us", 'url "contact"', "url 'contact'")
SAYS_IT_ITSELF = {"website/contact.html"}


def test_wherever_a_template_says_to_get_in_touch_it_says_how():
    folder = settings.BASE_DIR / "templates"
    silent = [
        f"{path.relative_to(folder)}:{number}: {line.strip()}"
        for path in sorted([*folder.rglob("*.html"), *folder.rglob("*.txt")])
        if str(path.relative_to(folder)) not in SAYS_IT_ITSELF
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if TOLD_TO.search(line) and not any(how in line for how in HOW)
    ]

    assert silent == []
