"""The texts that a coach starts from; her own versions are rows."""

from bookings import cancellation
from bookings.models import AgreementText
from coaching_portal.common.prepared_queries import PreparedQuery
from profiles.models import Coach

OF_A_SESSION = cancellation.rule("later than the notice that was shown when you booked")
OF_A_PROGRAMME = cancellation.rule("later than the notice in these terms")

SESSION = f"""\
What this is. Coaching is a conversation between the two of us. You decide what it is about, and \
what you do afterwards is your own choice. It is not therapy, medical treatment or legal advice, \
and it is not an emergency service.

What stays between us. I keep to myself what you tell me. There are two limits: where I believe \
that you or someone else is at risk of serious harm, and where the law obliges me to disclose \
something. If I can, I speak to you first. Where an organisation pays, it may learn that a \
session took place, and when; never what was said.

Cancelling and moving. You can move or cancel a session free until the notice that was shown \
when you booked. {OF_A_SESSION} If I have to cancel, you pay nothing.

Your fourteen days. If you pay for yourself you can withdraw from this agreement within 14 days \
of booking, without giving a reason: tell us, or cancel the session here. A session that has not \
taken place by then is not charged. If you ask for a session within those 14 days, you pay for \
it once it has taken place.
"""

PROGRAMME = f"""\
What this is. Coaching is a professional relationship between the two of us, built on trust. You \
set the agenda; I listen without judging, ask, and offer approaches that have helped others. What \
you do with them is your own choice. It is not therapy, medical treatment or legal advice, and it \
is not an emergency service.

How it runs. We have agreed a number of sessions, their length, and a date on which we look back \
together. At that review we extend, pause or finish, as you find useful. A session usually takes \
a goal, looks at the gap between today and where you hope to be, and ends in actions; none of \
that is compulsory.

What stays between us. I keep to myself what you tell me. There are two limits: where I believe \
that you or someone else is at risk of serious harm, and where the law obliges me to disclose \
something. If I can, I speak to you first. Where an organisation pays, it may learn how many \
sessions took place, and when; never what was said.

Cancelling and moving. You can move or cancel a session free until the notice in these terms. \
{OF_A_PROGRAMME} If I have to cancel, the session returns to your allowance and costs nothing.

Paying. Each session is charged once it has taken place, at the rate in these terms, which stays \
the same for the whole programme.

Your fourteen days. If you pay for yourself you can withdraw from this agreement within 14 days \
of accepting it, without giving a reason. If you ask for a session within those 14 days, you pay \
for it once it has taken place.

Ending early. Either of us can end the programme at any time by saying so.
"""


# What coaches started from before, by hash: a coach who never wrote her own gets the new words.
FORMER = {
    "45789bfebaa44f3fd15d84e8fc43fdf8db36d35d2aa7c548acb16ef9cd64cd32",
    "c8d1923ca4f2c1df0cfeb4fd56986ac91eac3c1ab21a4c9e041eccb12f3da7b6",
    "e5fc5e0a8d75c5e9bf1a10dbb7930791fa514edbe507c0f96361240d6c9c6864",
    "43421555bc4d671a0cb1cf55e883d8232a814a8308ab99b5626894d08d11aca2",
}


_NEWEST = PreparedQuery(
    lambda coach, form: AgreementText.objects.filter(coach=coach, form=form).newest_first()[:1]
)


def programme_form(coach: Coach) -> AgreementText:
    """The coach's current text for programmes, stored at once: a proposal points to it."""
    return store(_current(coach, AgreementText.Form.PROGRAMME, PROGRAMME))


def short_form(coach: Coach) -> AgreementText:
    """The coach's current text for a single session; a new version is not stored yet."""
    return _current(coach, AgreementText.Form.SESSION, SESSION)


def _current(coach: Coach, form: str, usual: str) -> AgreementText:
    """Her newest version; the usual text, as the next one, where that is a former usual text.

    A row keeps its body: what was accepted stays as it was read.
    """
    newest = _NEWEST.first(coach=coach.pk, form=form)
    if newest and newest.sha256 not in FORMER:
        return newest
    version = newest.version + 1 if newest else 1
    return AgreementText(coach=coach, form=form, version=version, body=usual)


def store(text: AgreementText) -> AgreementText:
    """The same text as a row, stored once."""
    if text.pk:
        return text
    return AgreementText.objects.get_or_create(
        coach=text.coach, form=text.form, version=text.version, defaults={"body": text.body}
    )[0]
