"""Packed files: what is inside is read, the rest is named, and bombs are refused before they go off."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

import pyarrow as pa
import pytest

from explorer.errors import InputError, UnreadableFileError
from explorer.ingest import archives, read_table
from explorer.params import ReadParams
from explorer.types import Table

CSV = b"id,text\n1,a\n2,b\n"


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def tarred(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def zstd(data: bytes) -> bytes:
    buffer = pa.BufferOutputStream()
    with pa.CompressedOutputStream(buffer, "zstd") as stream:
        stream.write(data)
    return buffer.getvalue().to_pybytes()


@pytest.fixture
def read(tmp_path):
    def read_packed(data: bytes, name: str, **reading) -> Table:
        path = tmp_path / "stored"
        path.write_bytes(data)
        return read_table([path], names=[name], params=ReadParams(**reading))

    return read_packed


@pytest.mark.parametrize(
    ("pack", "ending"), [(gzip.compress, "gz"), (bz2.compress, "bz2"), (lzma.compress, "xz"), (zstd, "zst")]
)
def test_packed_streams_are_read_and_said(read, pack, ending):
    table = read(pack(CSV), f"tickets.csv.{ending}")
    assert table.n_rows == 2
    assert table.reports[0].source == f"tickets.csv.{ending}"
    assert f"to {len(CSV):,} bytes" in table.reports[0].notes[0]
    with pytest.raises(UnreadableFileError, match="is a damaged"):
        read(pack(CSV * 1_000)[:-12], f"tickets.csv.{ending}")


@pytest.mark.parametrize("pack", [zipped, tarred, lambda members: gzip.compress(tarred(members))])
def test_the_tables_of_an_archive_are_read_as_one_and_the_rest_is_named(read, pack):
    members = {
        "a.csv": CSV,
        "deep/b.csv": CSV,
        "README.txt": b"read me",
        "__MACOSX/._a.csv": b"\x00",
        "plan.pdf": b"%PDF",
    }
    table = read(pack(members), "export.zip")
    assert [report.source for report in table.reports] == ["export.zip/a.csv", "export.zip/deep/b.csv"]
    assert table.n_rows == 4
    assert "Not read: README.txt, plan.pdf." in table.reports[0].notes


def test_the_user_chooses_a_member(read):
    data = zipped({"a.csv": CSV, "b.csv": b"id,text\n9,z\n"})
    assert read(data, "t.zip", sheet="b.csv").cells.to_pylist() == [{"id": "9", "text": "z"}]
    with pytest.raises(UnreadableFileError, match=r"has no file 'c\.csv'. It holds a\.csv, b\.csv\."):
        read(data, "t.zip", sheet="c.csv")


@pytest.mark.parametrize(
    ("name", "one"),
    [
        ("tickets.xml", b"<all><t><id>1</id></t><t><id>2</id></t><u><n>1</n></u><u><n>2</n></u></all>"),
        ("tickets.html", b"<html><table><tr><th>id</th></tr><tr><td>1</td></tr><tr><td>2</td></tr></table></html>"),
        ("tickets.eml", b"From: a@b\nTo: c@d\nSubject: s\nDate: Tue, 02 Jan 2024 10:11:12 +0100\n\nbody\n"),
        ("tickets.json", b'{"a": [{"id": 1}, {"id": 2}], "b": [{"id": 1}]}'),
    ],
)
def test_documents_in_an_archive_are_read_alone_and_together(read, name, one):
    alone = read(one, name).n_rows
    members = {name: one, f"folder/more {name}": one}
    assert read(zipped({name: one}), "t.zip").n_rows == alone
    assert read(zipped(members), "t.zip").n_rows == 2 * alone
    assert read(zipped(members), "t.zip", sheet=name).n_rows == alone


def test_packed_logs_inside_an_archive_are_read(read):
    table = read(zipped({"app.log": b"one\n", "app.log.1.gz": gzip.compress(b"two\n")}), "logs.zip")
    assert table.cells.column("line").to_pylist() == ["one", "two"]


@pytest.mark.parametrize(
    ("members", "reason"),
    [({}, "without files"), ({"a.png": b"x"}, "without a table or log"), ({"a.csv": b""}, "is empty")],
)
def test_archives_without_a_table_are_refused(read, members, reason):
    with pytest.raises(InputError, match=reason):
        read(zipped(members) if members else zipped({"folder/": b""}), "t.zip")


def test_encrypted_archives_are_refused(read):
    data = bytearray(zipped({"a.csv": CSV}))
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(UnreadableFileError, match=r"is encrypted\. Unpack it with its password"):
        read(bytes(data), "t.zip")


def test_bombs_are_refused_by_what_they_declare_and_by_what_comes_out(read, monkeypatch):
    monkeypatch.setattr(archives, "_SMALL", 1 << 20)
    zeros = b"0" * (8 << 20)
    for data in (
        zipped({"a.csv": zeros}),
        gzip.compress(zeros),
        bz2.compress(zeros),
        lzma.compress(zeros),
        zstd(zeros),
    ):
        with pytest.raises(UnreadableFileError, match="over 250 times its size"):
            read(data, "bomb.csv")
    monkeypatch.setattr(archives, "MAX_MEMBERS", 3)
    with pytest.raises(UnreadableFileError, match="more than 3 files"):
        read(zipped({f"{i}.csv": CSV for i in range(4)}), "many.zip")


def test_archives_in_archives_are_not_opened_for_ever(read):
    data = CSV
    for _ in range(5):
        data = gzip.compress(data)
    with pytest.raises(UnreadableFileError, match="packed more than once"):
        read(data, "t.csv.gz")
