"""What the page says about documents, and where a question is looked for, in Chinese and in English."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DocumentWords:
    """The texts in one language; names in braces are filled in, by str.format or in the browser."""

    language: str
    searching_within: str
    place_cell: str
    within: str
    within_more: str
    within_nothing: str
    within_gone: str
    comma: str
    collection_named: str
    view_ask: str
    view_documents: str
    views: str
    picker: str
    picker_all: str
    picker_some: str
    picker_more: str
    picker_collections: str
    picker_documents: str
    picker_search: str
    picker_reset: str
    picker_none: str
    picker_gone: str
    drop_here: str
    choose_files: str
    choose_folder: str
    drop_how: str
    into_collection: str
    encoding_of_texts: str
    encoding_found: str
    encoding_anew: str
    progress: str
    uploading: str
    adding_waits: str
    adding: str
    seconds_left: str
    added_all: str
    adding_cancelled: str
    adding_failed: str
    addition_gone: str
    upload_failed: str
    adding_busy: str
    left_out: str
    empty_folder: str
    cancel: str
    dismiss: str
    search: str
    shown_count: str
    no_documents: str
    no_match: str
    table: str
    other_files: str
    sort_by: str
    pages_short: str
    passages_short: str
    unfinished: str
    newer_failed: str
    edit: str
    edit_named: str
    remove: str
    remove_named: str
    removed: str
    undo: str
    too_late: str
    forget: str
    forget_named: str
    gone: str
    not_understood: str
    unreachable: str
    details: str
    title: str
    author: str
    publisher: str
    date: str
    url: str
    date_how: str
    save: str
    close: str
    encoding: str
    encoding_by_hand: str
    file_names: str
    in_collections: str
    new_collection: str
    put_in: str
    documents_short: str
    rename: str
    rename_named: str
    dissolve: str
    dissolve_named: str
    dissolve_again: str
    dissolve_sure: str
    page_picture: str
    page_label: str
    page_earlier: str
    page_later: str
    page_opening: str
    page_unmarked: str
    columns: dict[str, str]
    states: dict[str, str]
    outcomes: dict[str, str]


CHINESE = DocumentWords(
    language="zh",
    searching_within="正在所选范围内检索、阅读……",
    place_cell="单元格 {cell}，",
    within="在{names}中",
    within_more="在{names}等 {count} 处中",
    within_gone="所选的检索范围中，有的已不在资料库中；请重新选择检索范围。",
    within_nothing="没有选择任何文档：",
    comma="、",
    collection_named="集合“{name}”",
    view_ask="提问",
    view_documents="文档",
    views="视图",
    picker="检索范围",
    picker_all="在全部文档中",
    picker_some="在 {names} 中",
    picker_more="在所选的 {count} 处",
    picker_collections="集合",
    picker_documents="文档",
    picker_search="查找集合或文档",
    picker_reset="改为全部文档",
    picker_none="没有符合的集合或文档。",
    picker_gone="（已不在资料库中）",
    drop_here="把文件或文件夹拖到这里，或",
    choose_files="选择文件……",
    choose_folder="选择文件夹……",
    drop_how="文本、Markdown、网页、PDF、Word、PowerPoint、Excel、CSV、EPUB 与邮件；可以一次多份。全部在本机处理。",
    encoding_of_texts="文本文件的编码",
    encoding_found="自动识别，或同一文件上次所选",
    encoding_anew="重新自动识别",
    into_collection="放入集合（可不填）",
    progress="添加进度",
    uploading="正在上传第 {number} 份，共 {count} 份：{name}",
    adding_waits="等待模型载入，或前一批文件完成……",
    adding="已完成 {done} / {count}，正在处理 {name}",
    seconds_left="，约剩 {seconds} 秒",
    added_all="{count} 份文件处理完毕。",
    adding_cancelled="已取消；取消前完成了 {done} / {count} 份。",
    adding_failed="没能继续：{reason}",
    addition_gone="这批文件的进度已无从得知，请看下面的列表。",
    adding_busy="前一批文件还在添加中：请等它完成，或先取消。",
    left_out="文件夹中有 {count} 份文件的格式不支持，没有加入。",
    empty_folder="文件夹中没有可读取的文件。",
    upload_failed="没能上传：{reason}。请确认程序还在运行、磁盘未满，再试一次。",
    cancel="取消",
    dismiss="收起",
    search="查找标题、文件名、作者",
    shown_count="{shown} / {count} 份文档",
    no_documents="还没有文档。把文件拖到上面即可添加。",
    no_match="没有符合的文档。",
    table="文档列表",
    other_files="尚不能检索的文件",
    sort_by="按{column}排序",
    pages_short="{count} 页",
    passages_short="{count} 段",
    unfinished="尚未完成，可能中途停止了；请重新添加此文件。",
    newer_failed="较新的版本没能加入，现在检索的是旧版：{reason}",
    edit="编辑",
    edit_named="编辑《{title}》",
    remove="移除",
    remove_named="移除《{title}》",
    removed="已移除《{title}》。",
    undo="撤消",
    too_late="来不及撤消了：文档已经移除。请重新添加文件。",
    forget="不再列出",
    forget_named="不再列出 {name}",
    gone="这份文档已不在资料库中：可能已被移除或替换。",
    not_understood="页面发来的内容无法理解。请刷新页面再试。",
    unreachable="与程序的连接断了。请确认程序还在运行，再试一次。",
    details="引用信息",
    title="标题",
    author="作者",
    publisher="出版者",
    date="日期",
    url="网址",
    date_how="如 2024、2024-03 或 2024-03-05",
    save="保存",
    close="关闭",
    encoding="编码：{encoding}",
    encoding_by_hand="编码：{encoding}（手动选择）",
    file_names="文件：{names}",
    in_collections="所属集合",
    new_collection="新集合",
    put_in="放入",
    documents_short="{count} 份文档",
    rename="改名",
    rename_named="为集合“{name}”改名",
    dissolve="解散",
    dissolve_named="解散集合“{name}”，其中的文档保留",
    dissolve_again="再按一次解散",
    dissolve_sure="再按一次，解散集合“{name}”，其中的文档保留",
    page_picture="第 {page} 页的图像，引文已框出",
    page_label="第 {page} 页",
    page_earlier="引文的上一页",
    page_later="引文的下一页",
    page_opening="正在绘制此页……",
    page_unmarked="此页的位置无法可靠标出；引文见下面的文字。",
    columns={
        "title": "标题",
        "kind": "类型",
        "pages": "页数",
        "passages": "段数",
        "bytes": "大小",
        "added": "加入时间",
        "state": "状态",
    },
    states={
        "waiting": "等待",
        "read": "已读取",
        "split": "已分段",
        "embedded": "已编码",
        "searchable": "可检索",
        "failed": "失败",
    },
    outcomes={
        "added": "已加入，{passages} 段",
        "replaced": "已替换旧版，{passages} 段",
        "unchanged": "没有变化，资料库中已有",
        "failed": "没能加入：{reason}",
    },
)

ENGLISH = DocumentWords(
    language="en",
    searching_within="Searching and reading what you chose …",
    place_cell="cell {cell}, ",
    within="In {names}:",
    within_more="In {names} and others ({count} in all):",
    within_gone="Some of where to look is no longer in the library; choose anew where to look.",
    within_nothing="In nothing (no document was chosen):",
    comma=", ",
    collection_named="the collection “{name}”",
    view_ask="Ask",
    view_documents="Documents",
    views="Views",
    picker="Where to look",
    picker_all="In all documents",
    picker_some="In {names}",
    picker_more="In {count} chosen places",
    picker_collections="Collections",
    picker_documents="Documents",
    picker_search="Find a collection or document",
    picker_reset="Use all documents",
    picker_none="No collection or document matches.",
    picker_gone=" (no longer in the library)",
    drop_here="Drop files or folders here, or",
    choose_files="choose files …",
    choose_folder="choose a folder …",
    drop_how=(
        "Text, Markdown, web pages, PDF, Word, PowerPoint, Excel, CSV, EPUB and e-mail; several at "
        "once. Everything stays on this machine."
    ),
    encoding_of_texts="Encoding of text files",
    encoding_found="Found, or as chosen before",
    encoding_anew="Found anew",
    into_collection="Into a collection (optional)",
    progress="Progress of adding",
    uploading="Uploading file {number} of {count}: {name}",
    adding_waits="Waiting for the models, or for earlier files …",
    adding="{done} of {count} done, now {name}",
    seconds_left=", about {seconds} s left",
    added_all="Finished; files: {count}.",
    adding_cancelled="Cancelled; {done} of {count} had been finished.",
    adding_failed="This could not go on: {reason}",
    addition_gone="The progress of these files is not known any more; see the list below.",
    adding_busy="Files are still being added: wait until that is done, or cancel it.",
    left_out="Left out of the folder, because their format is not read: {count}.",
    empty_folder="There is no readable file in the folder.",
    upload_failed=(
        "The upload failed ({reason}). Check that the program is running and the disk is not full, and try again."
    ),
    cancel="Cancel",
    dismiss="Dismiss",
    search="Find by title, file name or author",
    shown_count="{shown} of {count} documents",
    no_documents="There are no documents yet. Drop files above to add some.",
    no_match="No document matches.",
    table="Documents of the library",
    other_files="Files that cannot be searched",
    sort_by="Sort by {column}",
    pages_short="pages: {count}",
    passages_short="passages: {count}",
    unfinished="Not finished; it may have been interrupted. Add the file again.",
    newer_failed="A newer version could not be added, and the earlier one is searched: {reason}",
    edit="Edit",
    edit_named="Edit “{title}”",
    remove="Remove",
    remove_named="Remove “{title}”",
    removed="Removed “{title}”.",
    undo="Undo",
    too_late="It is too late to undo: the document is gone. Add the file again.",
    forget="Remove from the list",
    forget_named="Remove {name} from the list",
    gone="This document is no longer in the library: it may have been removed or replaced.",
    not_understood="What the page sent was not understood. Reload the page and try again.",
    unreachable="The program does not answer. Check that it is running, and try again.",
    details="For citations",
    title="Title",
    author="Author",
    publisher="Publisher",
    date="Date",
    url="URL",
    date_how="Such as 2024, 2024-03 or 2024-03-05",
    save="Save",
    close="Close",
    encoding="Encoding: {encoding}",
    encoding_by_hand="Encoding: {encoding} (chosen by hand)",
    file_names="Files: {names}",
    in_collections="Collections",
    new_collection="New collection",
    put_in="Add",
    documents_short="documents: {count}",
    rename="Rename",
    rename_named="Rename the collection “{name}”",
    dissolve="Dissolve",
    dissolve_named="Dissolve the collection “{name}”; its documents stay",
    dissolve_again="Press again to dissolve",
    dissolve_sure="Press again to dissolve the collection “{name}”; its documents stay",
    page_picture="Picture of page {page}, the quote framed",
    page_label="Page {page}",
    page_earlier="The quote's previous page",
    page_later="The quote's next page",
    page_opening="Drawing the page …",
    page_unmarked="The place on this page cannot be marked reliably; see the quote in the text below.",
    columns={
        "title": "Title",
        "kind": "Kind",
        "pages": "Pages",
        "passages": "Passages",
        "bytes": "Size",
        "added": "Added",
        "state": "State",
    },
    states={
        "waiting": "waiting",
        "read": "read",
        "split": "split",
        "embedded": "embedded",
        "searchable": "searchable",
        "failed": "failed",
    },
    outcomes={
        "added": "added, passages: {passages}",
        "replaced": "replaced its earlier version, passages: {passages}",
        "unchanged": "unchanged, it was there already",
        "failed": "could not be added: {reason}",
    },
)


def document_words(language: str) -> DocumentWords:
    """The words of the page's language."""
    return CHINESE if language == CHINESE.language else ENGLISH
