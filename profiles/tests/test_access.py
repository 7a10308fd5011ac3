from coaching_portal.tests.matrix import access_test, signed_in

PAGES = {
    "profiles:account": signed_in(),
    "profiles:account_details": signed_in(),
}

test_who_may_open = access_test(PAGES)
