"""A minimal writer of PDF: lines of text in one font, as many pages as they need."""

from __future__ import annotations

from collections.abc import Sequence

_LINES = 52


def pdf(title: str, lines: Sequence[str]) -> bytes:
    """Give a file with a title and lines; letters beyond Western European ones become question marks."""
    pages = [lines[first : first + _LINES] for first in range(0, max(1, len(lines)), _LINES)]
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>"
        % (b" ".join(b"%d 0 R" % (4 + 2 * number) for number in range(len(pages))), len(pages)),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, page in enumerate(pages):
        stream = _stream(title if number == 0 else "", page)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 842 595] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % (5 + 2 * number)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


def _stream(title: str, lines: Sequence[str]) -> bytes:
    text = [b"BT /F1 14 Tf 36 560 Td (%s) Tj /F1 8 Tf 0 -16 Td 10 TL" % _literal(title)]
    text += [b"(%s) Tj T*" % _literal(line) for line in lines]
    return b"\n".join([*text, b"ET"])


def _literal(text: str) -> bytes:
    return text.encode("cp1252", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
