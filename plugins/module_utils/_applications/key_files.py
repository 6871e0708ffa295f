# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that only their owner may read: a new key with its certificate, and a client secret.

A file is complete before anything is sent, so the run after a killed one continues from it.
"""

from __future__ import annotations

import base64
import hashlib
import os
import traceback
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from .._client.certificate import current_one, valid_between
from .._core.errors import TenantError, missing_library, one_line, usage
from .._core.private_file import permission_problem, read_file, write_whole

try:
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509.oid import NameOID

    IMPORT_ERROR = ""
except ImportError:  # msal names it as a requirement, and can be imported without it
    IMPORT_ERROR = traceback.format_exc()

_BITS = 3072
_NAMESPACE = uuid.UUID("0c7d9a36-5a3e-4d3c-9d0b-6d3f1d1f7c52")


@dataclass(frozen=True)
class Certificate:
    """What is registered of a certificate; the key stays in the file."""

    der: bytes
    begins: datetime
    ends: datetime
    is_self_signed: bool = True

    @property
    def thumbprint(self) -> str:
        """The thumbprint as Microsoft Entra shows it."""
        return hashlib.sha1(self.der, usedforsecurity=False).hexdigest().upper()

    @property
    def key_id(self) -> str:
        """An id derived from the certificate, so that it is registered once."""
        return str(uuid.uuid5(_NAMESPACE, self.thumbprint))

    @property
    def key(self) -> str:
        return base64.b64encode(self.der).decode()


def read_certificate_file(path: str) -> Certificate | None:
    """The certificate of the only key in a file; None if there is no file. Raises `TenantError`."""
    if IMPORT_ERROR:
        raise missing_library("cryptography")
    content = read_private(path)
    if content is None:
        return None
    try:
        key = serialization.load_pem_private_key(content, None)
        certificates = x509.load_pem_x509_certificates(content)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _unusable(path, f"cannot be read ({one_line(error, 120)})") from error
    own = [one for one in certificates if _is_of(one, key)]
    if not own or not isinstance(key, rsa.RSAPrivateKey):
        raise _unusable(path, "holds no RSA key with its certificate")
    found = current_one(own)  # as a sign-in chooses
    der = found.public_bytes(serialization.Encoding.DER)
    return Certificate(der, *valid_between(found), found.issuer == found.subject)


def make_certificate_file(path: str, name: str, days: int, now: datetime | None = None) -> Certificate:
    """Create a key with a self-signed certificate in a new file. Raises `TenantError`."""
    begins = now or datetime.now(UTC)
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins - timedelta(minutes=5))  # clocks differ
        .not_valid_after(begins + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_private(path, private + certificate.public_bytes(serialization.Encoding.PEM))
    der = certificate.public_bytes(serialization.Encoding.DER)
    return Certificate(der, *valid_between(certificate))


def _is_of(certificate: Any, key: Any) -> bool:
    try:
        return _public(certificate.public_key()) == _public(key.public_key())
    except (ValueError, TypeError, UnsupportedAlgorithm):  # an unknown kind of key, as in some chains
        return False


def _public(key: Any) -> bytes:
    return bytes(key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo))


def _unusable(path: str, why: str) -> TenantError:
    return usage(f"the file {path} of path {why}", "Specify another file, or remove this one")


def read_private(path: str) -> bytes | None:
    """The contents of one of our private files; None if there is no such file. Raises `TenantError`."""

    def check(found: os.stat_result) -> None:
        problem = permission_problem(found, is_file=True)
        if problem:
            step = "Make it readable by this user only (chmod 600)"
            raise usage(f"the file {path} of path is for secrets, and {problem}", step)

    try:
        return read_file(path, check=check)
    except FileNotFoundError:
        return None
    except IsADirectoryError as error:
        raise usage(f"{path} of path is a folder", "Specify a file, which need not exist") from error
    except (OSError, ValueError) as error:
        why = one_line(getattr(error, "strerror", None) or error, 120)
        raise _unusable(path, f"cannot be read ({why})") from error


def check_writable(*paths: str) -> None:
    """Refuse a path where no file can be created, before anything is sent. Raises `TenantError`."""
    for path in paths:
        folder = Path(path).parent
        if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
            raise usage(f"the folder {folder} of path does not exist, or this user may not write to it")
        _check_no_link(path)
        if os.path.ismount(path):  # as a single file that a container gets
            raise usage(
                f"the file {path} of path is a mount point, so no new file can take its place",
                "Mount the folder of the file instead of the file, or specify a path that is not mounted",
            )


def _check_no_link(path: str) -> None:
    """Writing would replace the link, and the file behind it would stay unchanged."""
    if os.path.islink(path):
        raise usage(f"the file {path} of path is a symbolic link", "Specify the file that it is to be")


def write_private(path: str, content: bytes) -> None:
    """Write a file of mode 0600 atomically. An existing file is replaced, a link is not."""
    _check_no_link(path)
    try:
        write_whole(path, [content])
    except OSError as error:
        raise usage(f"the file {path} of path cannot be written ({one_line(error, 120)})") from error


def replace_file(begun: str, path: str) -> None:
    """Put the file of a certificate that is registered in the place of the former one. Raises `TenantError`."""
    try:
        os.replace(begun, path)
    except FileNotFoundError:
        pass  # another run registered it
    except OSError as error:
        raise usage(
            f"the new certificate is registered, and its key is in the file {begun}, since the file {path} of path "
            f"cannot be replaced ({one_line(error.strerror or error, 120)})",
            f"Put the contents of {begun} into {path} and remove {begun}, or make {path} a file that can be replaced "
            "and run this again. Until then, the former certificate is used",
        ) from error
