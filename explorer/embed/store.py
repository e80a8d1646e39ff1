"""Vectors kept on disk, so that no text is embedded twice and an interrupted run resumes.

One SQLite file. The key is a keyed hash of model and text (a plain hash of a short text could be guessed); the
text itself is never stored. Every entry carries a checksum: a damaged one is dropped and computed again. Each
entry knows which analyses use it, so that deleting an analysis deletes the vectors that only it used.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import sqlite3
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import numpy as np

from explorer.errors import StorageError
from explorer.types import Floats

_META = struct.Struct("<qqd?")
_LOOKUP = 500  # SQLite's oldest limit on the variables of one statement is 999


class StoredVector(NamedTuple):
    """A text's vector (dim,) and how well the model could read the text."""

    vector: Floats
    n_tokens: int
    n_windows: int
    unknown_fraction: float
    by_letters: bool


class VectorStore:
    """The vectors below ``folder``; ``owner`` is the analysis on whose behalf they are read and written.

    Safe for several processes at once. Raises StorageError when the disk refuses to write.
    """

    def __init__(self, folder: Path, owner: str) -> None:
        self.owner = owner
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = folder / "vectors.sqlite"
        self._key = _install_key(folder / "key")
        with self._mended():
            self._create()

    def get(self, model_id: str, texts: Sequence[str], dim: int) -> dict[int, StoredVector]:
        """The stored entries of ``texts``, by position; damaged entries are left out, and deleted."""
        positions = {self._hash(model_id, text): i for i, text in enumerate(texts)}
        found: dict[int, StoredVector] = {}
        with self._mended(), self._transaction() as db:
            keys = list(positions)
            for start in range(0, len(keys), _LOOKUP):
                part = keys[start : start + _LOOKUP]
                marks = ",".join("?" * len(part))
                query = f"SELECT key, value, checksum FROM vectors WHERE key IN ({marks})"  # noqa: S608
                for key, value, checksum in db.execute(query, part).fetchall():
                    entry = _decode(key, value, checksum, dim)
                    if entry is None:
                        db.execute("DELETE FROM vectors WHERE key = ?", (key,))
                    else:
                        found[positions[key]] = entry
                        db.execute("INSERT OR IGNORE INTO uses VALUES (?, ?)", (self.owner, key))
        return found

    def put(self, model_id: str, texts: Sequence[str], entries: Sequence[StoredVector]) -> None:
        """Adds entries in one transaction; the first vector stored for a text wins."""
        rows = []
        for text, entry in zip(texts, entries, strict=True):
            key = self._hash(model_id, text)
            value = _META.pack(*entry[1:]) + np.ascontiguousarray(entry.vector, dtype="<f4").tobytes()
            rows.append((key, value, _checksum(key, value)))
        with self._mended(), self._transaction() as db:
            db.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?, ?)", rows)
            db.executemany("INSERT OR IGNORE INTO uses VALUES (?, ?)", [(self.owner, row[0]) for row in rows])

    def forget_owner(self) -> int:
        """Deletes the vectors that only this owner uses, from the file's pages too; returns how many."""
        n = 0
        with self._mended(), self._transaction() as db:
            mine = "SELECT key FROM uses WHERE owner = ?"
            others = "SELECT key FROM uses WHERE owner <> ?"
            delete = f"DELETE FROM vectors WHERE key IN ({mine}) AND key NOT IN ({others})"  # noqa: S608
            n = db.execute(delete, (self.owner, self.owner)).rowcount
            db.execute("DELETE FROM uses WHERE owner = ?", (self.owner,))
        with self._mended(), self._connect() as db:
            db.execute("VACUUM")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return n

    @contextmanager
    def _mended(self) -> Iterator[None]:
        """A damaged cache is only a loss of time: it is deleted, and filled again. One that is in use or full is not
        damaged: that is a StorageError."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise StorageError(
                f"The cache of vectors in {self._path.parent} cannot be used now ({error}). Try again when no other "
                "analysis is running, free some disk space, or run without the cache (--no-cache)."
            ) from error
        except sqlite3.DatabaseError:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self._path}{suffix}").unlink(missing_ok=True)
            self._create()

    def _hash(self, model_id: str, text: str) -> bytes:
        digest = blake2b(key=self._key, digest_size=20)
        digest.update(model_id.encode() + b"\0" + text.encode("utf-8", "surrogatepass"))
        return digest.digest()

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        db = sqlite3.connect(self._path, timeout=30, isolation_level=None)
        try:
            db.execute("PRAGMA synchronous=NORMAL")
            db.execute("PRAGMA secure_delete=ON")
            yield db
        finally:
            db.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        # BEGIN IMMEDIATE: a plain BEGIN fails with "database is locked" when two writers upgrade at once.
        with self._connect() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def _create(self) -> None:
        # One process at a time: while one changes the journal's mode, SQLite tells others "locked" without waiting.
        with self._path.with_name("vectors.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with self._connect() as db:
                db.execute("PRAGMA journal_mode=WAL")
            self._create_tables()

    def _create_tables(self) -> None:
        with self._transaction() as db:
            db.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, value BLOB, checksum BLOB)")
            db.execute("CREATE TABLE IF NOT EXISTS uses (owner TEXT, key BLOB, PRIMARY KEY (owner, key)) WITHOUT ROWID")
        self._path.chmod(0o600)


def _install_key(path: Path) -> bytes:
    """The key of this installation, made once; two processes that start together agree on one."""
    if not path.exists():
        own = path.with_name(f"key.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(own, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(own, path)  # fails when another process was first: its key holds
        except FileExistsError:
            pass
        finally:
            own.unlink()
    key = path.read_bytes()
    if len(key) != 32:
        raise StorageError(
            f"The key file {path} is damaged ({len(key)} bytes instead of 32). Delete it; vectors are computed again."
        )
    return key


def _checksum(key: bytes, value: bytes) -> bytes:
    return blake2b(key + value, digest_size=8).digest()


def _decode(key: bytes, value: bytes, checksum: bytes, dim: int) -> StoredVector | None:
    if not isinstance(value, bytes) or _checksum(key, value) != checksum or len(value) != _META.size + 4 * dim:
        return None
    n_tokens, n_windows, unknown_fraction, by_letters = _META.unpack_from(value)
    vector = np.frombuffer(value, dtype="<f4", offset=_META.size).astype(np.float32)
    return StoredVector(vector, n_tokens, n_windows, unknown_fraction, by_letters)
