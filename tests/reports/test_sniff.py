"""What files are, and names that do no harm."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.reports import sniff as s
from console.reports.sniff import is_cut_short, is_error_json, is_login_page, safe_file_name, safe_stem, sniff


def _zip(*names: str, first: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        if first:
            archive.writestr("mimetype", first)
        for name in names:
            archive.writestr(name, b"x")
    return out.getvalue()[:4096]


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3", s.PDF),
        (b"\n%PDF-1.7", s.PDF),
        (_zip("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"), s.XLSX),
        (_zip("[Content_Types].xml", "word/document.xml"), s.ZIP),
        (_zip("content.xml", first=s.ODS.encode()), s.ODS),
        (_zip("content.xml", first=s.ODT.encode()), s.ODT),
        (_zip("../../evil.csv"), s.ZIP),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), s.XLS),
        (b"\x09\x08\x10\x00\x00\x06", s.XLS),
        (gzip.compress(b"x", mtime=0), s.GZIP),
        (b'{"errcode": 0}', s.JSON_TYPE),
        (b"\xef\xbb\xbf \n[1, 2", s.JSON_TYPE),
        (b"[Agents],x\n[a],y\n", s.CSV),
        (b"<!DOCTYPE html><title>x", s.HTML),
        (b"\r\n <HTML lang=de>", s.HTML),
        (b"<!-- x --><body>", s.HTML),
        (b'<?xml version="1.0"?><a/>', s.XML),
        (b"<report><row/></report>", s.XML),
        (b"\xef\xbb\xbfAgent,Calls\nAnna,5\n", s.CSV),
        (b"Agent;Calls\nAnna;5\nBe", s.CSV),
        (b'"Miller, Anna"\t5\n"Otto"\t6\n', s.CSV),
        ("Grüße;x\nä;ü\n".encode("cp1252"), s.CSV),
        ("Grüße,".encode()[:-4], s.TEXT),
        ("a,b\n1,2\n".encode("utf-16"), s.CSV),
        (b"not found", s.TEXT),
        (b"", s.TEXT),
        (b"MZ\x90\x00\x03", s.BINARY),
    ],
)
def test_what_a_file_is(head: bytes, media_type: str):
    assert sniff(head) == media_type


@pytest.mark.parametrize(
    ("proposed", "media_type", "name"),
    [
        ("Agent Calls.csv", s.CSV, "Agent Calls.csv"),
        ("report.CSV", s.CSV, "report.csv"),
        ("../../etc/passwd", s.TEXT, "passwd.txt"),
        ("..\\..\\windows\\win.ini", s.CSV, "win_ini.csv"),
        ("C:\\temp\\x.csv", s.CSV, "x.csv"),
        ("C:x.csv", s.CSV, "x.csv"),
        ("/", s.CSV, "fallback.csv"),
        ("", s.CSV, "fallback.csv"),
        ("..", s.CSV, "fallback.csv"),
        ("...", s.PDF, "fallback.pdf"),
        ("f:foo::$DATA", s.CSV, "foo.csv"),
        ("report.csv::$DATA", s.CSV, "report.csv"),
        ("report.csv:evil.exe", s.CSV, "report.csv"),
        ("nul", s.CSV, "_nul.csv"),
        ("NUL.csv", s.CSV, "_NUL.csv"),
        ("con.tar.csv", s.CSV, "_con.tar.csv"),
        ("COM1.csv", s.CSV, "_COM1.csv"),
        ("LPT¹.csv", s.CSV, "_LPT¹.csv"),
        ("CONIN$.csv", s.CSV, "_CONIN$.csv"),
        ("aux .csv", s.CSV, "_aux.csv"),
        ("console.csv", s.CSV, "console.csv"),
        ("report.csv.", s.CSV, "report.csv"),
        ("report.csv   ", s.CSV, "report.csv"),
        ("report.exe", s.CSV, "report_exe.csv"),
        ("report.csv.exe", s.CSV, "report.csv_exe.csv"),
        ("report.pdf", s.HTML, "report.html"),
        ("report", s.PDF, "report.pdf"),
        ("report.json", "video/mp4", "report.bin"),
        ("\u202egnp.csv", s.CSV, "gnp.csv"),
        ("a\u200bb\x00c\r\n\x1b[31m.csv", s.CSV, "abc[31m.csv"),
        ('a<b>c"d|e?f*g.csv', s.CSV, "a_b_c_d_e_f_g.csv"),
        ("-rf.csv", s.CSV, "rf.csv"),
        (".bashrc", s.TEXT, "bashrc.txt"),
        ("~root.csv", s.CSV, "root.csv"),
        ("e\u0301.csv", s.CSV, "é.csv"),
        ("Zürich 中文 عربي.xlsx", s.XLSX, "Zürich 中文 عربي.xlsx"),
        ("a\u00a0b\u3000c.csv", s.CSV, "a b c.csv"),
    ],
)
def test_names(proposed: str, media_type: str, name: str):
    assert safe_file_name(proposed, media_type, "fallback") == name


@given(st.text(max_size=400), st.sampled_from(sorted(s.EXTENSIONS)), st.text(max_size=40))
def test_no_name_does_harm(proposed: str, media_type: str, fallback: str):
    name = safe_file_name(proposed, media_type, fallback)
    assert name == safe_file_name(name, media_type, fallback)
    assert 0 < len(name.encode()) <= s.NAME_BYTES + 1
    assert not set(name) & set('<>:"/\\|?*\x00\r\n')
    assert name.strip(". ") == name
    assert "." + name.rpartition(".")[2] in s.EXTENSIONS[media_type]
    assert safe_file_name("x" + name, media_type, "") != ""


def test_long_names_are_cut_between_letters():
    name = safe_file_name("é" * 300 + ".csv", s.CSV, "x")
    assert name.endswith("é.csv")
    assert len(name.encode()) <= s.NAME_BYTES


def test_a_stem_has_no_folders():
    assert safe_stem("Main/HQ: 80/20 ") == "Main-HQ_ 80-20"
    assert safe_stem("///", "x") == "x"


@pytest.mark.parametrize(
    ("head", "is_login"),
    [
        (b"<html><form><input type='password' name=p></form>", True),
        (b"<html><input name=p TYPE=password>", True),
        (b"<!doctype html><title>Sign in - PBX</title>", True),
        (b"<html><title>Report</title><table>", False),
        (b"password,x\n1,2\n", False),
    ],
)
def test_login_pages(head: bytes, is_login: bool):
    assert is_login_page(head) is is_login


@pytest.mark.parametrize(
    ("head", "is_error"),
    [
        (b'{"errcode": 10004, "errmsg": "TOKEN EXPIRED"}', True),
        (b'{"error": "not found"}', True),
        (b'{"success": false}', True),
        (b'{"status": 404, "message": "no"}', True),
        (b'{"errcode": 0, "errmsg": "SUCCESS", "data": []}', False),
        (b'{"error": null, "rows": []}', False),
        (b'{"columns": [], "rows": []}', False),
        (b'[{"error": "x"}]', False),
        (b"error,x\n1,2\n", False),
    ],
)
def test_error_notices(head: bytes, is_error: bool):
    assert is_error_json(head) is is_error


@pytest.mark.parametrize(
    ("data", "media_type", "cut"),
    [
        (b"%PDF-1.4 ... %%EOF\n", "application/pdf", False),
        (b"%PDF-1.4 ...", "application/pdf", True),
        (b"PK\x03\x04...PK\x05\x06" + bytes(18), "application/zip", False),
        (b"PK\x03\x04...", "application/zip", True),
        (b"a,b", "text/csv", False),
    ],
)
def test_half_a_file_is_told_where_its_format_can_tell(data: bytes, media_type: str, cut: bool, tmp_path: Path):
    (tmp_path / "f").write_bytes(data)
    assert is_cut_short(tmp_path / "f", media_type) is cut
