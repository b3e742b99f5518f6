"""A reply as Rasa's REST protocol carries it: text with its sources named, buttons, and `custom` for programs."""

from __future__ import annotations

from typing import Any

from bot.model import Download, Knowledge, Reply, SourceRef

DOCUMENT_PATH = "/api/v1/plan/document/"


def to_rest(reply: Reply, knowledge: Knowledge) -> dict[str, Any]:
    """Return {"text", "buttons"?, "custom"?}; the text ends with "Bron: …" when the reply rests on a publication."""
    message: dict[str, Any] = {"text": with_sources(reply, knowledge)}
    if reply.buttons:
        message["buttons"] = [{"title": button.title, "payload": button.payload} for button in reply.buttons]
    custom: dict[str, Any] = {}
    if reply.sources:
        custom["sources"] = [source_of(ref, knowledge) for ref in reply.sources]
    if reply.progress:
        progress = reply.progress
        custom["progress"] = {"done": progress.done, "total": progress.total, "label": progress.label}
    if reply.download:
        custom["download"] = download_of(reply.download)
    if reply.contact_kept:
        custom["contact_kept"] = True
    if reply.restart:
        custom["restart"] = True
    if reply.handover:
        custom["handover"] = dict(reply.handover)
    return {**message, "custom": custom} if custom else message


def download_of(download: Download) -> dict[str, Any]:
    """Return a document for programs: its title and where each format is fetched, until the token expires."""
    if not download.token:  # a message that came again: links are not kept
        return {"title": download.title, "formats": [], "expired": True}
    urls = [(name, f"{DOCUMENT_PATH}{download.token}.{name}") for name in download.formats]
    return {"title": download.title, "formats": [{"format": name, "url": url} for name, url in urls]}


def source_of(ref: SourceRef, knowledge: Knowledge) -> dict[str, str]:
    """Return a place for programs: id, title, section."""
    return {"id": ref.id, "title": knowledge.sources[ref.id].title, "section": ref.section}


def with_sources(reply: Reply, knowledge: Knowledge) -> str:
    """Return the text with one line that names every publication once, with its sections."""
    if not reply.sources:
        return reply.text
    sections: dict[str, list[str]] = {}
    for ref in reply.sources:
        sections.setdefault(ref.id, []).append(ref.section)
    cited = [f"{knowledge.sources[source].short}, {'; '.join(places)}" for source, places in sections.items()]
    label = knowledge.texts["source_label"] if len(cited) == 1 else knowledge.texts["sources_label"]
    return f"{reply.text}\n\n{label}: " + " | ".join(cited)
