"""The composition root: settings in, wired application out. The only file that knows every part.

It has more than 400 lines because every part of the house is wired here and nowhere else.
"""

from __future__ import annotations

import importlib.util
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from crossreel.accounts.audit import AuditTrail
from crossreel.accounts.repository import AccountStore
from crossreel.audience.event_log import EventLog, ViewerStore
from crossreel.audience.impressions import Impressions
from crossreel.catalog.blobs import BlobStore
from crossreel.catalog.repository import CatalogStore, SearchHit
from crossreel.errors import BadValue, CrossreelError, MissingWorkspace, UnknownId, WrongUse
from crossreel.insight.text.language import RawLanguages
from crossreel.insight.text.summary.told import SummaryWriter
from crossreel.insight.text.tools import TextTools
from crossreel.jobs.periodic import Periodic
from crossreel.jobs.runner import Handler, Runner
from crossreel.localize.proofs.proof import ProofStore
from crossreel.localize.translate.memory import Memories
from crossreel.localize.translate.roles import TranslationEngine
from crossreel.localize.translate.signs import Signs
from crossreel.models.e5 import E5Embedder, e5_name
from crossreel.models.late import LateEmbedder
from crossreel.models.lid import FastTextLanguages
from crossreel.models.low_rank import OPINION_WINDOW, LowRankUpdates, opinion_updates
from crossreel.models.registry import card
from crossreel.models.store import ModelStore
from crossreel.models.vector_cache import CachedEmbedder
from crossreel.recommend.documents import Documents
from crossreel.recommend.experiments import Exposures
from crossreel.recommend.lists import Followers, ListBook
from crossreel.recommend.meanings import Meanings
from crossreel.recommend.top import Shelf
from crossreel.recommend.training import Cluster
from crossreel.rights.availability import Availability
from crossreel.rights.license import LicenseStore, Mode
from crossreel.settings import Settings, SpeechSettings, cache_folder, default_home, load_settings
from crossreel.storage.backup import BackupReport, write_backup
from crossreel.storage.blobs import FolderBlobs
from crossreel.storage.events.log import StoredEventLog
from crossreel.storage.probing import Pulse, can_write
from crossreel.storage.records.accounts import SqlAccounts
from crossreel.storage.records.audit import SqlAudit
from crossreel.storage.records.catalog import SqlCatalog
from crossreel.storage.records.database import Database, open_database
from crossreel.storage.records.documents import SqlDocuments, SqlExposures, SqlFollowers
from crossreel.storage.records.jobs import SqlJobs
from crossreel.storage.records.licenses import SqlLicenses
from crossreel.storage.records.memory import SqlMemories
from crossreel.storage.records.proofs import SqlProofs
from crossreel.storage.records.viewers import SqlViewers
from crossreel.storage.restoring import restore_backup
from crossreel.values.ids import TitleId, ViewerId
from crossreel.values.job import JobStore
from crossreel.values.territory import Territory
from crossreel.values.text_roles import Embedder, RememberingEmbedder
from crossreel.values.vocabulary import Vocabulary

__all__ = [
    "App",
    "Epoch",
    "examine",
    "open_app",
    "pretrained_models",
    "restore_workspace",
    "speech_settings",
    "summary_writer",
    "text_tools",
    "translation_engine",
    "translation_signs",
]


_Id = TypeVar("_Id", TitleId, ViewerId)


Progress = Callable[[int, int, str], None]


def _now() -> datetime:
    return datetime.now(UTC)


def _silent(_done: int, _of: int, _what: str) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Epoch:
    """Which state the workspace is in; what was made in an equal one is still right, time aside.

    Attributes:
        records: every revision of the records but that of the events, and the viewers there are.
        model: id of the model that serves, or None.
        events: revision of the event log.
    """

    records: object
    model: str | None
    events: int


@dataclass(frozen=True)
class App:
    """The wired application over one workspace; the CLI and the pages call only this."""

    home: Path
    settings: Settings
    catalog: CatalogStore
    licenses: LicenseStore
    viewers: ViewerStore
    events: EventLog
    impressions: Impressions
    rights: Availability
    documents: Documents
    exposures: Exposures
    followers: Followers
    proofs: ProofStore
    memories: Memories
    shelf: Shelf
    accounts: AccountStore
    audit: AuditTrail
    jobs: JobStore
    blobs: BlobStore
    clock: Callable[[], datetime]
    _database: Database
    _pulse: Pulse
    _segments: Callable[[], list[Path]]
    _close: Callable[[], None]

    no_license_hint = (
        "No license is written yet, so nothing may be shown. To open everything: "
        "crossreel rights grant --all --territory WORLD --mode SVOD"
    )

    @property
    def lists(self) -> ListBook:
        """The lists that people made."""
        return self.shelf.lists

    def close(self) -> None:
        """Closes files and connections; the application is unusable afterwards."""
        self._close()

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """One transaction over all records: what is changed inside is stored whole or not at all."""
        with self._database.write():
            yield

    @contextmanager
    def workers(self, handlers: Mapping[str, Handler], threads: int = 1) -> Iterator[None]:
        """Runs queued jobs while inside."""
        with Runner(self.jobs, handlers, self.clock, threads, str(self.home)):
            yield

    @contextmanager
    def compacting(self) -> Iterator[None]:
        """Moves live events into Parquet every few minutes while inside."""
        with Periodic("compact events", self.settings.web.compact_minutes * 60, self.events.compact):
            yield

    @contextmanager
    def cluster(
        self, url: str | None, folder: Path | None = None, memory: str | None = None
    ) -> Iterator[Cluster | None]:
        """Spark at a URL over this workspace's events, for training; None where there is no URL.

        Live events are moved into Parquet first.

        Args:
            url: Spark's master.
            folder: one that driver and workers see; default is a temporary one.
            memory: of the driver, such as ``8g``; 2 GiB if not said.

        Raises:
            BadValue: the memory is no size.
            MissingExtra, MissingProgram: PySpark or Java is not installed.
        """
        if url is None:
            yield None
            return
        from crossreel.recommend.spark import DRIVER_MEMORY, SparkFit, driver_memory, session

        size = driver_memory(memory or DRIVER_MEMORY)
        self.events.compact()
        files = self._segments()
        with session(url, memory=size) as spark:
            yield SparkFit(spark, files, folder)

    @contextmanager
    def logging_impressions(self) -> Iterator[None]:
        """Writes every few seconds what was shown to whom, and the rest at the end."""
        seconds = self.settings.web.impressions_seconds
        try:
            with Periodic("log impressions", seconds, self.impressions.flush):
                yield
        finally:
            self.impressions.flush()

    def epoch(self) -> Epoch:
        """The state that the next answer will be made from; cheap enough for every request."""
        records, events = self._pulse.state()
        return Epoch(records, self.shelf.active(), events)

    def readiness(self) -> dict[str, bool]:
        """Whether the database takes writes, events can be read and the serving model loads.

        Nothing is raised and no reason is given, as the answer may be public; ``crossreel doctor``
        tells more.
        """
        nowhere = ViewerId("crossreel", "readiness")

        def holds(check: Callable[[], object]) -> bool:
            try:
                return check() is not False
            except Exception:
                return False

        return {
            "database": holds(lambda: can_write(self.home)),
            "events": holds(lambda: self.events.history(nowhere)),
            "model": holds(lambda: self.shelf.popular(Territory("US"), 1)),
        }

    def backup(self, path: Path, progress: Progress = _silent) -> BackupReport:
        """Writes the whole workspace as of now to a new archive, while it is in use.

        Raises:
            Conflict: there is a file already.
            BadFile: it cannot be written there.
        """
        return write_backup(self.home, self._database, path, self.clock(), progress)

    def search(
        self, query: str, *, limit: int = 20, territory: Territory | None = None, at: datetime | None = None
    ) -> list[SearchHit]:
        """Titles found by name, people, keywords or text; with a territory, only what is open there now."""
        if territory is None:
            return self.catalog.search(query, limit)
        hits = self.catalog.search(query, max(limit * 20, 1000))
        found = Vocabulary(hit.title for hit in hits)
        open_ = self.rights.mask(found, territory, tuple(Mode), at or self.clock())
        return [hit for hit, is_open in zip(hits, open_, strict=True) if is_open][:limit]

    def title_id(self, text: str) -> TitleId:
        """The merged title that ``source:id``, or a bare id that only one source has, stands for.

        Raises:
            UnknownId: nothing is stored under it.
            BadValue: several sources have that bare id.
        """
        candidates = self._candidates(text, TitleId)
        resolved = sorted(set(self.catalog.resolve(candidates).values()))
        if len(resolved) == 1:
            return resolved[0]
        if resolved:
            raise BadValue("title", text, "one title; it is " + " or ".join(map(str, resolved)))
        raise UnknownId("title", text, near=self._near_titles(text))

    def _near_titles(self, text: str) -> tuple[str, ...]:
        """Up to three ids that were perhaps meant: alike in letters, else found by name.

        A number that differs by a digit is another title, not a slip.
        """
        if not text.strip():
            return ()
        wanted = text.casefold()
        ids = {str(id_).casefold(): str(id_) for id_ in self.catalog.aliases()}
        key = wanted.rpartition(":")[2]
        same_key = [id_ for folded, id_ in ids.items() if folded.rpartition(":")[2] == key]
        keys = {folded.rpartition(":")[2]: id_ for folded, id_ in ids.items() if not key.isdecimal()}
        alike = [keys[found] for found in get_close_matches(key, keys, 3, 0.65)]
        named = [str(hit.title) for hit in self.catalog.search(text, 3)]
        return tuple(dict.fromkeys([*same_key, *alike] or named))[:3]

    def viewer_id(self, text: str, *, must_exist: bool = True) -> ViewerId:
        """The viewer that ``source:id``, or a bare id that only one source has, stands for.

        Args:
            text: the id.
            must_exist: False lets an id through that has neither a profile nor an event.

        Raises:
            UnknownId: nothing is known of that viewer.
            BadValue: several sources have that bare id.
        """
        known = [
            id_
            for id_ in self._candidates(text, ViewerId)
            if self.viewers.get(id_) is not None or self.events.history(id_)
        ]
        if len(known) == 1:
            return known[0]
        if known:
            raise BadValue("viewer", text, "one viewer; it is " + " or ".join(map(str, known)))
        if must_exist:
            raise UnknownId("viewer", text)
        return ViewerId.parse(text) if ":" in text else ViewerId("unknown", text)

    def _candidates(self, text: str, type_: type[_Id]) -> list[_Id]:
        if ":" in text:
            return [type_.parse(text)]
        sources = {id_.source for id_ in self.catalog.aliases()} | set(self.events.summary().by_source)
        return [type_(source, text) for source in sorted(sources)]


def open_app(
    home: Path,
    *,
    create: bool = False,
    clock: Callable[[], datetime] = _now,
    environment: Mapping[str, str] | None = None,
) -> App:
    """Opens a workspace and wires everything over it.

    Args:
        home: the workspace folder.
        create: make it if it is not there.
        clock: tells the time (UTC); tests pass a fixed one.
        environment: stands in for the process's environment in tests.

    Raises:
        MissingWorkspace: ``home`` holds no workspace and ``create`` is False.
        BadFile, BadValue: the settings are wrong.
    """
    settings = load_settings(home, environment)
    database = open_database(home, create=create)
    catalog, licenses, viewers = SqlCatalog(database), SqlLicenses(database), SqlViewers(database)
    events = StoredEventLog(
        home, database, memory_mb=settings.store.memory_mb, threads=settings.store.threads
    )
    rights = Availability(
        licenses,
        family=catalog.family,
        aliases=catalog.aliases,
        revision=lambda: (licenses.revision(), catalog.revision()),
    )
    documents, followers = SqlDocuments(database), SqlFollowers(database)
    vectors: list[CachedEmbedder] = []
    shelf = Shelf(
        home / "models",
        catalog=catalog,
        events=events,
        rights=rights,
        documents=documents,
        followers=followers,
        meanings=Meanings(_embedder_if_pulled(home, environment, vectors)),
        clock=clock,
    )

    pulse = Pulse(home)

    def close() -> None:
        events.close()
        for one in vectors:
            one.close()
        pulse.close()
        database.close()

    return App(
        home=home,
        settings=settings,
        catalog=catalog,
        licenses=licenses,
        viewers=viewers,
        events=events,
        impressions=Impressions(events),
        rights=rights,
        documents=documents,
        exposures=SqlExposures(database),
        followers=followers,
        proofs=SqlProofs(database),
        memories=SqlMemories(database),
        shelf=shelf,
        accounts=SqlAccounts(database),
        audit=SqlAudit(database),
        jobs=SqlJobs(database),
        blobs=FolderBlobs(home / "blobs"),
        clock=clock,
        _database=database,
        _pulse=pulse,
        _segments=events.files,
        _close=close,
    )


def pretrained_models(home: Path | None = None, environment: Mapping[str, str] | None = None) -> ModelStore:
    """The pretrained models of this machine, or of a workspace whose settings name a folder; needs none.

    Raises:
        BadFile, BadValue: the settings are wrong.
    """
    home = home or default_home(environment)
    named = load_settings(home, environment).models.folder
    return ModelStore(home / named if named else cache_folder(environment) / "models")


def speech_settings(home: Path | None = None, environment: Mapping[str, str] | None = None) -> SpeechSettings:
    """Where voices that need a folder or a service are found.

    Raises:
        BadFile, BadValue: the settings are wrong.
    """
    return load_settings(home or default_home(environment), environment).speech


def _embedder_if_pulled(
    home: Path, environment: Mapping[str, str] | None, made: list[CachedEmbedder]
) -> Callable[[], RememberingEmbedder | None]:
    """Gives the embedder of synopses once its model is there, and puts it into ``made``.

    Its weights are read at the first new text. None without the model, ONNX Runtime or a cache to write.
    """
    lock = Lock()

    def give() -> RememberingEmbedder | None:
        with lock:
            if made:
                return made[0]
            e5, store = card("e5-small"), pretrained_models(home, environment)
            if not store.has(e5) or importlib.util.find_spec("onnxruntime") is None:
                return None
            try:
                made.append(_cached_e5(store, environment))
            except (OSError, sqlite3.Error):
                return None  # a cache folder that cannot be written: likeness does without
            return made[0]

    return give


def _cached_e5(
    store: ModelStore,
    environment: Mapping[str, str] | None,
    updates: LowRankUpdates | None = None,
    window: int | None = None,
) -> CachedEmbedder:
    """e5, changed by the updates, over the user's remembered vectors. Raises ``MissingModel``."""
    e5 = card("e5-small")
    folder = store.locate(e5)

    def load() -> E5Embedder:
        return E5Embedder(folder / "e5-small-q4.bin", folder / "e5-small.onnx", e5.revision, updates, window)

    late = LateEmbedder(e5_name(e5.revision, updates, window), 384, load)
    return CachedEmbedder(late, cache_folder(environment) / "vectors" / "e5-small.sqlite")


def text_tools(home: Path | None = None, environment: Mapping[str, str] | None = None) -> TextTools:
    """What understanding a text takes, over the pretrained models of this machine; needs no workspace.

    Vectors are remembered in the user's cache folder. Models that ``reviews train`` left in the workspace
    are used where there are any.

    Raises:
        BadFile, BadValue: the settings are wrong.
    """
    store = pretrained_models(home, environment)

    def embedder() -> Embedder:
        return _cached_e5(store, environment)

    def opinion_embedder() -> Embedder:
        return _cached_e5(store, environment, opinion_updates(), OPINION_WINDOW)

    def languages() -> RawLanguages:
        return FastTextLanguages(store.locate(card("lid-176")) / "lid.176.ftz")

    return TextTools(embedder, opinion_embedder, languages, (home or default_home(environment)) / "sentiment")


def translation_signs(home: Path | None = None, environment: Mapping[str, str] | None = None) -> Signs:
    """The models that look for doubtful lines of a translation, as far as they are pulled here.

    Raises:
        BadFile, BadValue: the settings are wrong.
    """
    store, tools = pretrained_models(home, environment), text_tools(home, environment)
    lid, e5 = store.has(card("lid-176")), store.has(card("e5-small"))
    runs = importlib.util.find_spec("onnxruntime") is not None
    missing = []
    if not lid:
        missing.append("The language of lines was not looked at: crossreel models pull lid-176.")
    if not e5:
        missing.append("Meanings and moods were not compared: crossreel models pull e5-small.")
    elif not runs:
        missing.append("Meanings and moods were not compared: pip install 'crossreel[vision]'.")
    meaning = e5 and runs
    return Signs(
        tools.detector if lid else None,
        tools.embedder if meaning else None,
        tools.scorer() if meaning and lid else None,
        tuple(missing),
    )


def translation_engine(
    name: str,
    home: Path | None = None,
    *,
    model: str = "",
    environment: Mapping[str, str] | None = None,
) -> TranslationEngine:
    """A translation engine by name, with the addresses and keys of the settings.

    Args:
        name: see ``crossreel.localize.translate.engines.registry.ENGINES``.
        home: the workspace whose settings count; the usual one otherwise, if it is there.
        model: a model's name (``openai``) or directory (``ctranslate2``).
        environment: stands in for the process's environment in tests.

    Raises:
        WrongUse: no such engine, or it lacks an address, a key or a model.
        Missing: what it needs is not installed.
    """
    from crossreel.localize.translate.engines.registry import engine_named

    settings = load_settings(home or default_home(environment), environment).translate
    if name == "ctranslate2":
        return _model_engine(model)
    return engine_named(name, {**asdict(settings), "model": model})


def summary_writer(
    name: str, home: Path | None = None, *, environment: Mapping[str, str] | None = None
) -> SummaryWriter:
    """A model that summarizes in other words, with the address and key of the settings.

    Args:
        name: "openai", any endpoint that speaks OpenAI's chat completions.
        home: the workspace whose settings count; the usual one otherwise, if it is there.
        environment: stands in for the process's environment in tests.

    Raises:
        WrongUse: no such engine, or it lacks an address or a model.
        BadValue: the address is none.
    """
    from crossreel.models.chat_summary import ChatSummaryWriter

    if name != "openai":
        raise WrongUse(f"There is no summary engine {name!r}.", advice="Engines: openai.")
    settings = load_settings(home or default_home(environment), environment).summary
    for option in ("openai_url", "openai_model"):
        if not getattr(settings, option):
            raise WrongUse(f"The engine openai needs {option}.", advice=f"Set summary.{option}.")
    return ChatSummaryWriter(settings.openai_url, settings.openai_model, settings.openai_key)


def _model_engine(folder: str) -> TranslationEngine:
    from crossreel.localize.translate.roles import EngineFacts, FromTranslator
    from crossreel.models.ct2_translator import Ct2Translator, open_folder

    if not folder:
        raise WrongUse(
            "The engine ctranslate2 needs a model directory.",
            advice="Name it as the model: --model models/opus-mt-en-es.",
        )
    made = Ct2Translator(open_folder(Path(folder).expanduser()))
    needs = "the extra translate and a model directory"
    facts = EngineFacts(made.name, "that of the model", needs, False, characters_a_second=400.0)
    return FromTranslator(made, facts)


def restore_workspace(
    path: Path, home: Path, progress: Progress = _silent, *, replace: bool = False
) -> BackupReport:
    """Makes the workspace of a backup in ``home``, whole or not at all.

    Args:
        path: an archive that ``App.backup`` made.
        home: the folder to make; it may be there if it is empty.
        progress: called as ``progress(done, of, what)``.
        replace: take the place of what is in ``home``, which is removed.

    Raises:
        Conflict: ``home`` is not empty and ``replace`` is False, or a program has it open.
        BadFile: the archive is damaged, no backup, or dangerous; nothing has changed then.
    """
    return restore_backup(path, home, progress, replace=replace)


def examine(home: Path) -> dict[str, Any]:
    """The state of the workspace at ``home``, as ``crossreel doctor`` prints it."""
    report: dict[str, Any] = {"sqlite": sqlite3.sqlite_version, "home": str(home)}
    try:
        app = open_app(home)
    except MissingWorkspace as error:
        return {**report, "workspace": {"state": "none", "advice": error.advice}}
    except CrossreelError as error:
        return {**report, "workspace": {"state": "broken", "advice": str(error)}}
    try:
        summary = app.events.summary()
        return {
            **report,
            "workspace": {
                "state": "sound",
                "titles": len(app.catalog.ids()),
                "licenses": app.licenses.count(),
                "viewers": summary.viewers,
                "events": summary.events,
                "models": len(app.shelf.cards()),
            },
        }
    finally:
        app.close()
