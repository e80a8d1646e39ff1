"""The analyses of the dashboard: kept on disk, made by child processes.

Every analysis is a folder named by a hash of its files and settings, so that starting the same one twice, from two
tabs or after a reload, finds the one that is there. It is made by the product's own command line in a process
of its own: a crash there cannot take the dashboard down, and closing the page does not stop it.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from explorer.embed.store import VectorStore
from explorer.errors import SettingsError, StorageError
from explorer.params import ReadParams
from explorer.workspace.home import cache_folder, data_folder
from explorer.workspace.incoming import Incoming, content_hash
from explorer.workspace.status import Status, is_alive, read_status, write_status

READ_FOLDER = "read"  # of an analysis: the table that was read
_CHILDREN: list[subprocess.Popen[bytes]] = []  # kept so that finished ones can be reaped


@dataclass(frozen=True)
class Request:
    """What the user asked for. ``names`` are the files' names as shown, never used as paths. None leaves a choice to
    the reader; "" for a column says that there is none."""

    names: tuple[str, ...]
    id_column: str | None = None
    text_columns: tuple[str, ...] | None = None
    time_column: str | None = None
    categories: tuple[str, ...] | None = None
    roles: Mapping[str, str] = field(default_factory=dict)  # of TICKET_ROLES
    reading: ReadParams = field(default_factory=ReadParams)
    mask: bool | None = None
    clean: bool | None = None
    session: str | None = None
    model: str | None = None
    neighbours: int | None = None
    min_cluster_size: int | None = None
    duplicate_threshold: float | None = None
    seed: int | None = None

    def arguments(self) -> list[str]:
        """The same as options of ``explorer analyze``."""
        out: list[str] = []
        for name in self.names:
            out.append(f"--shown-name={name}")
        options = {
            "id": self.id_column,
            "time": self.time_column,
            "model": self.model,
            "neighbours": self.neighbours,
            "min-cluster-size": self.min_cluster_size,
            "duplicate-threshold": self.duplicate_threshold,
            "seed": self.seed,
            "session": self.session,
        }
        out += [f"--{name}={value}" for name, value in options.items() if value is not None]
        out += [f"--text-column={name}" for name in self.text_columns or ()]
        if self.categories is not None:
            out += [f"--category-column={name}" for name in self.categories] or ["--categories="]
        out += [f"--role={role}={column}" for role, column in self.roles.items()]
        out += self.reading.to_arguments()
        if self.mask is not None:
            out.append("--mask" if self.mask else "--no-mask")
        if self.clean is not None:
            out.append("--clean" if self.clean else "--no-clean")
        return out


@dataclass(frozen=True)
class Entry:
    """One analysis of the library."""

    id: str
    request: Request
    created: float  # seconds since the epoch
    status: Status

    @property
    def title(self) -> str:
        names = self.request.names
        return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


class Library:
    """The analyses below ``home`` (by default the user's data folder)."""

    def __init__(self, home: Path | None = None) -> None:
        self._home = home or data_folder()
        self._folder = self._home / "analyses"
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def start(self, files: Sequence[Path], request: Request, read_folder: Path | None = None) -> str:
        """Starts the analysis of ``files`` and returns its id; where it runs or is done already, only the id.

        ``read_folder`` holds the table that was read of them (see :mod:`explorer.workspace.tables`), so that it need
        not be read again.

        Raises StorageError when the disk refuses.
        """
        analysis_id = _identify(files, request)
        folder = self._folder / analysis_id
        try:
            with self._lock():
                if folder.exists() and read_status(folder).state not in ("failed", "cancelled"):
                    return analysis_id
                self._keep(folder, files, request)
                if read_folder is not None and read_folder.is_dir():
                    shutil.copytree(read_folder, folder / READ_FOLDER, dirs_exist_ok=True)
                self._run(folder, request)
        except OSError as error:
            raise StorageError(
                f"The upload could not be kept in {self._folder} ({error.strerror}). Free some disk space."
            ) from error
        return analysis_id

    def restart(self, analysis_id: str) -> None:
        """Runs a failed or cancelled analysis again, from the files it keeps."""
        entry = self.get(analysis_id)
        if entry is None:
            return
        folder = self._folder / analysis_id
        with self._lock():
            if read_status(folder).state in ("failed", "cancelled"):
                self._run(folder, entry.request)

    def entries(self) -> list[Entry]:
        """All analyses, newest first."""
        found = [self.get(folder.name) for folder in self._folder.iterdir() if (folder / "request.json").is_file()]
        return sorted((e for e in found if e), key=lambda e: (-e.created, e.id))

    def get(self, analysis_id: str) -> Entry | None:
        """The analysis with this id, or None."""
        folder = self._known(analysis_id)
        if folder is None:
            return None
        try:
            saved = json.loads((folder / "request.json").read_bytes())
            values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in saved["request"].items()}
            values["reading"] = ReadParams(**values["reading"])
            return Entry(analysis_id, Request(**values), float(saved["created"]), read_status(folder))
        except (OSError, ValueError, KeyError, TypeError, SettingsError):
            return None

    def result_folder(self, analysis_id: str) -> Path:
        """Where the reports and the saved analysis are."""
        return self._folder / analysis_id / "result"

    def cancel(self, analysis_id: str) -> None:
        """Stops a run: asks its process to end, and ends it after three seconds."""
        folder = self._known(analysis_id)
        if folder is None:
            return
        status = read_status(folder)
        if not status.is_active:
            return
        if is_alive(status.pid, status.pid_started):
            process = psutil.Process(status.pid)
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(3)
            except psutil.TimeoutExpired:
                process.kill()
        _reap()
        if read_status(folder).state != "done":
            write_status(folder, replace(status, state="cancelled"))

    def delete(self, analysis_id: str) -> None:
        """Removes an analysis and everything derived from its upload: files, results, vectors only it used, and what is
        kept of a file with the same content that was chosen and not analysed."""
        folder = self._known(analysis_id)
        if folder is None:
            return
        self.cancel(analysis_id)
        with self._lock():
            Incoming(self._home).forget_copies((folder / "source").glob("*"))
            shutil.rmtree(folder)
            VectorStore(cache_folder(), analysis_id).forget_owner()

    def _known(self, analysis_id: str) -> Path | None:
        """The folder of an id; an id comes from a web address, so only the ones that were given out are taken."""
        if not (analysis_id.isalnum() and analysis_id.isascii() and len(analysis_id) == 16):
            return None
        folder = self._folder / analysis_id
        return folder if (folder / "request.json").is_file() else None

    def _keep(self, folder: Path, files: Sequence[Path], request: Request) -> None:
        (folder / "source").mkdir(parents=True, exist_ok=True, mode=0o700)
        for i, path in enumerate(files):
            kept = folder / "source" / str(i)
            shutil.copyfile(path, kept)
            kept.chmod(0o600)
        saved = {"request": asdict(request), "created": time.time()}
        (folder / "request.json").write_text(json.dumps(saved), encoding="utf-8")

    def _run(self, folder: Path, request: Request) -> None:
        _reap()
        shutil.rmtree(folder / "result", ignore_errors=True)
        write_status(folder, Status("starting", started=time.time()))
        command = [sys.executable, "-m", "explorer", "analyze"]
        command += [str(folder / "source" / str(i)) for i in range(len(request.names))]
        command += ["--out", str(folder / "result"), "--job", str(folder), "--owner", folder.name]
        command += request.arguments()
        with (folder / "log.txt").open("wb") as log:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the dashboard's terminal is not meant for it
            )
        _CHILDREN.append(child)
        # Until the child writes its own, the status names its process: a child that dies at once is noticed.
        started = psutil.Process(child.pid).create_time()
        status = read_status(folder)
        if status.state == "starting":
            write_status(folder, replace(status, pid=child.pid, pid_started=started))

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with (self._home / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


@contextmanager
def run_slot(waiting: Callable[[], None], n_slots: int = 2) -> Iterator[None]:
    """Holds one of the places for runs of this user; waits for one, so that ten uploads do not fight for memory.

    The system gives the place back when the process ends, however it ends.
    """
    folder = data_folder() / "slots"
    folder.mkdir(exist_ok=True, mode=0o700)
    files = [(folder / str(i)).open("w") for i in range(n_slots)]
    try:
        while not any(_try_lock(file.fileno()) for file in files):
            waiting()
            time.sleep(0.5)
        yield
    finally:
        for file in files:
            file.close()


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _identify(files: Sequence[Path], request: Request) -> str:
    """A hash of the files' content, their names, every setting and our version: the same question has the same id."""
    question = [asdict(request), version("embedding-explorer")]
    digest = blake2b(json.dumps(question, sort_keys=True).encode("utf-8", "surrogatepass"), digest_size=8)
    for path in files:
        digest.update(bytes.fromhex(content_hash(path)))
    return digest.hexdigest()


def _reap() -> None:
    """Collects children that have ended; an uncollected one still looks alive to the system."""
    _CHILDREN[:] = [child for child in _CHILDREN if child.poll() is None]
