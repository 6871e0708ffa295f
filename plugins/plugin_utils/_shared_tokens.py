# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access tokens that the workers of one ansible-playbook share, in memory only.

Ansible forks a worker for each task. Memory that its main process maps before that is shared with all of them and with
nobody else: a module process is another program, and a second ansible-playbook has its own memory. A worker can be
killed at any moment, so nothing that it leaves behind may block others: the system releases its record locks, and a
partially written token does not match its digest.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import mmap
import multiprocessing
import os
import struct
import tempfile
import threading
from collections.abc import Callable, Iterator
from typing import Any

from ..module_utils._client.token_memory import Token, TokenMemory

_SLOTS = 4096  # two tokens and a discovery document for each of 1,365 tenants; only used memory is allocated
_SLOT = 8192  # bytes; tokens of applications have about 2,000. Longer tokens are not shared
_KEY = 32  # bytes
_HEADER = struct.Struct("<dI32s")  # when the token expires, its length, the digest of key and content
_EMPTY = bytes(_KEY)
_DOCUMENT_LASTS = 3600  # seconds
_WRITER = 1 << 60  # the record for writers; those of the keys are below


class SharedTokens(TokenMemory):
    """The tokens, and discovery documents, of the process that creates it and of the workers that it forks later.

    Elsewhere, and if the system refuses the memory, it is ordinary memory of one process.
    """

    def __init__(self) -> None:
        super().__init__()
        self._owner = os.getpid()
        self._mutex = threading.Lock()  # record locks do not exclude the threads of one process
        self._held: set[str] = set()
        self._locks: Any = None
        self._map: mmap.mmap | None = None
        with contextlib.suppress(OSError, ValueError):
            self._locks = _unnamed_file()
            self._map = mmap.mmap(-1, _SLOTS * (_KEY + _SLOT))
            with contextlib.suppress(AttributeError, OSError):
                self._map.madvise(mmap.MADV_DONTDUMP)  # copies outside of it stay in a core dump

    def get(self, key: str) -> Token | None:
        memory = self._shared()
        if memory is None:
            return super().get(key)
        digest = bytes.fromhex(key)
        slot = _slot_of(memory, digest)
        return None if slot is None else _read(memory, slot, digest)

    def put(self, key: str, token: Token) -> None:
        memory = self._shared()
        if memory is None:
            super().put(key, token)
        elif _HEADER.size + len(token.text) <= _SLOT:
            digest = bytes.fromhex(key)
            with self._writing():
                slot = _slot_of(memory, digest)
                if slot is None:
                    slot = _slot_of(memory, _EMPTY)
                if slot is None:
                    slot = min(range(_SLOTS), key=lambda one: _expiry(memory, one))
                _set_key(memory, slot, _EMPTY)
                _write(memory, slot, digest, token)
                _set_key(memory, slot, digest)

    def drop(self, key: str, text: str) -> None:
        memory = self._shared()
        if memory is None:
            super().drop(key, text)
            return
        digest = bytes.fromhex(key)
        with self._writing():
            slot = _slot_of(memory, digest)
            if slot is not None:
                known = _read(memory, slot, digest)
                if known is None or known.text == text:
                    _set_key(memory, slot, _EMPTY)
                    memory[_start(slot) : _start(slot) + _SLOT] = bytes(_SLOT)

    def document(self, url: str) -> str | None:
        known = self.get(_key_of_document(url))
        return known.text if known and known.lasts else None

    def put_document(self, url: str, text: str) -> None:
        self.put(_key_of_document(url), Token.living(text, _DOCUMENT_LASTS))

    def drop_document(self, url: str, text: str) -> None:
        self.drop(_key_of_document(url), text)

    def try_lock(self, key: str) -> Callable[[], None] | None:
        if self._shared() is None:
            return super().try_lock(key)
        record = int.from_bytes(bytes.fromhex(key)[:7], "big")
        with self._mutex:
            if key in self._held:
                return None
            try:
                fcntl.lockf(self._locks, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, record)
            except OSError:  # EAGAIN or EACCES: another worker has it
                return None
            self._held.add(key)

        def release() -> None:
            with self._mutex:
                self._held.discard(key)
                fcntl.lockf(self._locks, fcntl.LOCK_UN, 1, record)

        return release

    def _shared(self) -> mmap.mmap | None:
        """The shared memory, in its owner process and the workers of it."""
        parent = multiprocessing.parent_process()
        ours = self._owner in (os.getpid(), parent.pid if parent else None)
        return self._map if ours else None

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """One process writes at a time, for as long as it takes to copy a token."""
        with self._mutex:
            fcntl.lockf(self._locks, fcntl.LOCK_EX, 1, _WRITER)
            try:
                yield
            finally:
                fcntl.lockf(self._locks, fcntl.LOCK_UN, 1, _WRITER)


def _unnamed_file() -> Any:
    """An empty file without a name, for the record locks."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("intune.exchange-locks")
    return tempfile.TemporaryFile()


def _key_of_document(url: str) -> str:
    return hashlib.sha256(f"document {url}".encode()).hexdigest()


def _slot_of(memory: mmap.mmap, digest: bytes) -> int | None:
    """The slot of a key, or the first empty slot."""
    end = _SLOTS * _KEY
    place = memory.find(digest, 0, end)
    while place >= 0 and place % _KEY:
        place = memory.find(digest, place + 1, end)
    return None if place < 0 else place // _KEY


def _start(slot: int) -> int:
    return _SLOTS * _KEY + slot * _SLOT


def _set_key(memory: mmap.mmap, slot: int, digest: bytes) -> None:
    memory[slot * _KEY : (slot + 1) * _KEY] = digest


def _expiry(memory: mmap.mmap, slot: int) -> float:
    expires: float = _HEADER.unpack_from(memory, _start(slot))[0]
    return expires


def _read(memory: mmap.mmap, slot: int, digest: bytes) -> Token | None:
    """A complete token: one that is being written, or was never completed, counts as none."""
    content = memory[_start(slot) : _start(slot) + _SLOT]
    expires, length, proof = _HEADER.unpack_from(content)
    text = content[_HEADER.size : _HEADER.size + length]
    return Token(text.decode("ascii"), expires) if proof == _proof(digest, expires, text) else None


def _write(memory: mmap.mmap, slot: int, digest: bytes, token: Token) -> None:
    text = token.text.encode("ascii")
    content = _HEADER.pack(token.expires, len(text), _proof(digest, token.expires, text)) + text
    memory[_start(slot) : _start(slot) + len(content)] = content


def _proof(digest: bytes, expires: float, text: bytes) -> bytes:
    return hashlib.sha256(digest + struct.pack("<d", expires) + text).digest()
