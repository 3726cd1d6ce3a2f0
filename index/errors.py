"""Everything that can be wrong in a way a user can mend. The message says what, where, and what to do."""

from __future__ import annotations


class YinzhengError(Exception):
    """The root: a command prints the message on one line and exits with 2.

    YinzhengError
    ├── ModelUnavailable     the model cannot be loaded from where it was named
    ├── UnreadableFile       a file that cannot become a document
    ├── UnknownLimit         (in limits) a setting that is no limit, or no number
    ├── UnusableQuestion     (in rag) empty, or not text
    ├── UnknownDocument      a name that is no document of the library, or several
    ├── UnknownCollection    a name that is no collection of the library
    └── LibraryError         the folder cannot be used as it is
        ├── LibraryMissing   there is no library there
        ├── LibraryMismatch  built with another format, splitter or model
        ├── LibraryDamaged   what is stored does not agree with itself
        ├── LibraryBusy      another program is writing, and did not finish in time
        ├── LibraryReadOnly  it may be read and not written
        ├── LibraryUnreachable  the server that keeps it does not do what it is asked
        └── LibraryFull      there is no room for what should be written
    """


class ModelUnavailable(YinzhengError):
    """The model cannot be loaded from where it was named."""


class UnreadableFile(YinzhengError):
    """A file that cannot become a document."""


class UnknownDocument(YinzhengError):
    """A name that is no document of the library, or several."""


class UnknownCollection(YinzhengError):
    """A name that is no collection of the library."""


class LibraryError(YinzhengError):
    """The folder cannot be used as a library as it is."""


class LibraryMissing(LibraryError):
    """There is no library in the folder."""


class LibraryMismatch(LibraryError):
    """The library was built with another format, splitter or model."""


class LibraryDamaged(LibraryError):
    """What is stored does not agree with itself."""


class LibraryBusy(LibraryError):
    """Another program is writing to the library, and did not finish in time."""


class LibraryReadOnly(LibraryError):
    """The library may be read and not written."""


class LibraryFull(LibraryError):
    """There is no room on the disk for what should be written."""


class LibraryUnreachable(LibraryError):
    """The server that keeps the library cannot be reached, or does not do what it is asked."""
