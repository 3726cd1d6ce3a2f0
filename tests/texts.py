"""Texts in every script, for hypothesis."""

from __future__ import annotations

import re

from hypothesis import strategies as st

_PIECES = (
    "武汉中小企业总量已突破124万家。",
    "他说：“今天下雨。”然后走了。",
    "18.55万家！真的吗？",
    "私は行く。「はい。」と言った。",
    "คนไทยรักสงบ แต่ถึงรบไม่ขลาด",
    "مرحبا. كيف حالك؟ جيد.",
    "नमस्ते। आप कैसे हैं?",
    "Dr. Smith paid 3.5 dollars. Really?",
    "Сколько стоит? 5 руб.",
    "Γειά σου. Τι κάνεις;",
    "e\u0301tude cafe\u0301",
    "👩‍👩‍👧 😀 🇨🇳",
    "\u200f\u202e",
    "\ufeff",
    "\x00",
    "𠮷野家",
    "# 标题\n",
    "## A heading ##\n",
    "Title\n=====\n",
    "- item\n- other\n",
    "| a | b |\n|---|---|\n| 1 | 2 |\n",
    "```\ncode\n```\n",
    "> quoted\n",
    "---\n",
    "\n",
    "\n\n",
    "\r\n",
    "\r\n\r\n",
    "\r",
    "\u2028",
    "\x85",
    " ",
    "\t",
    "\u3000",
)

ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=60)
TEXTS = st.lists(st.one_of(st.sampled_from(_PIECES), ANY_TEXT), max_size=14).map("".join)
# What a text file may hold: where every other character is a control character, it is refused as no text.
WRITTEN_TEXTS = TEXTS.map(lambda text: re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", "", text))
