"""Personal data is hidden; what professionals write about numbers stays."""

from __future__ import annotations

import re
import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.masking import BSN, CONTACT, IBAN, is_bsn, is_iban, mask

HIDDEN = [
    ("mijn bsn is 123456782", "mijn bsn is [bsn]"),
    ("123456782", "[bsn]"),
    ("1234.56.782 graag", "[bsn] graag"),
    ("(123.456.782)", "([bsn])"),
    ("123 456 782", "[bsn]"),
    ("123-45-6782", "[bsn]"),
    ("12 123 456 782", "12 [bsn]"),
    ("１２３４５６７８２", "[bsn]"),
    ("bsn 123456789 klopt niet", "bsn [bsn] klopt niet"),
    ("BSN-nummer van mijn cliënt: 123456789", "BSN-nummer van mijn cliënt: [bsn]"),
    ("burgerservicenummer (BSN): 1234.56.789", "burgerservicenummer (BSN): [bsn]"),
    ("sofinummer 12345678", "sofinummer [bsn]"),
    ("mail jan.de-vries+x@ggz-linde.nl aub", "mail [e-mailadres] aub"),
    ("JAN@LINDE.NL.", "[e-mailadres]."),
    ("<jan@linde.co.uk>", "<[e-mailadres]>"),
    ("info@kcphrenos.nl.voorbeeld.com", "[e-mailadres]"),
    ("06-12345678", "[telefoonnummer]"),
    ("06 12 34 56 78", "[telefoonnummer]"),
    ("bel 0612345678!", "bel [telefoonnummer]!"),
    ("06‑12345678", "[telefoonnummer]"),
    ("tel.0612345678", "tel.[telefoonnummer]"),
    ("+31 6 12345678", "[telefoonnummer]"),
    ("+31 (0)6 1234 5678", "[telefoonnummer]"),
    ("0031612345678", "[telefoonnummer]"),
    ("020-1234567", "[telefoonnummer]"),
    ("(020) 123 45 67", "[telefoonnummer]"),
    ("030 - 293 16 26", "[telefoonnummer]"),
    ("0475-12 34 56", "[telefoonnummer]"),
    ("06-12345678 25 cliënten", "[telefoonnummer] 25 cliënten"),
    ("0470 12 34 56", "[telefoonnummer]"),
    ("02 123 45 67", "[telefoonnummer]"),
    ("02/123.45.67", "[telefoonnummer]"),
    ("+32 470 12 34 56", "[telefoonnummer]"),
    ("+49 30 1234567", "[telefoonnummer]"),
    ("NL91ABNA0417164300", "[iban]"),
    ("nl91 abna 0417 1643 00 graag", "[iban] graag"),
    ("NL91.ABNA.0417.1643.00", "[iban]"),
    ("NL91 ABNA 0417 1643 01", "[iban]"),
    ("BE68 5390 0754 7034", "[iban]"),
    ("DE89370400440532013000 en meer", "[iban] en meer"),
    ("GB82 WEST 1234 5698 7654 32", "[iban]"),
    ("geboren op 12 maart 1985", "geboren op [geboortedatum]"),
    ("Geb. 12-03-1985 te Utrecht", "Geb. [geboortedatum] te Utrecht"),
    ("geb 12/3/85", "geb [geboortedatum]"),
    ("geboortedatum: 1985-03-12", "geboortedatum: [geboortedatum]"),
    ("geboren in Utrecht op 12-03-1985", "geboren in Utrecht op [geboortedatum]"),
]
KEPT = [
    "ips@kcphrenos.nl en info@mail.kcphrenos.nl",
    "bel 0800-0113 24 uur per dag, of 113, of 112",
    "0900-1234567",
    "25 per fte",
    "€ 11.325",
    "€ 123.456.782",
    "123.456.782,00 euro",
    "1.234.567,89",
    "2023-2024",
    "de bsn-controle in 2023-2024",
    "kostenplaats 62349",
    "KvK 12345678",
    "op 01-09-2024 2 cliënten",
    "09-12-2024 10.30 uur",
    "van 09.00-17.00 uur",
    "0,5 fte en dertien cliënten",
    "tussen 2019 en 2023",
    "criterium 1, 2, 3, 4, 5, 6, 7 en 8",
    "1 2 3 4 5 6 7 8 ja",
    "1 tot en met 3 ja, 6 nee",
    "01 02 03 04 05",
    "in 1985 geboren",
    "de pilot is in 2019 geboren",
    "100 tot 250 per 1000",
    "nl12 is geen rekening",
    "@ggz en @gemeente",
]


@pytest.mark.parametrize(("text", "masked"), HIDDEN)
def test_hides(text: str, masked: str) -> None:
    assert mask(text).text == masked
    assert mask(text).kinds


@pytest.mark.parametrize("text", KEPT)
def test_keeps(text: str) -> None:
    assert mask(text) == mask(mask(text).text)
    assert mask(text).text == text
    assert mask(text).kinds == ()


def test_names_each_kind_once() -> None:
    masked = mask("a@b.nl, c@d.nl, BSN 123456782, geb. 1-2-1980, 06-12345678, NL91ABNA0417164300")
    assert masked.kinds == ("e-mailadres", "iban", "geboortedatum", "bsn", "telefoonnummer")


@st.composite
def bsns(draw: st.DrawFn) -> str:
    """Nine digits that pass the 11-test, written as people write them."""
    first = draw(st.lists(st.integers(0, 9), min_size=8, max_size=8).filter(any))
    last = sum(digit * weight for digit, weight in zip(first, range(9, 1, -1), strict=True)) % 11
    digits = "".join(map(str, first)) + str(last % 10)
    if last == 10:
        digits = "123456782"
    form = draw(st.sampled_from(["{}{}{}", "{} {} {}", "{}.{}.{}", "{}-{}-{}"]))
    cut = draw(st.sampled_from([(3, 6), (4, 6), (2, 5), (3, 5)]))
    return form.format(digits[: cut[0]], digits[cut[0] : cut[1]], digits[cut[1] :])


@st.composite
def ibans(draw: st.DrawFn) -> str:
    """An IBAN with a right checksum, with or without spaces."""
    country, length = draw(st.sampled_from([("NL", 14), ("BE", 12), ("DE", 18), ("FR", 23), ("NO", 11), ("MT", 27)]))
    body = draw(st.text(string.ascii_uppercase + string.digits, min_size=length, max_size=length))
    number = int("".join(str(int(character, 36)) for character in body + country + "00"))
    code = f"{country}{98 - number % 97:02d}{body}"
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4)) if draw(st.booleans()) else code


words = st.sampled_from(["cliënt", "heeft", "nummer", "25", "fte,", "graag.", "(zie", "€ 12,", "criterium 6:", "\n"])
around = st.lists(words, max_size=4).map(" ".join)


@given(before=around, number=bsns(), after=around)
def test_no_bsn_survives(before: str, number: str, after: str) -> None:
    masked = mask(f"{before} x {number} x {after}").text
    assert number not in masked
    assert not any(is_bsn(found) for found in re.findall(r"(?<!\d)\d{9}(?!\d)", masked))


@given(before=around, number=ibans(), after=around)
def test_no_iban_survives(before: str, number: str, after: str) -> None:
    assert is_iban(number)
    masked = mask(f"{before} {number} {after}").text
    assert number not in masked
    assert "[iban]" in masked


@given(st.text(alphabet="0123456789 .-/,+()€@abNL[]bsngeboren\n", max_size=120))
def test_masking_twice_is_masking_once(text: str) -> None:
    once = mask(text)
    assert mask(once.text).text == once.text


@given(st.text(max_size=200))
def test_any_text_can_be_masked(text: str) -> None:
    assert mask(mask(text).text).text == mask(text).text
    assert bool(mask(text).kinds) == (mask(text).text != text)


def test_only_contact_details_can_be_left_as_they_are() -> None:
    text = "Jan, jan@linde.nl, 06-12345678, bsn 111222333, NL91ABNA0417164300"
    assert mask(text, but=CONTACT).text == "Jan, jan@linde.nl, 06-12345678, bsn [bsn], [iban]"
    assert mask(text, but=frozenset([BSN, IBAN])).text == mask(text).text


@pytest.mark.parametrize("piece", ["06-", "12 34 ", "1-2-3-4-5-", "NL12 ABCD 1234 ", "a.b@", "bsn 12 ", "geb. 1-1-"])
def test_a_text_made_to_keep_us_busy_does_not(piece: str) -> None:
    started = time.process_time()
    mask((piece * 8000)[:8000])
    assert time.process_time() - started < 5  # one of these took minutes
