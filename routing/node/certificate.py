"""The node's certificate: read, tested in a handshake as a phone would do it, and written in FreeSWITCH's form.

FreeSWITCH reports nothing about a certificate that it cannot use: it generates its own or refuses every handshake. So
every fault is found here, with a message.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

#: Names in the folder of a certificate, in the order of preference: certbot's, and FreeSWITCH's own.
CERTIFICATES = (("fullchain.pem", "privkey.pem"), ("agent.pem", "agent.pem"))
#: Further authorities in the same folder: of carriers, or of the company.
AUTHORITIES = "cafile.pem"
#: Where FreeSWITCH looks, below its ``tls-cert-dir``.
AGENT, TRUSTED = "agent.pem", "cafile.pem"
_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
#: The machine's authorities, where OpenSSL's own place is not used (Debian, Red Hat).
_SYSTEM = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")
_MOST_RECORDS = 10


@dataclass(frozen=True)
class Certificate:
    """Texts of the two files, and when the certificate expires."""

    agent: str
    trusted: str
    until: datetime


def read(folder: Path, name: str) -> Certificate:
    """The certificate in a folder, valid for a host name or an address.

    Raises ValueError with the fault: no certificate, a wrong or encrypted key, expired, another name.
    """
    public, private = _files(folder)
    chain, key = _text(public), _text(private)
    leaf, *others = _certificates(chain, public)
    until = _tried(public, private, leaf, name)
    parts = [*others, *_certificates_of(folder / AUTHORITIES), *_machines()]
    agent = "\n".join((_key(key, private), leaf, *others, ""))
    return Certificate(agent, "\n".join((*(parts or [leaf]), "")), until)


def _files(folder: Path) -> tuple[Path, Path]:
    for public, private in CERTIFICATES:
        if (folder / public).exists():
            if not (folder / private).exists():
                raise ValueError(f"{folder / private} is missing: the key of {public}")
            return folder / public, folder / private
    raise ValueError(
        f"{folder} has no certificate: put `fullchain.pem` and `privkey.pem` there, as certbot does, or FreeSWITCH's "
        "`agent.pem`"
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError as problem:
        raise ValueError(f"{path}: {(problem.strerror or 'cannot be read').lower()}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not PEM (hint: openssl x509 -inform der -in CERTIFICATE)") from None


def _certificates(text: str, path: Path) -> list[str]:
    found = [f"{_BEGIN}{part.partition(_END)[0]}{_END}" for part in text.split(_BEGIN)[1:]]
    if not found:
        raise ValueError(f"{path} holds no certificate in PEM")
    return found


def _certificates_of(path: Path) -> list[str]:
    return _certificates(_text(path), path) if path.exists() else []


def _key(text: str, path: Path) -> str:
    start = text.find("-----BEGIN ", 0)
    while start >= 0 and "PRIVATE KEY-----" not in text[start : text.find("\n", start)]:
        start = text.find("-----BEGIN ", start + 1)
    assert start >= 0, path  # `_tried` has used it
    end = text.index("PRIVATE KEY-----", text.index("-----END ", start)) + len("PRIVATE KEY-----")
    return text[start:end]


def _machines() -> list[str]:
    """The machine's authorities: certificates of carriers are checked against them."""
    paths = ssl.get_default_verify_paths()
    for place in filter(None, (paths.cafile, *_SYSTEM)):
        if Path(place).is_file():
            text = Path(place).read_text(encoding="utf-8", errors="replace")
            return [each for each in _certificates(text, Path(place)) if each.isascii()]
    return []


def _tried(public: Path, private: Path, leaf: str, name: str) -> datetime:
    """Make a handshake as a phone that trusts this certificate and knows the node by ``name``; when it expires."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        server.load_cert_chain(public, private, password=_refuse_encrypted(private))
    except ssl.SSLError as problem:
        fault = "does not belong to" if "MISMATCH" in (problem.reason or "") else "cannot be used with"
        raise ValueError(f"the key {private} {fault} the certificate {public}") from None
    client = ssl.create_default_context(cadata=leaf)
    client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    client.verify_flags &= ~ssl.VERIFY_X509_STRICT
    try:
        facts = _shaken(client, server, name)
    except ssl.SSLCertVerificationError as problem:
        raise ValueError(f"{public}: {problem.verify_message.rstrip('.')}") from None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(facts["notAfter"])), UTC)


def _refuse_encrypted(path: Path) -> Callable[[], str]:
    def password() -> str:
        raise ValueError(f"the key {path} is encrypted: FreeSWITCH could not read it (hint: openssl pkey -in KEY)")

    return password


def _shaken(client: ssl.SSLContext, server: ssl.SSLContext, name: str) -> dict[str, object]:
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = server.wrap_bio(up, down, server_side=True)
    theirs = client.wrap_bio(down, up, server_hostname=name)
    for _ in range(_MOST_RECORDS):
        done = 0
        for side in (theirs, ours):
            try:
                side.do_handshake()
                done += 1
            except ssl.SSLWantReadError:
                pass
        if done == 2:
            break
    return dict(theirs.getpeercert() or {})


__all__ = ["AGENT", "AUTHORITIES", "TRUSTED", "Certificate", "read"]
