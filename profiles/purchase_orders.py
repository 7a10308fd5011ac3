"""The form of an organisation's purchase order numbers, as a mask that the office can read.

    CT999999    "CT" and six digits

9 is a digit, A a letter, * a letter or a digit; every other sign is itself, and so is one after a
backslash (\\A is the letter A). A mask is tried sign by sign: it cannot be mistyped into something
that fails, or that takes long.
"""

import itertools
import re
import string

DIGIT, LETTER, EITHER, ITSELF = "9", "A", "*", "\\"
KINDS = {
    DIGIT: set(string.digits),
    LETTER: set(string.ascii_letters),
    EITHER: set(string.digits + string.ascii_letters),
}
SIGNS = set(string.ascii_letters + string.digits + " -/._#&:")
HOW = "Write 9 for a digit, A for a letter, * for either, and every other sign as it is: CT999999."


def fits(mask, number):
    """Whether the whole number has the form; there is none to have where the mask is empty."""
    allowed = list(_signs(mask))
    return not mask or (
        len(allowed) == len(number)
        and all(sign in signs for sign, signs in zip(number, allowed, strict=True))
    )


def _signs(mask):
    """Which signs may stand at each place."""
    signs = iter(mask)
    for sign in signs:
        if sign == ITSELF:
            yield {next(signs, "")}
        else:
            yield KINDS.get(sign, {sign})


def example_of(mask):
    """Some number that fits."""
    digits = itertools.cycle("123456789")
    return "".join(
        min(signs) if len(signs) == 1 else next(digits) if "1" in signs else "A"
        for signs in _signs(mask)
    )


def problem_with_mask(mask):
    """Why the office cannot use this mask, in words; empty where it can."""
    signs = mask.replace(ITSELF, "")
    unknown = next((sign for sign in signs if sign not in SIGNS | {EITHER}), "")
    if unknown:
        return f"“{unknown}” cannot be part of a mask. {HOW}"
    if mask.endswith(ITSELF) and not mask.endswith(ITSELF * 2):
        return f"A mask cannot end with a backslash. {HOW}"
    return ""


def problem_with_example(mask, example):
    """Why the two do not belong together, in words."""
    if not example:
        return "Enter a number that you have seen, so that the mask can be tried with it."
    if not fits(mask, example):
        return f"The mask {mask} does not allow {example}. {HOW}"
    return ""


# What was kept before: regular expressions, of which the simple ones say the same as a mask.

PARTS = {
    "[0-9]": DIGIT,
    r"\d": DIGIT,
    "[A-Z]": LETTER,
    "[A-Za-z]": LETTER,
    "[a-zA-Z]": LETTER,
    "[A-Z0-9]": EITHER,
    "[A-Za-z0-9]": EITHER,
}
PART = re.compile(rf"({'|'.join(map(re.escape, PARTS))}|\\?.)(\{{\d+\}})?")
LONGEST = 50  # as a purchase order number


def mask_of_pattern(pattern):
    """The mask that says the same as a regular expression; None where there is none."""
    found, rest = "", pattern.removeprefix("^").removesuffix("$")
    while rest:
        match = PART.match(rest)
        if match is None:
            return None
        part = _mask_of_part(match[1])
        times = int(match[2][1:-1]) if match[2] else 1
        if not part or not 0 < times <= LONGEST or len(found) + len(part) * times > LONGEST:
            return None
        found, rest = found + part * times, rest[match.end() :]
    return found or None


def _mask_of_part(part):
    if part in PARTS:
        return PARTS[part]
    sign = part.removeprefix(ITSELF)
    is_plain = part == sign and sign in SIGNS - {"."}
    is_escaped = part != sign and sign in set("-/._#&: ")
    if not (is_plain or is_escaped):
        return None
    return ITSELF + sign if sign in KINDS else sign
