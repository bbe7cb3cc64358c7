"""What orders over HTTP need besides their store: the project's key, and proofs that are used once. In SQL, so that
every process and node knows them."""

from __future__ import annotations

import hashlib
import hmac
from secrets import token_bytes

from sqlalchemy import Connection, Engine, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from routing.callbacks.proof import Proved
from routing.callbacks.schema import keys, proofs

KEY_BYTES = 32


def key_of(engine: Engine, project: str) -> bytes:
    """See `key_in`, in a transaction of its own."""
    with engine.begin() as connection:
        return key_in(connection, project)


def key_in(connection: Connection, project: str) -> bytes:
    """The project's random key, made when it is first needed."""
    adding = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = {"project": project, "key": token_bytes(KEY_BYTES).hex()}
    connection.execute(adding(keys).values(row).on_conflict_do_nothing())
    return bytes.fromhex(connection.scalar(select(keys.c.key).where(keys.c.project == project)) or "")


def use_proof(engine: Engine, proved: Proved, now: float) -> bool:
    """Whether this is the first use of a proof; forgets those that have ended."""
    with engine.begin() as connection:
        adding = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        connection.execute(delete(proofs).where(proofs.c.expires_s < now))
        row = {"challenge": proved.challenge, "expires_s": proved.expires_s}
        return (
            connection.scalar(adding(proofs).values(row).on_conflict_do_nothing().returning(proofs.c.challenge))
            is not None
        )


def token_of(key: bytes, order_id: str) -> str:
    """What whoever ordered needs to ask after an order, and to cancel it."""
    return hmac.new(key, f"order {order_id}".encode(), hashlib.sha256).hexdigest()[:32]


def is_token(key: bytes, order_id: str, given: str) -> bool:
    """Whether a token is that of an order; takes as long for every wrong one."""
    return hmac.compare_digest(token_of(key, order_id).encode(), given.encode("utf-8", "replace"))
