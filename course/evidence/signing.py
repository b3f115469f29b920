"""What is signed, by which key, and whether a signature fits: canonical JSON, Ed25519, did:key, compact JWS."""

from __future__ import annotations

import json
import os
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from msgspec import Struct

from course.errors import EvidenceError

KEY_FILE = "signing-key.pem"
"""The private key, in the user's own folder; whoever can read it can sign in this user's name."""

ALTERED = (
    "This is not as it was signed: at least one character was changed since, or it was never signed by this course. "
    "Ask for the original file."
)

# --- canonical JSON ----------------------------------------------------------------------------

_SAFE = 2**53
"""From here on whole numbers are no longer exact everywhere (RFC 8785 section 3.2.2.3)."""


def canonical(value: Any) -> bytes:
    """A value as JSON with sorted keys, without spaces, in UTF-8: equal values give equal bytes.

    Equals RFC 8785 (JCS) for what is written here: text, booleans, null, and numbers that are 0 or from 1e-4 to
    below 2**53, which Python and ECMAScript write alike. Raises EvidenceError for anything else.
    """
    try:
        return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        raise EvidenceError("Half a symbol stands in the text, which can't be signed. Take it out.") from None


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # ECMAScript writes 1.0 as 1
    if isinstance(value, int) and abs(value) < _SAFE:
        return value
    if isinstance(value, float) and 1e-4 <= abs(value) < _SAFE:
        return value
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: _plain(value[key]) for key in sorted(value, key=_by_utf16)}
    raise EvidenceError(f"The value {value!r} can't be signed: only text, yes or no, and exact numbers can.")


def _by_utf16(key: str) -> bytes:
    return key.encode("utf-16-be", "surrogatepass")


# --- keys --------------------------------------------------------------------------------------


def own_key(folder: Path) -> Ed25519PrivateKey:
    """The key of whoever this folder belongs to, made when first asked for. Raises EvidenceError."""
    file = folder / KEY_FILE
    try:
        if not file.exists():
            _make(file)
        pem = file.read_bytes()
    except OSError as error:
        raise EvidenceError(
            f"The signing key {file} can't be read or made ({error.strerror}). Ask for the right to use its folder."
        ) from None
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise EvidenceError(
            f"The file {file} is no signing key any more. Restore it from a backup; without one, move it away, "
            "and the next signature is made with a new key."
        )
    return key


def _make(file: Path) -> None:
    """A new key under its name, whole from the first moment; where another process was faster, its key stays."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{KEY_FILE}.{secrets.token_hex(8)}.part")
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(pem)
            stream.flush()
            os.fsync(stream.fileno())
        with suppress(FileExistsError):
            os.link(part, file)  # unlike a renaming, this never takes the place of a file that is there
    finally:
        part.unlink(missing_ok=True)


def public_pem(key: Ed25519PrivateKey) -> bytes:
    """The public half of a key as a PEM file, to give to those who check."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def read_trusted(named: str | Path) -> Ed25519PublicKey:
    """The public key that somebody trusts: a did:key, or a file that holds one or a PEM public key.

    Raises EvidenceError, for the file with the private half, too.
    """
    if str(named).startswith("did:"):
        return of_did(str(named).partition("#")[0])
    try:
        with Path(named).open("rb") as stream:
            text = stream.read(10_000).strip()
    except OSError as error:
        raise EvidenceError(f"The key {named} can't be read ({error.strerror}). Name a did:key or a file.") from None
    if b"PRIVATE KEY" in text:
        raise EvidenceError(
            f"The file {named} holds the private half of a key, which should never leave its owner. "
            "Ask for the public half: a did:key, or a file that begins with BEGIN PUBLIC KEY."
        )
    if text.startswith(b"did:"):
        return of_did(text.decode(errors="replace"))
    try:
        key = load_pem_public_key(text)
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise EvidenceError(f"The file {named} holds no public Ed25519 key. Ask the practice for its did:key.")
    return key


# --- did:key -----------------------------------------------------------------------------------

_DID = "did:key:"
_ED25519 = b"\xed\x01"
"""Multicodec 0xed, an Ed25519 public key, as a varint."""

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def did_of(key: Ed25519PublicKey) -> str:
    """The did:key of a public key: its bytes after their multicodec, as multibase base58btc (W3C did:key)."""
    number = int.from_bytes(_ED25519 + key.public_bytes_raw())  # never begins with a zero byte
    digits = ""
    while number:
        number, digit = divmod(number, 58)
        digits = _BASE58[digit] + digits
    return f"{_DID}z{digits}"


def of_did(did: str) -> Ed25519PublicKey:
    """The public key that a did:key names. Raises EvidenceError where it names none of Ed25519."""
    digits = did.removeprefix(f"{_DID}z")
    if len(digits) < 60 and set(digits) <= set(_BASE58):
        number = 0
        for digit in digits:
            number = number * 58 + _BASE58.index(digit)
        raw = number.to_bytes(44)[-34:]
        if raw.startswith(_ED25519):
            key = Ed25519PublicKey.from_public_bytes(raw[2:])
            if did_of(key) == did:  # the one way of writing it
                return key
    raise EvidenceError(f"'{did[:80]}' is no did:key of an Ed25519 key. Copy it whole: it begins with did:key:z6Mk.")


# --- signatures --------------------------------------------------------------------------------


class Signed(Struct, frozen=True):
    """What a token says, and the did:key of whoever signed it."""

    claims: dict[str, Any]
    did: str


def sign(claims: Mapping[str, Any], key: Ed25519PrivateKey) -> str:
    """Claims as a compact JWS (RFC 7515) with EdDSA (RFC 8037); ``iss`` is the signer's did:key.

    The same claims and key give the same token. Raises EvidenceError where the claims can't be written canonically.
    """
    did = did_of(key.public_key())
    signed = f"{_header(did)}.{_encoded(canonical({**claims, 'iss': did}))}"
    return f"{signed}.{_encoded(key.sign(signed.encode()))}"


def verify(token: str) -> Signed:
    """What a token says, if its signature fits the key that it names. Raises EvidenceError with ALTERED.

    That proves only that nothing was changed since: whether to believe the key is for the reader to say.
    """
    parts = token.split(".")
    try:
        header, payload, signature = map(_decoded, parts)
        did = msgspec.json.decode(header)["kid"].partition("#")[0]
        if parts[0] != _header(did):
            raise EvidenceError(ALTERED)
        of_did(did).verify(signature, f"{parts[0]}.{parts[1]}".encode())
        claims = msgspec.json.decode(payload, type=dict[str, Any])
    except (InvalidSignature, ValueError, TypeError, KeyError, AttributeError, RecursionError, EvidenceError):
        raise EvidenceError(ALTERED) from None
    if claims.get("iss") != did:
        raise EvidenceError(ALTERED)
    return Signed(claims, did)


def _header(did: str) -> str:
    """The one header that a signer's tokens have: with any other, nothing is believed."""
    kid = f"{did}#{did.removeprefix(_DID)}"
    return _encoded(canonical({"alg": "EdDSA", "kid": kid, "typ": "JWT"}))


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    """The bytes of base64url text, written in the one way in which it could have been."""
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text):
        raise ValueError(text)
    raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _encoded(raw) != text:
        raise ValueError(text)
    return raw
