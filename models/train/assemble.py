"""Assemble the trained parts into one pipeline and pack it as a wheel, byte for byte the same for the same parts."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import spacy
from data import Sentence
from lemma_tables import build as build_tables
from package import lemmatizer as lemmatizer_module
from spacy.language import Language

HERE = Path(__file__).parent
NAME = "nl_core_news_sm"
VERSION = "3.4.0+ipswijzer.2"
WHEEL = b"Wheel-Version: 1.0\nGenerator: models/train\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
DATE = (2020, 1, 1, 0, 0, 0)
PIPELINE = ["tok2vec", "morphologizer", "tagger", "parser", "lemmatizer", "senter", "attribute_ruler", "ner"]


def assemble(syntax: Path, ner: Path, sentences: Sequence[Sentence]) -> Language:
    """One pipeline with the official component names out of the two trained ones and the lemmatizer's tables."""
    nlp = spacy.load(syntax)
    lemmatizer = nlp.add_pipe("treebank_lemmatizer", name="lemmatizer", after="parser")
    assert isinstance(lemmatizer, lemmatizer_module.TreebankLemmatizer)
    lemmatizer.load_tables(build_tables(sentences))
    ruler = nlp.add_pipe("attribute_ruler")
    ruler.add([[{"IS_SPACE": True}]], {"TAG": "_SP", "POS": "SPACE"})  # type: ignore[attr-defined]
    nlp.add_pipe("ner", source=spacy.load(ner))
    if nlp.pipe_names != PIPELINE:
        raise ValueError(f"unexpected pipeline: {nlp.pipe_names}")
    nlp.disable_pipe("senter")
    return nlp


def describe(nlp: Language, performance: dict[str, Any]) -> None:
    """Put name, version, licence, sources and figures into the pipeline's meta data."""
    nlp.meta.update(json.loads((HERE / "meta.json").read_text(encoding="utf-8")))
    nlp.meta["version"] = VERSION
    nlp.meta["performance"] = performance


def pack(nlp: Language, folder: Path) -> Path:
    """Write the wheel into a folder and return its path."""
    with tempfile.TemporaryDirectory() as temporary:
        data = Path(temporary)
        nlp.to_disk(data)
        files = {
            f"{NAME}/{NAME}-{VERSION}/{p.relative_to(data)}": p.read_bytes() for p in data.rglob("*") if p.is_file()
        }
    strings = next(name for name in files if name.endswith("/vocab/strings.json"))
    files[strings] = _slim(json.loads(files[strings]), nlp)
    meta = next(content for name, content in files.items() if name.endswith("/meta.json"))
    files |= {
        f"{NAME}/__init__.py": (HERE / "package/init_template.py").read_bytes(),
        f"{NAME}/lemmatizer.py": (HERE / "package/lemmatizer.py").read_bytes(),
        f"{NAME}/meta.json": meta,
    }
    info = f"{NAME}-{VERSION}.dist-info"
    files |= {
        f"{info}/METADATA": _metadata(json.loads(meta)).encode(),
        f"{info}/WHEEL": WHEEL,
        f"{info}/entry_points.txt": f"[spacy_models]\n{NAME} = {NAME}\n".encode(),
    }
    record = "".join(f"{name},sha256={_digest(files[name])},{len(files[name])}\n" for name in sorted(files))
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{NAME}-{VERSION}-py3-none-any.whl"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, DATE)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED, 9)
    return target


def _slim(strings: Sequence[str], nlp: Language) -> bytes:
    """Leave out the training words among the strings: only labels and their parts have to be known beforehand."""
    labels = {label for name in nlp.component_names for label in getattr(nlp.get_pipe(name), "labels", ())}
    needed = labels | {part for label in labels for part in re.split(r"[|=]", label)}
    kept = [s for s in strings if s in needed or len(s) <= 3 or not s.isalpha()]
    return json.dumps(kept, ensure_ascii=False, indent=0).encode()


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def _metadata(meta: dict[str, Any]) -> str:
    return (
        f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {VERSION}\nSummary: {meta['description']}\n"
        f"Author: {meta['author']}\nLicense: {meta['license']}\nRequires-Python: >=3.10\n"
        f"Requires-Dist: spacy (>=3.4.0,<3.5.0)\n"
    )
