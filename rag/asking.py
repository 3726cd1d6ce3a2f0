"""What kind of question it is: one that asks for a list, or for several things at once."""

from __future__ import annotations

from itertools import pairwise

import regex

from rag.follow_up import Said, whole_question

# Questions that want every answer, in the languages people ask in most.
_PLURAL_VERB = r"(?:are|were|have|do|did|can|will|had|took)\b"
_ASKS_A_NAME = r".*\b(?:called|named|known|termed|referred)\b"
_LIST = regex.compile(
    r"哪些|哪几|哪幾|哪[两兩二三四五六七八九十\d]|列出|列举|列舉|分[别別]是(?!.*[还還]有)|都有[谁誰]"
    r"|どんな|どのような|どれら|何々|を挙げ"
    # "What are X called?" asks for one name; and a noun in -ss, -us or -is is no plural.
    rf"|\b(?:which|what)\s+(?:\p{{L}}+\s+){{0,2}}\p{{L}}+(?<![sui])s\s+{_PLURAL_VERB}(?!{_ASKS_A_NAME})"
    rf"|\b(?:what|who|which)\s+(?:are|were)\b(?!{_ASKS_A_NAME})"
    r"|\b(?:list|name|enumerate)\s+(?:all|every|some|two|three|four|five|the\s+(?:\p{L}+\s+){0,2}\p{L}+(?<![sui])s\b)"
    # "Welche Sprache" is one: a noun in -en or -ern is a plural, any other where its verb is in -en.
    r"|(?-i:\b[Ww]elche[rn]?\s+(?:\p{Ll}+\s+)?(?!Namen)\p{Lu}\p{L}+(?:en|ern|eln)\b)"
    r"|(?-i:\b[Ww]elche\s+(?:\p{Ll}+e\p{Ll}\s+)?\p{Lu}\p{L}+\s+(?!den\b|zwischen\b|neben\b|gegen\b)\p{Ll}+en\b)"
    r"|\bquel(?:le)?s\b|\bcuáles\b|\bqué\s+(?!(?:es|les|nos|has|mes|país|más)\b)\p{L}+s\b|\bquais\b|\bquali\b"
    r"|\bкаки(?:е|х|ми)\b(?!-)|\bперечисли|\bназовите\s+(?:все|два|две|три|четыре|пять|несколько|некоторые|основные)\b",
    regex.IGNORECASE,
)
_ASKING = regex.compile(
    r"多少|几|幾|谁|誰|什么|什麼|哪|何时|何時|何处|多久|多长|多大|多高|怎么|怎麼|如何|为什么|為什麼"
    r"|いくら|いくつ|いつ|どこ|だれ|なに|何"
    r"|\b(?:how\s+\p{L}+|what|who|whom|whose|when|where|which|why)\b"
    r"|\b(?:wie\s?viele?|wie\s+\p{L}+|was|wer|wann|wo|welche[rsn]?|warum)\b"
    r"|\b(?:combien|quoi|quel(?:le)?s?|qui|quand|où|pourquoi)\b|\b(?:cuánt[oa]s?|qué|quién(?:es)?|cuándo|dónde|cuál(?:es)?)\b"
    r"|\b(?:сколько|что|кто|когда|где|как(?:ой|ая|ое|ие|ов|ова)?|почему)\b",
    regex.IGNORECASE,
)
_JOINT = regex.compile(
    r"[，,、；;？?]\s*(?:(?:and|以及|并且|並且|而且|und|et|y|и)\s*)?|以及|并且|並且|和|与|與"
    r"|\s(?:and|und|et|y|и)\s",
    regex.IGNORECASE,
)
_LEAST = 3  # letters beside the word that asks, for a part to stand by itself; a Chinese one counts two
_LETTER = regex.compile(r"[\p{L}\p{N}]")


def asks_for_list(question: str) -> bool:
    """Whether every answer is wanted, and not only the best.

    >>> asks_for_list("武汉有哪些独角兽企业？"), asks_for_list("What is the name of the robot?")
    (True, False)
    """
    return _LIST.search(question) is not None


def parts_of(question: str) -> tuple[str, ...]:
    """The questions that one question asks, in order; the question itself where it asks one.

    >>> parts_of("How many funds were set up and what is their total size?")
    ('How many funds were set up', 'what is their total size?')
    """
    asking = list(_ASKING.finditer(question))
    parts, start = [], 0
    for before, after in pairwise(asking):
        joint = _JOINT.search(question, before.end(), after.start())
        if joint is not None:
            parts.append(question[start : joint.start()].strip())
            start = joint.end()
    parts.append(question[start:].strip())
    return tuple(parts) if len(parts) > 1 and all(_stands(part) for part in parts) else (question,)


def whole_parts(question: str) -> tuple[str, ...]:
    """`parts_of`, with the first one's subject put before those that have none of their own.

    >>> whole_parts("光谷东智什么时候成立，什么时候投产？")
    ('光谷东智什么时候成立', '光谷东智什么时候投产？')
    """
    first, *others = parts_of(question)
    earlier = [Said(first)]
    return (first, *(whole_question(earlier, part) for part in others))


def _stands(part: str) -> bool:
    letters = _LETTER.findall(_ASKING.sub("", part))
    return sum(2 if letter > "\u2e7f" else 1 for letter in letters) >= _LEAST
