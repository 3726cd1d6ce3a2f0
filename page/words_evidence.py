"""What the page says of evidence for reports, in Chinese and in English."""

from __future__ import annotations

from dataclasses import dataclass

from page.words import CHINESE, Words


@dataclass(frozen=True, slots=True)
class EvidenceWords:
    """Every text of the Evidence tab in one language; names in braces are filled in with str.format, or by the page."""

    tab: str
    default_report: str
    add: str
    held: str
    also_held: str
    add_selection: str
    cut_said: str
    add_marked: str
    working: str
    unreachable: str
    report: str
    option: str
    no_reports: str
    manage: str
    new_name: str
    create: str
    rename: str
    rename_to: str
    delete: str
    delete_really: str
    entries: str
    no_entries: str
    up: str
    down: str
    drag: str
    remove: str
    note: str
    note_hint: str
    asked: str
    answer: str
    speaker: str
    states: dict[str, str]
    follow: str
    cautions: dict[str, str]
    adjust: str
    before: str
    after: str
    nothing_before: str
    nothing_after: str
    before_adding: str
    wider_before: str
    narrower_before: str
    wider_after: str
    narrower_after: str
    mentions: str
    mentions_why: str
    term: str
    find: str
    find_speaking: str
    within: str
    everywhere: str
    read: str
    no_speaking: str
    counted: str
    no_mentions: str
    group: str
    add_all: str
    not_shown: str
    export: str
    formats: dict[str, str]
    format: str
    style: str
    style_hint: str
    bibliography: str
    download: str
    verify: str
    verify_why: str
    file: str
    check: str
    marked_html: str
    marked_word: str
    too_large: str
    checked: str
    no_quotations: str
    verdicts: dict[str, str]
    elsewhere: str
    wrong_document: str
    misplaced: dict[str, str]
    more_places: str
    pieces: str
    in_report: str
    in_source: str
    nearest: str
    figures: str
    figure_states: dict[str, str]
    absence: str
    absences: str
    absence_said: str
    absence_states: tuple[str, str]
    absence_json: str
    absence_text: str
    said_added: str
    said_again: str
    said_all: str
    said_note: str
    said_removed: str
    said_created: str
    said_renamed: str
    said_deleted: str
    said_exported: str
    said_absence: str
    changed_meanwhile: str
    no_place: str
    style_file: str


EVIDENCE_CHINESE = EvidenceWords(
    tab="证据",
    default_report="报告",
    add="加入证据",
    held="已在“{report}”中",
    also_held="加入证据（已在“{report}”中）",
    cut_said="{said}。注意：{cut}",
    add_selection="加入选中的 {count} 字（E）",
    add_marked="加入标出的引文（E）",
    working="正在处理……",
    unreachable="没有做成：与程序的连接断了。请确认程序还在运行，再试一次。",
    report="报告",
    option="{name}（{count} 条）",
    no_reports="还没有报告。加入第一条引文时会建立一个，也可以先在这里新建。",
    manage="新建、改名、删除",
    new_name="新报告的名称",
    create="新建",
    rename="改名",
    rename_to="现有报告的新名称",
    delete="删除这份报告的证据",
    delete_really="再按一次：删除全部 {count} 条",
    entries="引文",
    no_entries="还没有引文。在回答、原文或“全部提及”中按“加入证据”。",
    up="上移第 {place} 条",
    drag="拖动以调整次序",
    down="下移第 {place} 条",
    remove="移除第 {place} 条",
    note="备注",
    note_hint="写给自己的话，会随报告一起导出",
    asked="所答问题：{question}",
    answer="答案：{answer}",
    speaker="说话人：{name}",
    states={
        "current": "原文未变",
        "moved": "文档已更新，这些字移到了别处",
        "changed": "文档已更新，其中不再有这些字",
        "gone": "文档已不在资料库中",
    },
    follow="改用新的位置",
    cautions={
        "negation": "截取时略去了否定词：",
        "condition": "截取时略去了条件：",
        "attribution": "截取时略去了出处说明：",
    },
    adjust="前后文与增减",
    before="前一句",
    after="后一句",
    nothing_before="前面没有了。",
    nothing_after="后面没有了。",
    before_adding="加入前增减句子",
    wider_before="开头多取一句",
    narrower_before="开头少取一句",
    wider_after="结尾多取一句",
    narrower_after="结尾少取一句",
    mentions="全部提及",
    mentions_why="逐字查遍所有文档，一处不漏。繁简、全半角、数字写法（一百与 100）视为相同。",
    term="词语、数字，或一个问题",
    find="查找",
    find_speaking="判读：与此问题有关的段落",
    within="范围",
    everywhere="所有文档",
    read="由模型从最相近的段落读起，直到连续多段无关为止：共 {passages} 段，读了 {read} 段。",
    no_speaking="没有读到与此有关的段落。",
    counted="“{term}”：{documents} 份文档，共 {count} 处",
    no_mentions="所有文档中都没有“{term}”。",
    group="{count} 处",
    add_all="加入这份文档的全部 {count} 句",
    not_shown="另有 {count} 句未列出，“加入全部”包括它们。",
    export="导出",
    formats={
        "docx": "Word（.docx）",
        "odt": "OpenDocument（.odt）",
        "md": "Markdown（.md）",
        "html": "网页（.html）",
        "csv": "表格（.csv）",
        "xlsx": "Excel（.xlsx）",
        "bib": "BibTeX（.bib）",
        "json": "CSL-JSON（.json）",
    },
    format="格式",
    style="引注样式",
    style_hint="GB/T 7714-2015 顺序编码制",
    bibliography="自己的文献库（可选：.bib、.ris、CSL-JSON）",
    download="下载",
    verify="核对成稿",
    verify_why="逐条查对稿中的引文，指出改动之处。稿件只在本机读取，不会留存。",
    file="稿件（Word、OpenDocument、Markdown、网页、PDF、纯文本）",
    check="核对",
    marked_html="下载标注稿（网页）",
    marked_word="下载标注稿（Word 批注）",
    too_large="文件超过 {most} MB，不能核对。",
    checked="《{name}》：{count} 条引文，{good} 条无误；查对了 {documents} 份文档",
    no_quotations="稿中没有可核对的引文（引号中至少 8 个汉字或 5 个词）。",
    verdicts={
        "exact": "逐字一致",
        "typographic": "仅排印不同",
        "altered": "文字有改动",
        "not found": "未找到",
        "source changed": "原文已更换",
    },
    elsewhere="逐字一致，但不在引注所指的位置",
    wrong_document="引注所指并非这份文档",
    misplaced={
        "page": "引注写第 {cited} 页，原文在第 {actual} 页",
        "heading": "引注写“{cited}”，原文在“{actual}”之下",
        "author": "引注作者写作{cited}，文档的作者是{actual}",
    },
    more_places="另有 {count} 处也有这些字",
    pieces="分 {count} 段，中间有标明的省略",
    in_report="稿中",
    in_source="原文",
    nearest="资料库中没有与此相近的文字。",
    figures="与所引原文不符的数字",
    figure_states={"elsewhere": "在所引文档的别处，不在引文所在段落", "not there": "所引文档中没有"},
    absence="记录未找到",
    absences="未找到的记录",
    absence_said="{when}，检索 {documents} 份文档、{passages} 段，未找到答案",
    absence_states=("资料库至今未变", "此后资料库有变化"),
    absence_json="下载记录（.json）",
    absence_text="下载文字（.md）",
    said_added="已加入“{report}”，第 {place} 条",
    said_again="早已在“{report}”中，第 {place} 条",
    said_all="已加入“{report}”：{count} 句",
    said_note="备注已保存",
    said_removed="已移除",
    said_created="已建立“{report}”",
    said_renamed="已改名为“{report}”",
    said_deleted="已删除“{report}”",
    said_exported="已导出：{file}",
    said_absence="已记录，与“{report}”一起保存",
    changed_meanwhile="没有加入：此处的文字与所见不同，文档可能已被替换。请重新打开原文。",
    no_place="没有加入：这个位置不在资料库的任何文字之中，文档可能已被移除。",
    style_file="请写样式的名称，例如 apa；文件请用命令 python -m rag export。",
)

EVIDENCE_ENGLISH = EvidenceWords(
    tab="Evidence",
    default_report="Report",
    add="Add to evidence",
    held="In “{report}”",
    also_held="Add to evidence (it is in “{report}”)",
    cut_said="{said}. Note: {cut}",
    add_selection="Add the {count} characters selected (E)",
    add_marked="Add the marked quote (E)",
    working="Working …",
    unreachable="Nothing was done: the program does not answer. Check that it is running, and try again.",
    report="Report",
    option="{name} ({count})",
    no_reports="There is no report yet. The first quote you add makes one, or make one here.",
    manage="New, rename, delete",
    new_name="Name of a new report",
    create="Make",
    rename="Rename",
    rename_to="New name of this report",
    delete="Delete this report's evidence",
    delete_really="Press again: delete all {count} quotes",
    entries="Quotes",
    no_entries="No quotes yet. Press “Add to evidence” at an answer, in a document, or under “All mentions”.",
    up="Move quote {place} up",
    drag="Drag to change the order",
    down="Move quote {place} down",
    remove="Remove quote {place}",
    note="Note",
    note_hint="For yourself; it is exported with the report",
    asked="Question it answered: {question}",
    answer="Answer: {answer}",
    speaker="Who spoke: {name}",
    states={
        "current": "The source is unchanged",
        "moved": "The document was replaced; these words stand elsewhere in it",
        "changed": "The document was replaced; these words are no longer in it",
        "gone": "The document is no longer in the library",
    },
    follow="Use the new place",
    cautions={
        "negation": "The cut leaves out a negation:",
        "condition": "The cut leaves out a condition:",
        "attribution": "The cut leaves out who says so:",
    },
    adjust="Context, wider or narrower",
    before="Sentence before",
    after="Sentence after",
    nothing_before="Nothing comes before.",
    nothing_after="Nothing comes after.",
    before_adding="Wider or narrower before adding",
    wider_before="Take in one before",
    narrower_before="Drop the first",
    wider_after="Take in one after",
    narrower_after="Drop the last",
    mentions="All mentions",
    mentions_why=(
        "Goes through every document and misses none. Simplified and traditional, full and half width, "
        "and ways of writing a number match each other."
    ),
    term="Word, number, or question",
    find="Find",
    find_speaking="Read: passages that speak to this question",
    within="In",
    everywhere="All documents",
    read="Read by the model from the nearest on, until many in a row said nothing: {read} of {passages} passages.",
    no_speaking="No passage was found that speaks to it.",
    counted="“{term}”: documents: {documents}, mentions: {count}",
    no_mentions="No document has “{term}”.",
    group="mentions: {count}",
    add_all="Add all {count} sentences of this document",
    not_shown="{count} more sentences are not listed; “Add all” takes them in.",
    export="Export",
    formats={
        "docx": "Word (.docx)",
        "odt": "OpenDocument (.odt)",
        "md": "Markdown (.md)",
        "html": "Web page (.html)",
        "csv": "Table (.csv)",
        "xlsx": "Excel (.xlsx)",
        "bib": "BibTeX (.bib)",
        "json": "CSL-JSON (.json)",
    },
    format="Format",
    style="Citation style",
    style_hint="Chicago notes",
    bibliography="Your bibliography (optional: .bib, .ris, CSL-JSON)",
    download="Download",
    verify="Check a report",
    verify_why="Looks up every quotation of a report and shows what was altered. It is read here, and not kept.",
    file="Report (Word, OpenDocument, Markdown, HTML, PDF, plain text)",
    check="Check",
    marked_html="Download a marked copy (web page)",
    marked_word="Download a marked copy (Word comments)",
    too_large="The file is larger than {most} MB and cannot be checked.",
    checked="{name}: quotations: {count}, right: {good}; documents searched: {documents}",
    no_quotations="The report has no quotations to check (in quote marks, at least 8 Chinese characters or 5 words).",
    verdicts={
        "exact": "Exact",
        "typographic": "Typography differs only",
        "altered": "Altered",
        "not found": "Not found",
        "source changed": "Source changed",
    },
    elsewhere="Exact, but not at the place cited",
    wrong_document="the citation names another document",
    misplaced={
        "page": "the citation says page {cited}, the words stand on page {actual}",
        "heading": "the citation says “{cited}”, the words stand under “{actual}”",
        "author": "the citation names {cited}, the document is by {actual}",
    },
    more_places="{count} more places have these words",
    pieces="in {count} pieces with marked omissions",
    in_report="In the report",
    in_source="In the source",
    nearest="Nothing in the library is like it.",
    figures="Numbers that are not as cited",
    figure_states={
        "elsewhere": "elsewhere in the cited document, not in the cited passage",
        "not there": "not in the cited document",
    },
    absence="Record as not found",
    absences="Records of what was not found",
    absence_said="{when}, documents searched: {documents}, passages: {passages}; no answer found",
    absence_states=("The library is unchanged since", "The library has changed since"),
    absence_json="Download the record (.json)",
    absence_text="Download as text (.md)",
    said_added="Added to “{report}” as quote {place}",
    said_again="Already in “{report}”, quote {place}",
    said_all="Added to “{report}”: {count} sentences",
    said_note="Note saved",
    said_removed="Removed",
    said_created="“{report}” is made",
    said_renamed="Renamed to “{report}”",
    said_deleted="“{report}” is deleted",
    said_exported="Exported: {file}",
    said_absence="Recorded, kept with “{report}”",
    changed_meanwhile=(
        "Not added: the words there differ from those you saw; the document may have been replaced. Open it again."
    ),
    no_place="Not added: no words of the library are there; the document may have been removed.",
    style_file="Give a style's name, for example apa; for a file use python -m rag export.",
)


def evidence_words(words: Words) -> EvidenceWords:
    """Those in the language of the page's other words."""
    return EVIDENCE_CHINESE if words.language == CHINESE.language else EVIDENCE_ENGLISH
