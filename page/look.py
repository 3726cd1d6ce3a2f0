"""How the page looks: what `Blocks.launch` is to be called with. Nothing of it comes from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

_FOLDER = Path(__file__).parent

# Fonts of the reader's own system; Gradio's themes fetch theirs from a font service by default.
SANS = ("system-ui", "-apple-system", "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Consolas", "Noto Sans Mono CJK SC", "monospace")


def look() -> dict[str, Any]:
    """Theme, styles and icon, and no links to Gradio's own pages."""
    theme = gr.themes.Base(font=list(SANS), font_mono=list(MONO))
    names = ("style", "settings", "conversation", "writing", "document", "documents", "evidence", "conversations")
    style = "\n".join(source(f"{name}.css") for name in names)
    return {
        "theme": theme,
        "head": f"<style>{style}</style><script>{source('head.js')}</script>",
        "favicon_path": _FOLDER / "seal.svg",
        "footer_links": [],
        "run_history": False,
    }


def source(name: str) -> str:
    """The text of a file of this package."""
    return (_FOLDER / name).read_text(encoding="utf-8")
