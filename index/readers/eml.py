"""E-mail (.eml): the subject is the title, the text or HTML part is the text, attachments are named in the notes."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

from index.encodings import decode
from index.errors import UnreadableFile
from index.names import one_line
from index.readers.html import declared_encoding, parse_html
from index.readers.html_blocks import add_blocks
from index.readers.plain import read_plain
from index.readers.source import Source, TextBuilder
from index.records import Origin, ReadFile


def read_eml(source: Source) -> ReadFile:
    """Read a message. Raises UnreadableFile for one without a text part."""
    message = message_from_bytes(source.data, policy=policy.default)
    if not isinstance(message, EmailMessage) or not (message["from"] or message["subject"] or message["date"]):
        raise UnreadableFile(f"{source.name}: no e-mail (there is no sender, subject or date in it); save it anew")
    body = message.get_body(("plain", "html"))
    if body is None:
        raise UnreadableFile(f"{source.name}: there is no text part in this e-mail; save what is attached to it")
    data = body.get_payload(decode=True)
    assert isinstance(data, bytes)
    html = body.get_content_type() == "text/html"
    declared = body.get_content_charset() or (declared_encoding(data) if html else None)
    decoded = decode(data, source.name, source.encoding, declared)
    title = one_line(str(message["subject"] or ""))
    names = [one_line(part.get_filename() or part.get_content_type()) for part in message.iter_attachments()]
    notes = (f"attached and not read: {', '.join(names)}",) if names else ()
    if html:
        built = TextBuilder(source)
        page = parse_html(decoded.text)
        if page is not None:
            add_blocks(built, page, menus=True)
        read = built.done(title)
    else:
        read = read_plain(decoded.text.replace("\r\n", "\n"), source.stem)
    return replace(read, title=title or source.stem, origin=_origin(message), encoding=decoded.encoding, notes=notes)


def _origin(message: EmailMessage) -> Origin:
    sent = getattr(message["date"], "datetime", None)
    return Origin(author=one_line(str(message["from"] or "")), date="" if sent is None else sent.date().isoformat())
