"""The Dutch pipeline as Rasa loads it: tokens, lemmas, tags and entities of chat sentences of this domain."""

from __future__ import annotations

import hashlib
import re
import zipfile
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("nl_core_news_sm", reason="the Dutch pipeline is not installed: see models/README.md")

from rasa.nlu.tokenizers.spacy_tokenizer import SpacyTokenizer
from rasa.nlu.utils.spacy_utils import SpacyModel, SpacyNLP
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

MODELS = Path(__file__).parents[2] / "models"
PIPES = ["tok2vec", "morphologizer", "tagger", "parser", "lemmatizer", "senter", "attribute_ruler", "ner"]
MAX_INSTALLED_BYTES = 15_000_000


@dataclass(frozen=True)
class Case:
    """A sentence, its tokens, some lemmas, some tags (the part before the first bar), and all its entities."""

    text: str
    tokens: str
    lemmas: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    entities: dict[str, str] = field(default_factory=dict)


CASES = [
    Case(
        "Wij zijn een RIBW in Brabant en hebben 12 cliënten per fte",
        "Wij zijn een RIBW in Brabant en hebben 12 cliënten per fte",
        {"Wij": "wij", "zijn": "zijn", "hebben": "hebben", "12": "12", "cliënten": "cliënt"},
        {"Wij": "VNW", "zijn": "WW", "een": "LID", "in": "VZ", "12": "TW", "cliënten": "N"},
        {"Brabant": "GPE"},
    ),
    Case(
        "we zijn een ggz-instelling in tilburg.",
        "we zijn een ggz-instelling in tilburg .",
        {"we": "we", "zijn": "zijn", "ggz-instelling": "ggz_instelling"},
        {"ggz-instelling": "N", ".": "LET"},
        {"tilburg": "GPE"},
    ),
    Case(
        "Kunnen wij een coach inhuren bij GGZ Breburg?",
        "Kunnen wij een coach inhuren bij GGZ Breburg ?",
        {"Kunnen": "kunnen", "inhuren": "in_huren", "coach": "coach"},
        {"Kunnen": "WW", "coach": "N", "inhuren": "WW", "bij": "VZ"},
        {"GGZ Breburg": "ORG"},
    ),
    Case(
        "Wij huren nu een coach in",
        "Wij huren nu een coach in",
        {"huren": "in_huren"},
        {"huren": "WW", "nu": "BW", "in": "VZ"},
    ),
    Case(
        "hoeveel cliënten mag een trajectbegeleider hebben",
        "hoeveel cliënten mag een trajectbegeleider hebben",
        {"cliënten": "cliënt", "mag": "mogen", "trajectbegeleider": "traject_begeleider", "hebben": "hebben"},
        {"cliënten": "N", "mag": "WW", "trajectbegeleider": "N"},
    ),
    Case(
        "Ik ben Sanne de Vries van Lister.",
        "Ik ben Sanne de Vries van Lister .",
        {"ben": "zijn"},
        {"Ik": "VNW", "ben": "WW"},
        {"Sanne de Vries": "PERSON", "Lister": "ORG"},
    ),
    Case(
        "Heeft het UWV dit goedgekeurd?",
        "Heeft het UWV dit goedgekeurd ?",
        {"Heeft": "hebben", "goedgekeurd": "goed_keuren"},
        {"Heeft": "WW", "goedgekeurd": "WW"},
        {"UWV": "ORG"},
    ),
    Case(
        "de gemeente Enschede betaalt de trajecten niet meer",
        "de gemeente Enschede betaalt de trajecten niet meer",
        {"betaalt": "betalen", "trajecten": "traject", "gemeente": "gemeente"},
        {"gemeente": "N", "betaalt": "WW", "trajecten": "N", "niet": "BW"},
        {"Enschede": "GPE"},
    ),
    Case(
        "onze cliënten zijn in zorg bij Parnassia in Den Haag",
        "onze cliënten zijn in zorg bij Parnassia in Den Haag",
        {"onze": "ons", "cliënten": "cliënt", "zorg": "zorg"},
        {"onze": "VNW", "zorg": "N"},
        {"Parnassia": "ORG", "Den Haag": "GPE"},
    ),
    Case(
        "Wat kost een goed implementatieplan?",
        "Wat kost een goed implementatieplan ?",
        {"kost": "kosten", "goed": "goed", "implementatieplan": "implementatie_plan"},
        {"Wat": "VNW", "kost": "WW", "goed": "ADJ", "implementatieplan": "N"},
    ),
    Case(
        "Ik heb een Wajong-uitkering en zoek werk",
        "Ik heb een Wajong-uitkering en zoek werk",
        {"heb": "hebben", "zoek": "zoeken", "werk": "werk"},
        {"heb": "WW", "zoek": "WW", "werk": "N"},
    ),
    Case(
        "Twee behandelaren van Arkin werkten vorig jaar mee.",
        "Twee behandelaren van Arkin werkten vorig jaar mee .",
        {"Twee": "twee", "behandelaren": "behandelaar", "werkten": "mee_werken", "jaar": "jaar"},
        {"Twee": "TW", "behandelaren": "N", "werkten": "WW", "jaar": "N"},
        {"Arkin": "ORG"},
    ),
    Case(
        "Mag een reïntegratiebedrijf ook meedoen?",
        "Mag een reïntegratiebedrijf ook meedoen ?",
        {"Mag": "mogen", "reïntegratiebedrijf": "reïntegratie_bedrijf", "meedoen": "mee_doen"},
        {"reïntegratiebedrijf": "N", "meedoen": "WW"},
    ),
    Case(
        "de partner voldoet niet aan alle criteria",
        "de partner voldoet niet aan alle criteria",
        {"voldoet": "voldoen", "criteria": "criterium"},
        {"partner": "N", "voldoet": "WW", "criteria": "N"},
    ),
    Case(
        "Wij werken samen met Pameijer in Rotterdam.",
        "Wij werken samen met Pameijer in Rotterdam .",
        {"werken": "samen_werken"},
        {"werken": "WW", "met": "VZ"},
        {"Pameijer": "ORG", "Rotterdam": "GPE"},
    ),
    Case(
        "dat weet ik niet",
        "dat weet ik niet",
        {"dat": "dat", "weet": "weten", "ik": "ik", "niet": "niet"},
        {"weet": "WW", "ik": "VNW", "niet": "BW"},
    ),
    Case(
        "Er is een wachtlijst van drie maanden",
        "Er is een wachtlijst van drie maanden",
        {"is": "zijn", "wachtlijst": "wacht_lijst", "maanden": "maand"},
        {"is": "WW", "wachtlijst": "N", "drie": "TW", "maanden": "N"},
    ),
    Case(
        "Kunt u Peter Jansen laten terugbellen?",
        "Kunt u Peter Jansen laten terugbellen ?",
        {"Kunt": "kunnen", "laten": "laten", "terugbellen": "terug_bellen"},
        {"Kunt": "WW", "u": "VNW", "terugbellen": "WW"},
        {"Peter Jansen": "PERSON"},
    ),
    Case(
        "in zwolle en deventer hebben we te weinig coaches",
        "in zwolle en deventer hebben we te weinig coaches",
        {"coaches": "coach", "hebben": "hebben"},
        {"hebben": "WW", "we": "VNW", "coaches": "N"},
        {"zwolle": "GPE", "deventer": "GPE"},
    ),
    Case(
        "De coach sluit elke week aan bij het MDO van ons FACT-team.",
        "De coach sluit elke week aan bij het MDO van ons FACT-team .",
        {"sluit": "aan_sluiten", "week": "week", "FACT-team": "FACT_team"},
        {"sluit": "WW", "week": "N", "bij": "VZ", "FACT-team": "N"},
    ),
]


@pytest.fixture(scope="module")
def rasa_model() -> SpacyModel:
    return SpacyNLP.load({"model": "nl_core_news_sm"}, None, None, None).provide()  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def read(rasa_model: SpacyModel) -> Any:
    component = SpacyNLP(rasa_model.model, {"model": "nl_core_news_sm", "case_sensitive": True})
    tokenizer = SpacyTokenizer(SpacyTokenizer.get_default_config())

    def _read(text: str) -> Message:
        message = Message({TEXT: text})
        component.process([message], rasa_model)
        tokenizer.process([message])
        return message

    return _read


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.text)
def test_a_chat_sentence_is_read_as_a_dutch_reader_would(read: Any, case: Case) -> None:
    message = read(case.text)
    tokens = message.get("text_tokens")
    assert [token.text for token in tokens] == case.tokens.split()
    found = {token.text: token for token in tokens}
    assert {text: found[text].lemma for text in case.lemmas} == case.lemmas
    assert {text: found[text].get("pos").split("|")[0] for text in case.tags} == case.tags
    assert {entity.text: entity.label_ for entity in message.get("text_spacy_doc").ents} == case.entities


def test_the_components_are_those_of_the_official_pipeline(rasa_model: SpacyModel) -> None:
    assert rasa_model.model.component_names == PIPES
    assert "senter" in rasa_model.model.disabled


def test_the_installed_pipeline_says_whose_it_is(rasa_model: SpacyModel) -> None:
    meta = rasa_model.model.meta
    if meta["version"] == "3.4.0":
        pytest.skip("the official pipeline has been put in its place")
    assert re.fullmatch(r"3\.4\.0\+ipswijzer\.\d+", meta["version"])
    assert meta["version"] == version("nl_core_news_sm")
    assert meta["author"] == "IPS-wijzer"
    assert "not made or endorsed by Explosion" in meta["description"]
    assert meta["license"] == "CC BY-SA 4.0"
    assert any("LassySmall" in source["name"] for source in meta["sources"])


def test_the_lock_names_the_wheel_in_the_repository() -> None:
    lock = (MODELS / "requirements.lock").read_text(encoding="utf-8")
    [wheel] = (MODELS / "wheels").glob("nl_core_news_sm-*.whl")
    assert f"./models/wheels/{wheel.name} " in lock
    assert f"--hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}" in lock
    with zipfile.ZipFile(wheel) as archive:
        assert sum(entry.file_size for entry in archive.infolist()) <= MAX_INSTALLED_BYTES


def test_the_figures_in_the_meta_data_reach_the_targets(rasa_model: SpacyModel) -> None:
    figures = rasa_model.model.meta["performance"]
    targets = {"tag_acc": 0.90, "pos_acc": 0.935, "lemma_acc": 0.935, "dep_las": 0.72}
    assert {name: figures[name] >= least for name, least in targets.items()} == dict.fromkeys(targets, True)
