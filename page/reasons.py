"""Why a file failed, or the library refuses, in the page's language: the library keeps and says it in English.

A test holds every message of `index/` against these forms, so that a new one cannot be forgotten.
"""

from __future__ import annotations

from functools import cache

import regex

from page.words import CHINESE

_PART = regex.compile(r"\{(\w+)\}")
# What is said, and the same in Chinese; a name in braces stands for what both have in common.
_FORMS = (
    # files
    (
        "{name}: {size} bytes are more than {most} (the limit 'file_bytes'); divide the file, or raise the limit",
        "{name}：{size} 字节，超过上限 {most}（限制项 file_bytes）；请拆分文件，或调高限制",
    ),
    (
        "{name}: its reader crashed on it, or needed more than {most} bytes of memory (the limit 'memory_bytes'); "
        "save it anew in the program that made it, divide it, or raise the limit",
        "{name}：读取时程序崩溃，或所需内存超过 {most} 字节（限制项 memory_bytes）；请重新保存、拆分文件，或调高限制",
    ),
    (
        "{name}: reading it needs more than {most} bytes of memory (the limit 'memory_bytes'); divide the file, or "
        "raise the limit",
        "{name}：读取所需内存超过 {most} 字节（限制项 memory_bytes）；请拆分文件，或调高限制",
    ),
    (
        "{name}: reading it takes longer than {most} s (the limit 'seconds'); divide the file, or raise the limit",
        "{name}：读取超过 {most} 秒（限制项 seconds）；请拆分文件，或调高限制",
    ),
    (
        "{name}: more than {most} headings, paragraphs and rows (the limit 'blocks'); divide the file, or raise the "
        "limit",
        "{name}：标题、段落与行超过 {most} 个（限制项 blocks）；请拆分文件，或调高限制",
    ),
    (
        "{name}: more than {most} pages and cells (the limit 'places'); divide the file, or raise the limit",
        "{name}：页与单元格超过 {most} 个（限制项 places）；请拆分文件，或调高限制",
    ),
    (
        "{name}: more than {most} characters of text (the limit 'characters'); divide the file, or raise the limit",
        "{name}：文字超过 {most} 个字符（限制项 characters）；请拆分文件，或调高限制",
    ),
    (
        "{name}: more than {most} parts in the archive (the limit 'members'); divide the file, or raise the limit",
        "{name}：压缩包中的部件超过 {most} 个（限制项 members）；请拆分文件，或调高限制",
    ),
    (
        "{name}: more than {most} bytes when unpacked (the limit 'unpacked_bytes'); divide the file, or raise the "
        "limit",
        "{name}：解压后超过 {most} 字节（限制项 unpacked_bytes）；请拆分文件，或调高限制",
    ),
    (
        "{name}: begins as {codec} and goes on otherwise; it is damaged, so take a whole copy of it or choose its "
        "encoding by hand",
        "{name}：开头是 {codec}，后面却不是；文件已损坏，请换一份完整的，或手动选择编码",
    ),
    (
        "{name}: UTF-8 but for byte {place}; it is damaged, so take a whole copy of it or choose its encoding by hand",
        "{name}：除第 {place} 字节外都是 UTF-8；文件已损坏，请换一份完整的，或手动选择编码",
    ),
    (
        "{name}: this is not text in an encoding that can be told without loss; choose its encoding by hand, or save "
        "it as UTF-8",
        "{name}：无法无损地识别文本编码；请手动选择编码，或另存为 UTF-8",
    ),
    (
        "{name}: byte {place} is not {codec}; choose another encoding, or auto to have it found",
        "{name}：第 {place} 字节不是 {codec}；请选择其他编码，或改为自动识别",
    ),
    (
        "{name}: there is no text encoding called {codec}; use a name such as UTF-8, GB18030 or Big5",
        "{name}：没有名为 {codec} 的文本编码；请使用 UTF-8、GB18030、Big5 之类的名称",
    ),
    (
        "{name}: not a regular file; name a file or a folder of files",
        "{name}：不是普通文件；请给出文件或文件夹",
    ),
    ("{name}: cannot be read ({cause})", "{name}：无法读取（{cause}）"),
    (
        "{name}: another program is writing it just now; add it again when that is done",
        "{name}：另一程序正在写入；请等它完成后再添加",
    ),
    (
        "{name}: an older Office file, or one with a password; open it and save it as DOCX, XLSX or PPTX without one",
        "{name}：旧版 Office 文件，或带有密码；请打开后另存为不带密码的 DOCX、XLSX 或 PPTX",
    ),
    (
        "{name}: a picture; put it into a PDF, of which pages without text are read by Tesseract",
        "{name}：这是图片；请放入 PDF，其中没有文字的页由 Tesseract 识别",
    ),
    ("{name}: rich text; save it as DOCX", "{name}：RTF 文件；请另存为 DOCX"),
    (
        "{name}: an OpenDocument file; save it as DOCX, XLSX, PPTX or PDF",
        "{name}：OpenDocument 文件；请另存为 DOCX、XLSX、PPTX 或 PDF",
    ),
    ("{name}: an archive; unpack it and add what is in it", "{name}：压缩包；请解压后添加其中的文件"),
    ("{name}: a damaged archive; take a whole copy of the file", "{name}：压缩包已损坏；请换一份完整的文件"),
    ("{name}: a program, and no text", "{name}：这是程序，不是文本"),
    (
        "{name}: damaged, or not what its name says ({cause}); open it in the program that made it and save it anew",
        "{name}：文件已损坏，或与后缀不符（{cause}）；请用原程序打开并重新保存",
    ),
    (
        "{name}: no {kind} file, whatever its name says; take a whole copy of it, or give it the suffix of what it is",
        "{name}：内容不是 {kind}；请换一份完整的文件，或改用正确的后缀",
    ),
    (
        "{name}: this format is not read; save it as text first (read are {known})",
        "{name}：不支持此格式；请先另存为文本（支持 {known}）",
    ),
    ("{name}: there is no text in it ({note})", "{name}：其中没有文字（{note}）"),
    ("{name}: there is no text in it", "{name}：其中没有文字"),
    ("{name}: there is no text in this page", "{name}：此网页中没有文字"),
    (
        "{name}: its text is encrypted for one seller's readers; ask for an open copy",
        "{name}：文字已为某家书商的阅读器加密；请换未加密的版本",
    ),
    (
        "{name}: damaged; it does not say where its contents are",
        "{name}：文件已损坏，没有注明内容所在",
    ),
    ("{name}: damaged; its part {part} is missing", "{name}：文件已损坏，缺少部件 {part}"),
    ("{name}: damaged; take a whole copy of the file", "{name}：文件已损坏；请换一份完整的文件"),
    (
        "{name}: no e-mail (there is no sender, subject or date in it); save it anew",
        "{name}：不是电子邮件（没有发件人、主题或日期）；请重新保存",
    ),
    (
        "{name}: there is no text part in this e-mail; save what is attached to it",
        "{name}：邮件中没有正文；请另存其附件",
    ),
    (
        "{name}: parts of it need a password; save it without one, then add that",
        "{name}：部分内容需要密码；请另存为不带密码的文件再添加",
    ),
    (
        "{name}: its part {part} declares entities, which no Office file may; open it in the program that made it and "
        "save it anew",
        "{name}：部件 {part} 声明了实体，Office 文件不允许如此；请用原程序打开并重新保存",
    ),
    (
        "{name}: needs a password; open it and save it without one, then add that",
        "{name}：需要密码；请打开后另存为不带密码的文件再添加",
    ),
    (
        "{name}: damaged, or no PDF; take a whole copy of it, or print it to PDF anew",
        "{name}：文件已损坏，或不是 PDF；请换一份完整的，或重新打印为 PDF",
    ),
    (
        "{name}: a page of it is damaged; take a whole copy, or print it to PDF anew",
        "{name}：有一页已损坏；请换一份完整的，或重新打印为 PDF",
    ),
    ("this PDF has no page {page}; its pages are 1 to {last}", "此 PDF 没有第 {page} 页；共 {last} 页"),
    (
        "{name}: its text in the library was damaged and could not be kept; add the file again",
        "{name}：资料库中的文字已损坏，未能保留；请重新添加此文件",
    ),
    # notes on files
    (
        "{pages} text that nobody who looks at it sees; it was left out",
        "{pages}含有看不见的文字，已略去",
    ),
    (
        "{pages} no text of its own; it was read from the picture by Tesseract",
        "{pages}没有文字层，由 Tesseract 从图像识别",
    ),
    (
        "{pages} no text of their own; it was read from the picture by Tesseract",
        "{pages}没有文字层，由 Tesseract 从图像识别",
    ),
    (
        "{pages} no text; install Tesseract (Debian: {command}) and add the file again",
        "{pages}没有文字；请安装 Tesseract（Debian：{command}）后重新添加",
    ),
    (
        "{pages} no text; install Tesseract's data for {data} and add the file again",
        "{pages}没有文字；请为 Tesseract 安装语言数据 {data} 后重新添加",
    ),
    (
        "{pages} no text and came after {most} others (the limit 'recognised_pages'); raise it, or divide the file",
        "{pages}没有文字，且排在已识别的 {most} 页之后（限制项 recognised_pages）；请调高限制，或拆分文件",
    ),
    ("{pages} no text", "{pages}没有文字"),
    ("attached and not read: {names}", "附件未读取：{names}"),
    # the library
    ("a collection needs a name", "集合需要名称"),
    (
        "{new} cannot be a collection's new name: it is empty, or there is one",
        "{new} 不能作为集合的新名称：名称为空，或已有同名集合",
    ),
    ("{name} is no collection of this library (it has none)", "资料库中没有集合 {name}"),
    ("{name} is no collection of this library (it has {names})", "资料库中没有集合 {name}（现有：{names}）"),
    (
        "the library in {folder} can be read and not written: check the permissions of the folder and of {file} in it, "
        "or copy the folder to where you may write",
        "{folder} 中的资料库只能读取，不能写入：请检查该文件夹及其中 {file} 的权限，或把文件夹复制到可写入的位置",
    ),
    (
        "{file} {cause}, and its folder cannot be written: check the permissions, or copy the folder to where you may "
        "write",
        "{file} 无法打开或有未写入的更改，且其文件夹不可写入：请检查权限，或把文件夹复制到可写入的位置（{cause}）",
    ),
    ("the library in {folder} cannot be written: check its permissions", "{folder} 中的资料库无法写入：请检查权限"),
    (
        "the library in {folder} was built with the model {model} ({print}), not {other} ({another}): name that model, "
        "or {command}",
        "{folder} 中的资料库由模型 {model}（{print}）建成，不是 {other}（{another}）：请指明该模型，或运行 {command}",
    ),
    (
        "{file} cannot be written ({cause}); the disk is full or failing: free some space where {folder} is, then "
        "give the same command again. What was searchable before still is",
        "{file} 无法写入（{cause}）；磁盘已满或有故障：请在 {folder} 所在磁盘腾出空间后再试。原先可检索的内容不受影响",
    ),
    (
        "the library at {folder} was built with the model {model} ({print}), not {other} ({another}): name that model, "
        "or copy a library that was built with the other one to a new name: {command}",
        "{folder} 的资料库由模型 {model}（{print}）建成，不是 {other}（{another}）：请指定该模型，"
        "或把由另一模型建成的资料库复制到新的名称：{command}",
    ),
    (
        "the document {document} at {folder} is not as it was put in: remove it and add its file again",
        "{folder} 中的文档 {document} 与存入时不符：请移除后重新添加",
    ),
    (
        "passage {number} of {document} at {folder} is not as it was put in: remove the document and add its file "
        "again",
        "{folder} 中文档 {document} 的第 {number} 段与存入时不符：请移除后重新添加",
    ),
    (
        "{name}: another program keeps taking it out of the library at {folder}: see which, then add it again",
        "{name}：另一程序不断把它移出 {folder} 的资料库：请查明后再添加",
    ),
    (
        "Milvus at {folder} did not do what was asked ({said}): see that it runs and can be reached, and that {token} "
        "is right, then ask again",
        "{folder} 的 Milvus 没有照办（{said}）：请检查它是否在运行、能否连上、{token} 是否正确，然后再问",
    ),
    (
        "a library in Milvus needs one more package: {command}",
        "Milvus 中的资料库还需要一个软件包：{command}",
    ),
    (
        "another program is writing to the library in {folder} and has not finished after {seconds} s (an addition, "
        "or a rebuild): wait for it, then give the same command again",
        "另一程序正在写入 {folder} 中的资料库，{seconds} 秒后仍未完成（添加或重建）：请等它完成后再试",
    ),
    ("{file} cannot be opened ({cause}): check its permissions", "{file} 无法打开（{cause}）：请检查权限"),
    (
        "{file} is damaged ({cause}): put a copy back, or move the folder away and python -m index add the documents "
        "again",
        "{file} 已损坏（{cause}）：请恢复备份，或移走该文件夹后用 python -m index add 重新添加文档",
    ),
    (
        "{file} cannot be read ({cause}): put a copy back, or move the folder away and python -m index add the "
        "documents again",
        "{file} 无法读取（{cause}）：请恢复备份，或移走该文件夹后用 python -m index add 重新添加文档",
    ),
    (
        "{what} in {file} is not as it was put in; the file is damaged: put a copy back, or move the folder away and "
        "python -m index add the documents again",
        "{file} 中的内容（{what}）与存入时不符，文件已损坏：请恢复备份，或移走该文件夹后用 python -m index add "
        "重新添加文档",
    ),
    (
        "vectors of the library in {folder} have a wrong length: {command}",
        "{folder} 中资料库的向量长度不对：请运行 {command}",
    ),
    (
        "the library in {folder} should have {count} passages and has {found}, {indexed} of them with terms: {command}",
        "{folder} 中的资料库应有 {count} 段，实有 {found} 段，其中 {indexed} 段可按词检索：请运行 {command}",
    ),
    (
        "the library in {folder} was rebuilt by another program, with another model or version: start this one again",
        "{folder} 中的资料库已被另一程序用其他模型或版本重建：请重新启动本程序",
    ),
    (
        "the library in {folder} was rebuilt by another program meanwhile: give the command again",
        "{folder} 中的资料库刚刚被另一程序重建：请再试一次",
    ),
)
_PAGES = regex.compile(r"pages? ([\d, \-]+?)(?: and ([\d\-]+))? holds?")


def in_language(message: str, language: str) -> str:
    """A message as the page says it; one that is not known stays as it is.

    >>> in_language("a.rtf: rich text; save it as DOCX", "zh")
    'a.rtf：RTF 文件；请另存为 DOCX'
    """
    if language != CHINESE.language:
        return message
    for form, chinese in _forms():
        found = form.fullmatch(message)
        if found is not None:
            parts = {name: _part(name, value) for name, value in found.groupdict().items()}
            return chinese.format(**parts)
    return message


def _part(name: str, value: str) -> str:
    if name == "note":
        return "；".join(in_language(note, CHINESE.language) for note in value.split(") ("))
    found = _PAGES.fullmatch(value) if name == "pages" else None
    if found is None:
        return value
    numbers = found[1].replace(", ", "、") + (f"、{found[2]}" if found[2] else "")
    return f"第 {numbers} 页"


@cache
def _forms() -> tuple[tuple[regex.Pattern[str], str], ...]:
    return tuple((regex.compile(_pattern(english), regex.DOTALL), chinese) for english, chinese in _FORMS)


def _pattern(form: str) -> str:
    pieces = _PART.split(form)  # words, then a name, in turn
    return "".join(
        f"(?P<{piece}>.*?)" if place % 2 else regex.escape(piece, special_only=True)
        for place, piece in enumerate(pieces)
    )
