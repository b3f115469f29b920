"""One way of writing JSON, one key a folder, and signatures that no changed character survives."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from course.errors import EvidenceError
from course.evidence import signing
from course.evidence.signing import ALTERED, KEY_FILE, canonical, did_of, of_did, own_key, read_trusted, sign, verify
from tests.signed import KEY, OTHER_KEY, many

DID = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"
"""Of the key whose seed is 32 zero bytes: the first test vector of the did:key method."""

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

# --- canonical JSON ---

NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(1e-4, 2**53, exclude_max=True) | st.just(-0.0)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=10,
)


def test_the_example_of_rfc_8785_comes_out_as_printed_there() -> None:
    text = (
        '{"numbers":[333333333.33333329,4.50,2e-3],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/",'
    )
    text += (
        '"literals":[null,true,false],"\\u20ac":1,"\\r":2,"\\ufb33":3,"1":4,"\\ud83d\\ude00":5,"\\u0080":6,"\\u00f6":7}'
    )
    assert canonical(json.loads(text)).decode() == (
        '{"\\r":2,"1":4,"literals":[null,true,false],"numbers":[333333333.3333333,4.5,0.002],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/","\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}'
    )


@many
@given(VALUES)
def test_equal_values_give_equal_bytes_that_say_the_same(value: object) -> None:
    written = canonical(value)
    assert json.loads(written) == value
    assert canonical(json.loads(written)) == written


def test_whole_numbers_are_written_alike_whatever_their_type() -> None:
    assert canonical([1.0, 1, -0.0, 1e15]) == b"[1,1,0,1000000000000000]"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e-7, 2**53, 1e300, b"x", {1: 2}, {1}, "half \ud83d"])
def test_what_could_be_written_in_two_ways_is_refused(value: object) -> None:
    with pytest.raises(EvidenceError, match="can't be signed"):
        canonical({"deep": [value]})


# --- keys ---


def test_a_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "né"
    first = own_key(folder)
    assert own_key(folder).private_bytes_raw() == first.private_bytes_raw()
    assert [path.name for path in folder.iterdir()] == [KEY_FILE]
    if os.name == "posix":
        assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600


def test_processes_that_start_at_once_get_the_same_key(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from course.evidence.signing import own_key; print('ready', flush=True); input();"
        f"print(own_key(pathlib.Path({str(tmp_path)!r})).private_bytes_raw().hex())"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    started = [subprocess.Popen([sys.executable, "-c", program], text=True, **pipes) for _ in range(4)]
    try:
        for process in started:
            assert process.stdout and process.stdout.readline() == "ready\n"
        for process in started:
            assert process.stdin
            process.stdin.write("\n")
            process.stdin.flush()
        said = {process.communicate(timeout=30)[0] for process in started}
    finally:
        for process in started:
            process.kill()
    assert said == {own_key(tmp_path).private_bytes_raw().hex() + "\n"}
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_a_key_that_another_process_made_first_stays(tmp_path: Path) -> None:
    before = own_key(tmp_path).private_bytes_raw()
    signing._make(tmp_path / KEY_FILE)  # as one that saw no key a moment ago
    assert own_key(tmp_path).private_bytes_raw() == before


@pytest.mark.parametrize(
    "content", [b"", b"not a key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_a_damaged_key_is_said_and_left_as_it_is(content: bytes, tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_bytes(content)
    with pytest.raises(EvidenceError, match=r"is no signing key any more\. Restore it from a backup"):
        own_key(tmp_path)
    assert (tmp_path / KEY_FILE).read_bytes() == content


def test_a_folder_that_can_not_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EvidenceError, match="can't be read or made"):
        own_key(tmp_path / "file" / "folder")


# --- whom to trust ---


def test_a_did_key_is_its_public_key_and_back() -> None:
    assert did_of(KEY.public_key()) == DID
    assert of_did(DID).public_bytes_raw() == KEY.public_key().public_bytes_raw()


@many
@given(st.binary(min_size=32, max_size=32), st.integers(8, 55), st.sampled_from(ALPHABET))
def test_a_did_key_with_another_character_never_names_the_same_key(seed: bytes, place: int, symbol: str) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    did = did_of(key)
    assert of_did(did) == key
    other = did[:place] + symbol + did[place + 1 :]
    if other != did:
        try:
            assert did_of(of_did(other)) == other  # another key's name, which is another key
        except EvidenceError as error:
            assert "Copy it whole" in str(error)


@pytest.mark.parametrize(
    "did",
    [
        "did:key:",
        "did:web:example.org",
        f"{DID}1",
        DID[:-1],
        DID.lower(),
        f"{DID[:9]}1{DID[9:]}",
        "did:key:z" + "z" * 59,
    ],
)
def test_a_did_that_names_no_such_key_is_refused(did: str) -> None:
    with pytest.raises(EvidenceError, match=r"no did:key of an Ed25519 key"):
        read_trusted(did)


def test_a_trusted_key_is_named_in_several_ways(tmp_path: Path) -> None:
    pem, text = tmp_path / "key.pem", tmp_path / "key.txt"
    pem.write_bytes(signing.public_pem(KEY))
    text.write_text(f"{DID}\n")
    for named in (DID, f"{DID}#{DID[8:]}", str(pem), pem, text):
        assert read_trusted(named) == KEY.public_key()


def test_a_key_that_is_none_to_trust_is_said(tmp_path: Path) -> None:
    private, elliptic, letter = (tmp_path / name for name in ("private.pem", "elliptic.pem", "letter.txt"))
    private.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    elliptic.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    letter.write_text("Dear Ms. Vega")
    for file, sentence in (
        (private, "private half of a key, which should never leave its owner. Ask for the public half"),
        (elliptic, "no public Ed25519 key"),
        (letter, "no public Ed25519 key"),
        (tmp_path / "nowhere", "can't be read"),
    ):
        with pytest.raises(EvidenceError, match=sentence):
            read_trusted(file)


# --- signatures ---

CLAIMS = {"name": "Dana Vega", "points": 18.5, "nested": {"yes": True}}
TOKEN = sign(CLAIMS, KEY)


def test_what_was_signed_is_read_again_with_its_signer() -> None:
    assert sign(CLAIMS, KEY) == TOKEN
    signed = verify(TOKEN)
    assert (signed.claims, signed.did) == ({**CLAIMS, "iss": DID}, DID)
    assert verify(sign(CLAIMS, OTHER_KEY)).did != DID


def refused(token: str) -> None:
    with pytest.raises(EvidenceError) as error:
        verify(token)
    assert str(error.value) == ALTERED


def test_no_character_can_be_replaced_by_its_neighbours() -> None:
    for place, old in enumerate(TOKEN):
        here = ALPHABET.find(old)
        for symbol in {ALPHABET[here - 1], ALPHABET[(here + 1) % 64], ".", "=", "\n", "é"} - {old}:
            refused(TOKEN[:place] + symbol + TOKEN[place + 1 :])


@many
@given(st.integers(0, len(TOKEN) - 1), st.characters())
def test_no_character_can_be_replaced_taken_out_or_put_in(place: int, symbol: str) -> None:
    if symbol != TOKEN[place]:
        refused(TOKEN[:place] + symbol + TOKEN[place + 1 :])
    refused(TOKEN[:place] + TOKEN[place + 1 :])
    refused(TOKEN[:place] + symbol + TOKEN[place:])


def test_a_header_of_another_kind_is_never_believed() -> None:
    def encoded(value: object) -> str:
        return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    head, payload, signature = TOKEN.split(".")
    for change in ({"alg": "none"}, {"alg": "HS256"}, {"kid": 3}, {"kid": "did:web:x"}, {"crit": ["exp"]}, {"jwk": {}}):
        header = encoded({**json.loads(urlsafe_b64decode(head + "==")), **change})
        raw = KEY.sign(f"{header}.{payload}".encode())
        refused(f"{header}.{payload}.{urlsafe_b64encode(raw).rstrip(b'=').decode()}")
        refused(f"{header}.{payload}.")
    refused(f"{head}.{payload}")
    refused("")
    refused(sign(CLAIMS, OTHER_KEY).rpartition(".")[0] + "." + signature)


@pytest.mark.parametrize("payload", [b"[]", b"{", b"[" * 100_000, b'{"iss": "did:key:z6Mk"}', b"{}", b"\xff"])
def test_a_signature_over_something_else_is_no_record(payload: bytes) -> None:
    text = f"{TOKEN.split('.')[0]}.{urlsafe_b64encode(payload).rstrip(b'=').decode()}"
    refused(f"{text}.{urlsafe_b64encode(KEY.sign(text.encode())).rstrip(b'=').decode()}")
