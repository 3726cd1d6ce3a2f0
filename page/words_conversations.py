"""What the Conversations tab says, in Chinese and in English."""

from __future__ import annotations

from dataclasses import dataclass

from page.words import Words


@dataclass(frozen=True, slots=True)
class ConversationWords:
    """Names in braces are filled in with str.format, `{count}` also by the script."""

    tab: str
    search: str
    none: str
    none_found: str
    questions: str
    open: str
    rename: str
    save: str
    name: str
    delete: str
    really: str
    export: str
    formats: dict[str, str]
    stale: str
    unreachable: str
    kept_where: str


_CHINESE = ConversationWords(
    tab="对话",
    search="在问题、答案和引文中查找",
    none="还没有对话。提问之后，对话会自动保存在这里。",
    none_found="没有含这些词的对话。",
    questions="{count} 个问题",
    open="打开",
    rename="改名",
    save="保存",
    name="名称",
    delete="删除",
    really="再按一次删除",
    export="导出",
    formats={"md": "Markdown", "docx": "Word", "json": "JSON"},
    stale="来源已变：引文 {numbers} 所引的文档此后已修改或移除，下面仍是当时的原文。",
    unreachable="没能完成，请刷新页面后再试。",
    kept_where="只保存在本机，只有您自己能看到。",
)
_ENGLISH = ConversationWords(
    tab="Conversations",
    search="Search questions, answers and quotes",
    none="No conversations yet. What you ask is kept here by itself.",
    none_found="No conversation holds these words.",
    questions="{count} questions",
    open="Open",
    rename="Rename",
    save="Save",
    name="Name",
    delete="Delete",
    really="Press again to delete",
    export="Export",
    formats={"md": "Markdown", "docx": "Word", "json": "JSON"},
    stale="Sources changed: where quotes {numbers} are from was changed or removed since; the words are as they were.",
    unreachable="That did not work: reload the page and try again.",
    kept_where="Kept on this machine, and yours alone.",
)


def conversation_words(words: Words) -> ConversationWords:
    """Those of the page's language."""
    return _CHINESE if words.language == "zh" else _ENGLISH
