"""From typed Dutch to plain tokens: lower case, no accents, mended typos, number words as digits, one spelling."""

from __future__ import annotations

import re
import unicodedata

from bot.interview.reading.lexicon import mend
from bot.interview.reading.numbers import replace_number_words

_FRACTIONS = {"½": ".5", "¼": ".25", "¾": ".75"}
_FRACTION = re.compile("(\\d?) ?([½¼¾])")
_ACCENTED_ONE = re.compile(r"\b[eé](?:é|é)n\b|\béen\b|\béén\b|\b'n\b", re.IGNORECASE)
_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})

# Order matters: each rule sees the text as the earlier ones left it.
_SPELLINGS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\bgeme+n?te+\b", "gemeente"),
        (r"\bggz'?(?:en|s)\b", "ggz"),
        (r"\bg\.g\.z\.?-?|\bggz(?=[a-z])", "ggz "),
        (r"\bv[./]?d\b[./]?", "van de"),
        (r"\brib\b", "ribw"),
        (r"(?<=bureau)tje\b|(?<=bedrijf)je\b|(?<=club)je\b", ""),
        (r"\bu\.w\.v\.?", "uwv"),
        (r"\bf\.t\.e\.?", "fte"),
        (r"\bm\.d\.o\.?|\bmdo'?s\b", "mdo"),
        (r"\bb\.v\.", "bv "),
        (r"\bt\.?e\.?m\.?(?= ?\d)", "t/m"),
        (r"\bt\.m\.?(?= ?\d)|\btm(?= ?\d)|\bt/m\b|\btot en met\b|\btot & met\b", "t/m"),
        (r"\bmnd\.|\bmnde?n?\b\.?|\bmaandjes\b", "maanden"),
        (r"(?<=\d)mnd\b", " maanden"),
        (r"\bjr\b\.?|\bjaartje\b", "jaar"),
        (r"(?<=\d)(?=jaar|maand|mnd|week|weken|wkn|jr|fte|client|km|min|uur)", " "),
        (r"\bwkn?\b\.?", "weken"),
        (r"\bca\.", "circa"),
        (r"\bmin\.? (?=\d)", "minimaal "),
        (r"\bmax\.? (?=\d)", "maximaal "),
        (r"\bbijv\.|\bbv\.(?= )", "bijvoorbeeld"),
        (r"\bo\.a\.", "onder andere"),
        (r"\b(?:kwaliteits ?)?crit(?:eri[ua])?\.?(?= ?\d)", "criterium "),
        (r"\bkwaliteits[- ]?criteri(um|a)(?:'?s)?\b|\bcriteri(um|a)(?:'s|s)\b", r"criteri\1\2"),
        (r"\b(?:nr|nrs|no|nummers|punt|punten)\b\.?(?= ?\d)", "nummer"),
        (r"\bcriteri(?:um|a) nummer\b", "criterium"),
        (r"#(?=\d)", "nummer "),
        (r"\b[ck](?=[1-8]\b)", "criterium "),
        (r"\bfull[- ]?time(?:r|rs|s)?\b|\bvoltijds?\b|\bvoltijd(?:er|ers|se)\b|\bfte'?s\b|\bft\b", "fte"),
        (r"\bformatieplaats(?:en)?\b", "fte"),
        (r"\bp(?:\.? ?/ ?|\.? )?(?=fte\b)", "per "),
        (r"\bfte (?:fte|medewerkers?|baan|banen|(?:ips )?(?:traject)?begeleiders?|coach(?:es)?)\b", "fte"),
        (r"\br(?:e|i)[- ]?int\w{0,11}(?: |-)?(?:bedrijf|bedrijven|buro'?s?|bureau'?s?|organisaties?|clubs?)\w{0,2}\b",
         "reintegratiebedrijf"),
        (r"\br(?:e|i)[- ]?int\w{2,11}(?: |-)?(partner|partij)\b", r"reintegratiebedrijf \1"),
        (r"\br(?:e|i)[- ]integratie", "reintegratie"),
        (r"\bre[- ]?int\b", "reintegratiebedrijf"),
        (r"\b(?:multi[- ]?disciplinaire?) (?:team)?(?:overleg(?:gen)?)\b|\bmdt\b", "mdo"),
        (r"\bgeen (?:enkel |groot )?(?:punt|probleem|problemen|issue|moeite|zorgen)\b(?! bij)", "prima"),
        (r"\bniet (?:zo'?n |een )?(?:punt|probleem)\b", "prima"),
        (r"\bzonder (?:punt|problemen|probleem|moeite)\b|\bniks mis mee\b", "prima"),
        (r"\bals (?:ik|we) (?:het|dat) goed (?:begrijp|begrijpen|lees|lezen|zie)\b", "ik begrijp"),
        (r"\b((?:het|de)zelfde \w+) als\b", r"\1 met"),
        (r"\bd'r\b|\bder\b", "er"),
        (r"\b(?:z'n|zn|mn|m'n)\b", "zijn"),
        (r"\bme (?=\d)", "met "),
        (r"\bda(?:')?s\b", "dat is"),
        (r"\bda\b", "dat"),
        (r"\b't is\b|\btis\b", "het is"),
        (r"\b(?:k|'k )(?=(?:heb|weet|denk|zou|ben|kan)\b)", "ik "),
        (r"\bmss\b|\bmisch\b", "misschien"),
        (r"\bhebbe\b", "hebben"),
        (r"\b(?:wy|wijj|wei)\b", "wij"),
        (r"\b(?:nie|ni|nit|niett)\b", "niet"),
        (r"\b(?:gn|gene|geene)\b", "geen"),
        (r"\b(?:idd|inderdaad)\b", "inderdaad"),
        (r"\b(?:wss|wrs|waarsch)\b\.?", "waarschijnlijk"),
        (r"\b(?:ff|effe|efkes|effen)\b", "even"),
        (r"\bsws\b", "sowieso"),
        (r"\b(?:ofzo|enzo)\b", ""),
    )
)  # fmt: skip
# "1 j 2 n 3 ?": the question mark is an answer there.
_GRADED = re.compile(r"\b[1-8][ :=]{1,2}(?:ja?|n|nee|wel|niet|ok)\b")
_GRADED_UNKNOWN = re.compile(r"\b([1-8])[ :=]{0,2}\?+")
_THOUSANDS = re.compile(r"\b(\d{1,3})\.(\d{3})\b")
_COMMA_LIST = re.compile(r"\b\d(?:,\d){2,7}\b(?!\d)")
_COMMA_PAIR = re.compile(r"\b([1-8]),([1-8])(?= (?:en|&|\+) [1-8]\b)")
_COMMA_AFTER_NAME = re.compile(r"\b((?:criteri(?:um|a)|nummer) )([1-8]),([1-8])\b")
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
_BARE_DECIMAL = re.compile(r"(?<![\w.,])[.,](?=\d{1,2}\b)")
_RANGE_DASH = re.compile(r"(?<=\d) - (?=\d)|(?<=\d) ?-(?=\d)")
_WORD_HYPHEN = re.compile(r"(?<=[a-z])-(?=[a-z0-9])|(?<=\d)-(?=[a-z])")
_DASH = re.compile(r" -+ |-{2,}")
_TOKEN = re.compile(r"[a-z]{5,}")
_SPACES = re.compile(r"[ \t\r\f\v]+")
_ELLIPSIS = re.compile(r"\.{2,}")


def normalise(text: str) -> str:
    """Return `text` as the readers expect it: lower case ASCII, digits for numbers, a point as decimal sign."""
    text = _ACCENTED_ONE.sub("1", text.translate(_QUOTES)).replace("\n", " ; ")
    text = _FRACTION.sub(lambda match: (match[1] or "0") + _FRACTIONS[match[2]], text).replace("🤷", " weet niet ")
    text = (
        text.replace("👍", " ja ")
        .replace("👎", " nee ")
        .replace("✓", " ja ")
        .replace("✅", " ja ")
        .replace("❌", " nee ")
    )
    text = _plain(text)
    text = _ELLIPSIS.sub(" , ", text)
    text = _numbers_with_commas(text)
    if _GRADED.search(text):
        text = _GRADED_UNKNOWN.sub(r"\1 weet niet ,", text)
    text = _DASH.sub(" , ", _RANGE_DASH.sub("-", text))
    text = _TOKEN.sub(lambda match: mend(match.group()), text)
    for pattern, replacement in _SPELLINGS:
        text = pattern.sub(replacement, text)
    text = _WORD_HYPHEN.sub(" ", text)
    return _SPACES.sub(" ", replace_number_words(text)).strip()


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _numbers_with_commas(text: str) -> str:
    """Tell "0,5 fte" from "1,2,3": a decimal comma becomes a point, a list gets spaces."""
    text = _THOUSANDS.sub(r"\1\2", text)
    text = _COMMA_LIST.sub(lambda match: match.group().replace(",", ", "), text)
    text = _COMMA_PAIR.sub(r"\1, \2", text)
    text = _COMMA_AFTER_NAME.sub(r"\1\2, \3", text)
    return _DECIMAL_COMMA.sub(".", _BARE_DECIMAL.sub("0.", text))
