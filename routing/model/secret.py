"""Rules for secrets: names that schemes must not use, and keys for signatures. Pure; messages contain no value.

Scheme files contain secrets by name. Authors name the keys of their own CRMs, handlers and pages; they must not send
the engine's own variables, passwords of phones and gateways, or other parts of the machine's environment.
"""

from __future__ import annotations

import base64
import ipaddress
import re
from urllib.parse import urlsplit

#: The purpose of a secret, as plain data: a password of FreeSWITCH's; a signing key of our requests; a key that clients
#: of our APIs show; or sent to a server (``sent to crm.example.com``), which then knows it.
Purpose = str
PASSWORD, SIGNS, SHOWN, SENT = "a password", "a signing key", "a key of our own pages", "sent to "
#: What the journal encrypts recordings for.
SEALS = "a public key of recordings"
_PUBLIC_KEY = re.compile(r"age1[02-9ac-hj-np-z]{58}")
#: What callers type to enter a room. FreeSWITCH alone compares it.
PIN = "a PIN that callers type"
#: The PIN where secrets are placeholders: in traces and scheme tests.
OFFLINE_PIN = "1234"
_PIN = re.compile(r"[0-9]{4,12}")
#: Prefixes of the names of passwords.
ACCOUNT, GATEWAY = "SIP_PASSWORD_", "GATEWAY_PASSWORD_"
#: Prefixes of the keys of recordings: public keys, by which the recorder encrypts, and private ones of the desk.
RECORDING_KEY, RECORDING_IDENTITY = "RECORDING_KEY_", "RECORDING_IDENTITY_"
#: Reserved prefixes and their owners.
_OURS = {
    "ROUTING_": "the engine's own setting",
    ACCOUNT: "a phone's password",
    GATEWAY: "a gateway's password",
    RECORDING_KEY: "a key of recordings",
    RECORDING_IDENTITY: "a key of recordings",
}
#: Environment variables of the machine and of other software: shells, services, clouds, pipelines.
_MACHINE = re.compile(
    r"(AWS|AZURE|ARM|GOOGLE|GCP|GCLOUD|CLOUDSDK|DIGITALOCEAN|HCLOUD|OS|VAULT|CONSUL|NOMAD|KUBERNETES|KUBE|DOCKER"
    r"|CI|GITHUB|GITLAB|GH|BITBUCKET|JENKINS|BUILDKITE|CIRCLE|TRAVIS|NPM|PIP|PYPI|TWINE|POETRY|CARGO"
    r"|SSH|GPG|SUDO|LC|XDG|DBUS|LD|PYTHON|PG|POSTGRES|POSTGRESQL|MYSQL|MARIADB|MONGO|MONGODB|REDIS|DATABASE|DB"
    r"|RABBITMQ|AMQP|SENTRY|SMTP|FREESWITCH|ESL|SYSTEMD)_\w+"
    r"|(PG|LD)[A-Z]+|\w*_PROXY|\w*PATH|HOME|USER|USERNAME|LOGNAME|SHELL|SHLVL|LANG|LANGUAGE|PWD|OLDPWD|TERM|TZ"
    r"|HOSTNAME|HOST|PORT|EDITOR|VISUAL|PAGER|DISPLAY|MAIL|EMAIL|TMPDIR|TEMP|TMP|IFS|CI|DEBUG|SECRET_KEY"
    r"|NOTIFY_SOCKET|JOURNAL_STREAM|INVOCATION_ID|CREDENTIALS_DIRECTORY|SSL_CERT_(FILE|DIR)|CURL_CA_BUNDLE",
    re.IGNORECASE,
)
#: The forms of keys from common services: an author who writes one has confused the name with the secret.
_KEY = re.compile(
    r"whsec_.*|(sk|pk|rk|ghp|gho|glpat|xox[abposr]|pat|shpat|AKIA|ya29|eyJ)[_.-]?(?=\w*\d)[\w.-]{6,}"
    r"|(?=[a-f]*\d)[0-9a-f]{24,}|age1[0-9a-z]{40,}|AGE-SECRET-KEY-.*",
    re.ASCII,
)
SIGNING_PREFIX = "whsec_"
#: Fewest bytes of a key; Standard Webhooks requires 24.
SHORTEST_KEY = 8
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")


def is_key(text: str) -> bool:
    """Whether a text looks like a secret itself, not like its name."""
    mixed = len(text) >= 20 and "_" not in text and text != text.lower() and text != text.upper()
    return (mixed and len(re.findall("[0-9]+", text)) > 1) or _KEY.fullmatch(text) is not None


def reserved_owner(name: str) -> str:
    """The owner of a reserved name; "" for a name that authors may use."""
    return next((owner for beginning, owner in _OURS.items() if name.upper().startswith(beginning)), "")


def is_of_the_machine(name: str) -> bool:
    """Whether an environment variable is, by its name, no secret of the company."""
    return name.upper().startswith("ROUTING_") or _MACHINE.fullmatch(name) is not None


def sent_to(url: str) -> Purpose:
    """The purpose of a secret that is sent to a URL's host; servers of one domain count as one."""
    host = (urlsplit(url).hostname or url).lower()
    try:
        return SENT + str(ipaddress.ip_address(host))
    except ValueError:
        return SENT + ".".join(host.split(".")[-2:])


def may_serve_both(one: Purpose, other: Purpose) -> bool:
    """Whether one secret may have both purposes; a secret that is sent to a server has no other."""
    return one == other or not (one.startswith(SENT) or other.startswith(SENT))


def unfit(purpose: Purpose, value: str, is_header: bool) -> str:
    """The fault of a secret's value for its purpose; "" for a valid one."""
    if re.search(r"[\x00-\x1f\x7f]", value):
        return "contains a control character"
    if purpose == SIGNS:
        try:
            for key in value.split():
                key_of(key)
        except ValueError as problem:
            return f"cannot sign: {problem}"
    if purpose == PIN and not _PIN.fullmatch(value):
        return "is no PIN: 4 to 12 digits"
    if purpose == SEALS and not _PUBLIC_KEY.fullmatch(value):
        is_private = value.startswith("AGE-SECRET-KEY-")
        return "is a private key: only the desk needs it" if is_private else "is no public key of age: write age1..."
    if (purpose == SHOWN or is_header) and not re.fullmatch(r"[\x20-\x7e]*", value):
        return "contains characters that headers cannot carry: use ASCII only"
    return ""


def key_of(secret: str) -> bytes:
    """The bytes of a signing key: after ``whsec_`` base64, with or without padding; otherwise the text itself.

    Raises ValueError for a key that receivers' libraries read differently or not at all.
    """
    if secret.startswith(f"v1,{SIGNING_PREFIX}"):  # the form of some services; receivers' libraries expect no `v1,`
        secret = secret.removeprefix("v1,")
    if not secret.startswith(SIGNING_PREFIX):
        return secret.encode()
    text = secret[len(SIGNING_PREFIX) :]
    if not text:
        raise ValueError("a whsec_ key is empty")
    if "-" in text or "_" in text:
        raise ValueError("a whsec_ key is URL-safe base64, which receivers read as other bytes")
    bare = text.rstrip("=")
    if not _BASE64.fullmatch(text) or len(bare) % 4 == 1 or (bare != text and len(text) % 4):
        raise ValueError("a whsec_ key is not base64")
    key = base64.b64decode(bare + "=" * (-len(bare) % 4))
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"a whsec_ key has only {len(key)} bytes and can be guessed")
    return key


def password_name(account: str) -> str:
    """Name of the secret that holds a SIP account's password: ``SIP_PASSWORD_1001``."""
    return ACCOUNT + re.sub(r"\W", "_", account).upper()


def gateway_name(gateway: str) -> str:
    """Name of the secret that holds a gateway's password: ``GATEWAY_PASSWORD_MAIN``."""
    return GATEWAY + gateway.upper()
