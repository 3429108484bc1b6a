"""Sealing: what turns words into bytes that only a link opens, and back.

Knows keys, codes and bytes. Does not know what is sealed, or where it is kept. The design is written down in
docs/decisions/0008-sealing.md.
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable
from json.encoder import encode_basestring_ascii
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

# The first byte of everything sealed: how it was done. Another way gets another number, and this one stays readable.
VERSION = 1
CODE_BYTES = 20  # 160 random bits
CODE_LENGTH = CODE_BYTES * 8 // 5
KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
HASH_BYTES = 32
MARK_BYTES = 4
# What is sealed is made up to a multiple of this, so that its length does not tell which answer was chosen: all that
# can be ticked on a page fits into one.
BLOCK = 384

# Digits and letters that are not taken for one another when they are read from paper (Crockford's base 32).
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LETTERS = frozenset(_ALPHABET)
_TO_CODE = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", _ALPHABET)
_READ_AS = str.maketrans("OIL", "011")
# What may stand between the letters of a code. In a link, what follows its letters is not part of it.
_BETWEEN = " \t\r\n\xa0-\u2010\u2011\u2013_."
_FIRST = re.compile(rf"(?:[0-9A-Z][{re.escape(_BETWEEN)}]*){{{CODE_LENGTH}}}(?![0-9A-Z])")


class NotOpened(Exception):
    """There is no such preparation, or the link is not one of its people's: the answer is the same."""


def new_code() -> str:
    """A new secret for a person's link: 32 digits and letters."""
    return base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode().translate(_TO_CODE)


def code_in(typed: str) -> str | None:
    """The code in what somebody pasted or typed: a whole link, with more of the mail around it or not; or the code
    alone, with or without hyphens, in any case. None if there is none."""
    _, link, after = typed.upper().rpartition("#")
    found = _FIRST.match(after) if link else None
    code = "".join(c for c in (found[0] if found else after) if c not in _BETWEEN).translate(_READ_AS)
    return code if is_code(code) else None


def is_code(code: str) -> bool:
    """Has the form of a code, as `new_code` makes them."""
    return len(code) == CODE_LENGTH and _LETTERS.issuperset(code)


def grouped(code: str) -> str:
    """A code as people read it: eight groups of four."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


class Sealer:
    """Makes and opens what is kept. The pepper is the server's own part of every key: without it, a stolen file stays
    shut even to somebody who holds a link."""

    def __init__(self, pepper: str = "") -> None:
        self._pepper = pepper.encode()

    def code_hash(self, code: str) -> bytes:
        """What is kept of a code, to find its person by. A plain keyed hash will do for 160 random bits: there is
        nothing to guess."""
        return hmac.digest(self._pepper, b"which-cells code\0" + code.encode("utf-8", "replace"), "sha256")

    def name_of(self, label: str, words: str) -> str:
        """A name under which something public can be found again without its being readable."""
        return hmac.new(self._pepper, f"which-cells {label}\0{words}".encode(), "sha256").hexdigest()

    @property
    def mark(self) -> bytes:
        """What the pepper is known again by: enough to notice a mistake, and little to try guesses on. A long random
        text cannot be guessed anyway; a short one can."""
        return hmac.digest(self._pepper, b"which-cells pepper", "sha256")[:MARK_BYTES]

    def key_from(self, secret: str, place: str) -> bytes:
        """The key that a secret makes for one place, such as a preparation."""
        salt = hashlib.sha256(self._pepper + b"\0" + place.encode("utf-8", "replace")).digest()
        return HKDF(SHA256(), KEY_BYTES, salt, b"which-cells key 1").derive(secret.encode("utf-8", "replace"))


_read = json.JSONDecoder().raw_decode
# A key, or what `prepared` made of one.
AnyKey = bytes | AESGCM


def prepared(key: bytes) -> AESGCM:
    """A key made ready, for whoever opens many rows with it. It is as secret as the key, and is kept no longer."""
    return AESGCM(key)


def new_key() -> bytes:
    """A random key for one preparation."""
    return secrets.token_bytes(KEY_BYTES)


def seal(key: AnyKey, content: bytes, *row: object) -> bytes:
    """Seals bytes for one row: they open only with this key, and only in this row."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return bytes([VERSION]) + nonce + _ready(key).encrypt(nonce, content, _bound(row))


def unseal(key: AnyKey, sealed: bytes, *row: object) -> bytes:
    """Opens what `seal` made. Raises NotOpened where key or row are others, or where a byte was changed."""
    # In a file that somebody changed, anything may stand where bytes were.
    if not isinstance(sealed, bytes) or len(sealed) <= NONCE_BYTES or sealed[0] != VERSION:
        raise NotOpened
    nonce, rest = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return _ready(key).decrypt(nonce, rest, _bound(row))
    except (InvalidTag, ValueError):
        raise NotOpened from None


def is_sealed(sealed: object, *, length: int | None = None) -> bool:
    """Has the form of what `seal` made of so many bytes; without a length, of what `seal_words` made. Whether it opens
    is known to whoever has the key."""
    if not isinstance(sealed, bytes) or sealed[:1] != bytes([VERSION]):
        return False
    within = len(sealed) - 1 - NONCE_BYTES - TAG_BYTES
    return within == length if length is not None else within > 0 and within % BLOCK == 0


def seal_words(key: AnyKey, content: object, *row: object) -> bytes:
    """Seals what JSON can say, made up to whole blocks."""
    written = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return seal(key, written.ljust(-(-len(written) // BLOCK) * BLOCK), *row)  # JSON may end in spaces


def unseal_words(key: AnyKey, sealed: bytes, *row: object) -> object:
    """Opens what `seal_words` made. Raises NotOpened as `unseal` does."""
    # What opens is what we sealed: nobody need look whether there is anything behind it but the spaces.
    return _read(unseal(key, sealed, *row).decode("utf-8", "surrogatepass"))[0]


def _ready(key: AnyKey) -> AESGCM:
    return AESGCM(key) if isinstance(key, bytes) else key


def _bound(row: tuple[object, ...]) -> bytes:
    """What a sealed text is bound to: as JSON, so that two rows never come to the same bytes. Put together by hand:
    this is done for every row that is read, and an encoder takes as long as the opening."""
    return f"[{VERSION}{''.join([',' + _JSON.get(type(value), json.dumps)(value) for value in row])}]".encode()


_JSON: dict[type, Callable[[Any], str]] = {str: encode_basestring_ascii, int: int.__repr__}
