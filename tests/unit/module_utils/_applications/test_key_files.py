# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of a key: the certificate that is registered is the one that a sign-in uses, with any cryptography."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ansible_collections.intune.exchange.plugins.module_utils._applications.key_files import (
    make_certificate_file,
    read_certificate_file,
    write_private,
)
from ansible_collections.intune.exchange.plugins.module_utils._client.certificate import (
    client_credential,
    valid_between,
)

from .._client.test_certificate import NOW, certificate, pem, private

OLD, VALID, NEW, LATER = (certificate("app", *validity) for validity in ((-3, 500), (5, 500), (300, 500), (400, -3)))


class Before42:
    """A certificate as in cryptography before 42: its times have no time zone."""

    def __init__(self, of: x509.Certificate) -> None:
        self._of = of

    def __getattr__(self, name: str) -> Any:
        if name.endswith("_utc"):
            raise AttributeError(name)
        if name.startswith("not_valid_"):
            return valid_between(self._of)[name == "not_valid_after"].replace(tzinfo=None)
        return getattr(self._of, name)


@pytest.fixture(params=["this cryptography", "an older one"])
def cryptography(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "an older one":
        load, sign = x509.load_pem_x509_certificates, x509.CertificateBuilder.sign
        monkeypatch.setattr(x509, "load_pem_x509_certificates", lambda data: [Before42(one) for one in load(data)])
        monkeypatch.setattr(x509.CertificateBuilder, "sign", lambda *given: Before42(sign(*given)))


@pytest.mark.usefixtures("cryptography")
@pytest.mark.parametrize(
    ("several", "chosen"), [([OLD, VALID], VALID), ([OLD, VALID, NEW], NEW), ([VALID, NEW, LATER], NEW), ([OLD], OLD)]
)
def test_the_registered_certificate_is_that_of_the_sign_in(
    tmp_path: Path, several: list[x509.Certificate], chosen: x509.Certificate
) -> None:
    for number, order in enumerate(permutations(several)):
        path = str(tmp_path / f"key{number}.pem")
        write_private(path, "".join([private("app"), *map(pem, order)]).encode())
        found = read_certificate_file(path)
        assert found is not None and found.der == chosen.public_bytes(Encoding.DER)
        assert (found.begins, found.ends) == valid_between(chosen)
        if chosen is not OLD:
            assert client_credential(path, None)["public_certificate"] == pem(chosen)


@pytest.mark.usefixtures("cryptography")
def test_a_new_one(tmp_path: Path) -> None:
    made = make_certificate_file(str(tmp_path / "key.pem"), "ours", 300, NOW)
    assert made.ends == (NOW + timedelta(days=300)).replace(microsecond=0)
    assert read_certificate_file(str(tmp_path / "key.pem")) == made


def test_a_chain_may_have_a_key_that_nobody_can_read(tmp_path: Path) -> None:
    """Of a kind that the library does not support: it cannot belong to the private key."""
    der, rsa = certificate("ca").public_bytes(Encoding.DER), bytes.fromhex("06092a864886f70d010101")
    odd = x509.load_der_x509_certificate(der.replace(rsa, rsa[:-1] + b"\x63"))
    write_private(str(tmp_path / "key.pem"), "".join([pem(odd), pem(NEW), private("app")]).encode())
    found = read_certificate_file(str(tmp_path / "key.pem"))
    assert found is not None and found.der == NEW.public_bytes(Encoding.DER)
