"""Every event log passes the conformance suite."""

from __future__ import annotations

import pytest

from crossreel.storage.events.log import StoredEventLog
from crossreel.testing.event_log_suite import EventLogSuite
from crossreel.testing.memory_events import MemoryEventLog


class TestMemoryEventLog(EventLogSuite):
    @pytest.fixture
    def log(self) -> MemoryEventLog:
        return MemoryEventLog()


class TestStoredEventLog(EventLogSuite):
    @pytest.fixture
    def log(self, stored: StoredEventLog) -> StoredEventLog:
        return stored
