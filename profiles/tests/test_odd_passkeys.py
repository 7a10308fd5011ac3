"""What no browser would send as a passkey's answer gets the words of a wrong one, never a 500."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from profiles.tests.signing import is_signed_in, sign_in

pytestmark = pytest.mark.django_db

ODD = [
    "",
    "[]",
    "1",
    "null",
    '"x"',
    "{",
    '{"response": []}',
    '{"id": 1}',
    '{"id": "*", "rawId": "*"}',
]
ODD += ['{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}']
WHOLE = {
    "id": "AA",
    "rawId": "AA",
    "type": "public-key",
    "clientExtensionResults": {},
    "response": {"clientDataJSON": "e30", "authenticatorData": "AA", "attestationObject": "AA"},
}
OWNERS = (None, 1, "MQ", "_w", "LTE", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5")  # 1, not UTF-8, -1, 999…
for owner in OWNERS:
    signed = WHOLE["response"] | {"signature": "AA", "userHandle": owner}
    ODD.append(json.dumps(WHOLE | {"response": signed}))


@pytest.mark.parametrize("credential", ODD)
def test_an_odd_answer_signs_nobody_in_and_breaks_nothing(client, jo, credential):
    login = reverse("mfa_login_webauthn")
    client.get(login, headers={"Accept": "application/json"})

    answer = client.post(login, {"credential": credential})

    assert answer.url == reverse("account_login")
    assert not is_signed_in(client)


@pytest.mark.parametrize("credential", ODD)
def test_an_odd_answer_adds_no_passkey(client, jo, credential):
    sign_in(client)
    add = reverse("mfa_add_webauthn")
    client.get(add)

    answer = client.post(add, {"name": "Mine", "credential": credential})

    assert answer.status_code == 200
    assert not Authenticator.objects.exists()
