"""Settings, read from the environment (names begin with WHICH_CELLS_). README lists them all."""

import re
from collections.abc import Iterable
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.guide.errors import nearest

ROOT = Path(__file__).resolve().parent.parent
_PREFIX = "WHICH_CELLS_"
# Not of the guide, but of its tests.
_TESTS = f"{_PREFIX}TEST_"


class Settings(BaseSettings):
    """Where things are and how to serve; every field has a default that suits one machine."""

    # A value may be a secret, or hold one: no error shows it.
    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, hide_input_in_errors=True)

    # What keeps the preparations: the path of an SQLite file, or a PostgreSQL address (postgresql://name@host/database).
    database: Annotated[str, BeforeValidator(str)] = Field(default=str(ROOT / "var" / "which-cells.db"), repr=False)
    # The folder of the question pack to serve.
    pack: Path = ROOT / "questions" / "parkinsons"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    # How many processes serve, each with its own interpreter; they share the database and the place to listen.
    workers: int = Field(default=1, ge=1, le=64)
    # Whose word counts on where a request came from: the addresses or networks of proxies in front, with commas.
    proxies: str = "127.0.0.1,::1"
    # How many times as often as usual one address may ask; 0: as often as it likes.
    limits: float = Field(default=1, ge=0, allow_inf_nan=False)
    # Serve the htmx script from this server instead of the CDN: then nothing at all leaves.
    local_script: bool = False
    # The public address begins with https: cookies are then marked Secure and carry the __Host- prefix.
    https: bool = False
    # The public address. With it, links begin with it, and requests for any other host are refused.
    address: str = ""
    # The server's own part of every key: a long random text that is kept apart from the database and its backups.
    # Whoever loses or changes it, shuts every preparation for good.
    pepper: str = Field(default="", repr=False)
    # Whether people may have a trial's number looked up from here, and whom we then ask.
    look_up: bool = True
    look_up_address: str = "https://clinicaltrials.gov"
    # Lines to read, or one JSON object a line.
    logs: Literal["plain", "json"] = "plain"
    # Where counts are served for Prometheus, apart from the pages: a host and a port. Empty: nothing is counted.
    metrics: str = ""

    @field_validator("database")
    @classmethod
    def _is_a_path_or_postgresql(cls, database: str) -> str:
        if not database:
            raise ValueError("this has to be the path of an SQLite file or a PostgreSQL address")
        scheme, found, rest = database.partition("://")
        if found and scheme not in ("postgresql", "postgres"):
            raise ValueError("of addresses, this takes those alone that begin with postgresql://")
        # Otherwise a part of the password would be taken for a host, which the error of a failed look-up names.
        if found and not re.fullmatch(r"([^@/?]*@)?[^@?]*(\?[^@]*)?", rest):
            raise ValueError("in its name and password, write @ as %40, / as %2F and ? as %3F")
        return database

    @field_validator("host")
    @classmethod
    def _is_somewhere(cls, host: str) -> str:
        # Otherwise a line left empty would open the guide to the whole network.
        if not host.strip():
            raise ValueError("this has to be a host such as 127.0.0.1; 0.0.0.0 is reached from everywhere")
        return host

    @field_validator("pepper")
    @classmethod
    def _is_text(cls, pepper: str) -> str:
        try:
            pepper.encode()
        except UnicodeEncodeError:
            raise ValueError("this has to be text in UTF-8, such as openssl rand -base64 48 makes") from None
        return pepper

    @field_validator("look_up_address")
    @classmethod
    def _is_an_address(cls, address: str) -> str:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.username:
            raise ValueError("this has to be an address such as https://clinicaltrials.gov")
        return address.rstrip("/")

    @field_validator("metrics")
    @classmethod
    def _is_a_place(cls, place: str) -> str:
        fits = re.fullmatch(r"(?:[\w.-]+|\[[0-9a-f:]+\]):(\d{1,5})", place, re.ASCII)
        if place and not (fits and 0 < int(fits[1]) <= 65535):
            raise ValueError("this has to be a host and a port such as 127.0.0.1:9100")
        return place

    @field_validator("address")
    @classmethod
    def _is_public(cls, address: str, info: ValidationInfo) -> str:
        if not address:
            return address
        if not re.fullmatch(r"https?://[\w.-]+(:\d{1,5})?/?", address, re.ASCII):
            raise ValueError("this has to be an address such as https://guide.example.org, without anything behind it")
        if address.startswith("https:") != info.data.get("https"):
            raise ValueError("this begins with https if WHICH_CELLS_HTTPS is true, and only then")
        return address.rstrip("/").lower()

    @field_validator("proxies")
    @classmethod
    def _are_addresses(cls, proxies: str) -> str:
        for each in filter(None, (part.strip() for part in proxies.split(","))):
            try:
                ip_network(each)
            except ValueError:
                raise ValueError(f"{each!r} is not an address or a network such as 172.16.0.0/12") from None
        return proxies


def not_settings(environment: Iterable[str]) -> list[str]:
    """A sentence for each name in an environment that looks like a setting and is none: otherwise a slip of the pen
    would be believed to have been heard."""
    known = [_PREFIX + name.upper() for name in Settings.model_fields]
    odd = (name for name in environment if name.upper().startswith(_PREFIX) and not name.upper().startswith(_TESTS))
    says = "{} is no setting, so it changes nothing.{}"
    return [says.format(name, nearest(name, known)) for name in odd if name.upper() not in known]
