"""Where things are kept when nobody says otherwise."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_path


def default_library() -> Path:
    """The library's folder under the user's data folder."""
    return user_data_path("yinzheng") / "library"
