import pytest

from coaching_portal.common import vault


def test_what_goes_in_comes_out_and_is_unreadable_between():
    sealed = vault.encrypt(b"a secret")

    assert b"a secret" not in sealed
    assert vault.decrypt(sealed) == b"a secret"
    assert vault.decrypt(memoryview(sealed)) == b"a secret"


def test_the_same_secret_looks_different_each_time():
    assert vault.encrypt(b"a secret") != vault.encrypt(b"a secret")


def test_keys_can_be_replaced_one_after_the_other(settings):
    settings.VAULT_KEYS = ["old"]
    sealed = vault.encrypt(b"a secret")

    settings.VAULT_KEYS = ["new", "old"]
    assert vault.decrypt(sealed) == b"a secret"
    rotated = vault.rotate(sealed)

    settings.VAULT_KEYS = ["new"]
    assert vault.decrypt(rotated) == b"a secret"
    with pytest.raises(vault.WrongKey):
        vault.decrypt(sealed)


def test_without_keys_of_its_own_it_follows_the_secret_key_and_its_predecessors(settings):
    settings.VAULT_KEYS, settings.SECRET_KEY = [], "first"
    sealed = vault.encrypt(b"a secret")

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "second", ["first"]
    assert vault.decrypt(sealed) == b"a secret"

    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(vault.WrongKey, match="VAULT_KEYS"):
        vault.rotate(sealed)


@pytest.mark.parametrize("broken", [b"", b"nonsense"])
def test_what_is_no_secret_of_ours_is_refused(broken):
    with pytest.raises(vault.WrongKey):
        vault.decrypt(broken)


def test_a_changed_secret_is_refused():
    sealed = bytearray(vault.encrypt(b"a secret"))
    sealed[20] ^= 1

    with pytest.raises(vault.WrongKey):
        vault.decrypt(bytes(sealed))
