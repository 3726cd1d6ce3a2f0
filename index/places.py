"""Where things are kept when nobody says otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from platformdirs import user_data_path

from index.errors import LibraryMissing

_MILVUS, _MILVUS_TLS = "milvus://", "milvus+tls://"
_LONGEST_NAME = 64

LIBRARY_HELP = f"the library's folder, or {_MILVUS}HOST:PORT/NAME / 文档库的文件夹或地址"


def default_library() -> Path:
    """The library's folder under the user's data folder."""
    return user_data_path("yinzheng") / "library"


@dataclass(frozen=True, slots=True)
class MilvusAddress:
    """A library in Milvus. `uri` is what the server answers at, `name` what the library's collections begin with."""

    uri: str
    name: str

    @property
    def shown(self) -> str:
        """The address as a user gives it."""
        return f"{_MILVUS if self.uri.startswith('http:') else _MILVUS_TLS}{urlsplit(self.uri).netloc}/{self.name}"


def milvus_address(place: Path) -> MilvusAddress | None:
    """The address that a path stands for, which a command line has made of it; None for a folder.

    Raises LibraryMissing for one that begins as an address does and is none.

    >>> milvus_address(Path("milvus://db.example:19530/reports"))
    MilvusAddress(uri='http://db.example:19530', name='reports')
    """
    first, *rest = place.parts or ("",)
    if first not in ("milvus:", "milvus+tls:"):
        return None
    if len(rest) != 2 or not rest[1].isidentifier() or not rest[1].isascii() or len(rest[1]) > _LONGEST_NAME:
        raise LibraryMissing(
            f"{first}//{'/'.join(rest)} is no address of a library in Milvus: it is {_MILVUS}HOST:PORT/NAME, the name "
            f"of letters, digits and _, not more than {_LONGEST_NAME}. 地址格式有误"
        )
    return MilvusAddress(f"{'http' if first == 'milvus:' else 'https'}://{rest[0]}", rest[1])


def beside(library: Path, part: str) -> Path:
    """The folder of what belongs to a library and does not go with its documents: evidence, accounts, …

    >>> beside(Path("/data/library"), "evidence").name
    'library-evidence'
    """
    address = milvus_address(library)
    if address is not None:  # on this machine: they are of those who ask here, and not of the library
        host = "".join(character if character.isalnum() else "-" for character in urlsplit(address.uri).netloc)
        return user_data_path("yinzheng") / f"milvus-{host}-{address.name}-{part}"
    library = library.resolve()
    return library.with_name(f"{library.name}-{part}")


def shown_place(place: Path) -> str:
    """A library's folder, or its address, as a user gives it."""
    address = milvus_address(place)
    return str(place) if address is None else address.shown


def text_of(given: Path | str) -> str:
    """A path or an argument as text; bytes that are not UTF-8 are written out.

    Where the locale is C, Python has kept every byte beyond ASCII as a surrogate.
    """
    return str(given).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def source_of(path: Path) -> str:
    """What a file on the disk is known by: its whole path, links followed."""
    try:
        return text_of(path.resolve())
    except (OSError, ValueError):  # too long, or nothing that the file system could hold
        return text_of(path)
