"""A question that leans on the ones before it -> a whole question: "那2023年呢？", "他呢？", "And in 2023?".

Rules that carry over what is missing: the earlier question with its year, place or name exchanged; a pronoun put back;
the subject put before a question that has none. Where there is a language model it is asked, and kept to what was said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import regex
from icu4py.breakers import WordBreaker

from rag import follow_up_words as words
from rag.fold import fold_only
from rag.judge import differ_in_script
from rag.names import SURNAMES, names
from rag.unseen import content_words
from rag.written.clean import visible
from rag.written.exact import missing_names, unlike_figures
from rag.written.model import LanguageModel, LanguageModelFailed
from rag.written.prompt import whole_question_prompt

LONGEST = 300  # characters of a question that a model rewrote
REMEMBERED = 6  # earlier questions that are looked at
_SHORT_ANSWER = 40  # characters; a longer answer is no name

Kind = Literal["time", "place", "person", "thing"]


@dataclass(frozen=True, slots=True)
class Said:
    """An earlier question, as it was searched for, and its short answer; "" where there was none."""

    question: str
    answer: str = ""


def whole_question(earlier: Sequence[Said], question: str, model: LanguageModel | None = None) -> str:
    """The question as it can be understood alone; itself where it leans on nothing.

    >>> whole_question([Said("2024年武汉净增了多少家企业？")], "那2023年呢？")
    '2023年武汉净增了多少家企业？'
    >>> whole_question([Said("How many firms did Wuhan gain in 2024?")], "And in 2023?")
    'How many firms did Wuhan gain in 2023?'
    """
    question = question.strip()
    earlier = [said for said in earlier if said.question.strip()][-REMEMBERED:]
    if not earlier or not any(character.isalnum() for character in question):
        return question
    by_rules = _by_rules(earlier, question)
    if model is None or (by_rules == question and not leans(question)):
        return by_rules
    return _by_model(model, earlier, question) or by_rules


def leans(question: str) -> bool:
    """Whether a question looks as if something were left out of it."""
    han = not differ_in_script("中文", question)
    if han:
        return bool(words.ENDS_NE.search(question) or words.HAN_PRONOUN.search(question) or _lacks_subject(question))
    short = _is_short(question, 5) and not names(words.STOP.sub("", question))
    return bool(words.LATIN_LEADS.search(question) or words.LATIN_PRONOUN.search(question) or short)


def _by_model(model: LanguageModel, earlier: Sequence[Said], question: str) -> str | None:
    """The model's wording; None where it says what nobody said, or more than a question."""
    lines = [
        f"{said.question} ({said.answer})" if 0 < len(said.answer) <= _SHORT_ANSWER else said.question
        for said in earlier
    ]
    try:
        written = "".join(model.write(whole_question_prompt(lines, question)))
    except LanguageModelFailed:
        return None
    kept = [line.strip(' "“”-') for line in visible(written).splitlines() if line.strip()]
    if len(kept) != 1 or len(kept[0]) > LONGEST or differ_in_script(kept[0], question):
        return None
    spoken = "\n".join([*lines, question])
    if missing_names(kept[0], spoken) or unlike_figures(kept[0], spoken):
        return None
    known = set(content_words(spoken))
    new = [word for word in content_words(kept[0]) if word not in known and word not in spoken]
    return kept[0] if len(new) <= 1 else None


def _by_rules(earlier: Sequence[Said], question: str) -> str:
    return (_by_chinese_rules if not differ_in_script("中文", question) else _by_latin_rules)(earlier, question)


def _by_chinese_rules(earlier: Sequence[Said], question: str) -> str:
    return _set_phrase(earlier[-1], question) or _by_what_is_missing(earlier, question)


def _set_phrase(last: Said, question: str) -> str | None:
    """Whole for what is asked in so many words after any question."""
    if words.MORE.fullmatch(question):
        return last.question
    if words.THEN.fullmatch(question):
        return f"{_subject(last.question)}后来怎样？"
    if words.WHY.fullmatch(question):
        return f"为什么{_stated(last)}？"
    return None


def _by_what_is_missing(earlier: Sequence[Said], question: str) -> str:
    last = earlier[-1].question
    bare = words.BARE.fullmatch(question)
    if (
        bare is not None
        and not words.ENDS_NE.search(question)
        and (_kind(bare["rest"]) != "thing" or names(bare["rest"]))
    ):
        return _exchanged(earlier, bare["rest"], question)
    if question.startswith("其中"):
        return f"{_subject(last)}{_counted(last)}{question}"
    if words.ENDS_NE.search(question) and not words.HAN_ASKING.search(question):
        rest = words.HAN_WHAT_OF.match(question)
        return question if rest is None else _exchanged(earlier, rest["rest"].strip().removesuffix("的"), question)
    put = _pronouns_put(earlier, question)
    if put != question or not _lacks_subject(question):
        return put
    subject = _subject(last)
    if words.OF_A_THING.search(question):
        subject += _counted(last)  # how large they are, not how large the city that has them
    return f"{subject}{words.LEADING.sub('', question)}" if subject else question


def _counted(question: str) -> str:
    """What a question counts: 中小企业 of 多少家中小企业."""
    found = words.COUNTED.search(question)
    return "" if found is None else str(found["what"])


def _stated(said: Said) -> str:
    """A question with its answer where it asks, to ask for the reason."""
    question = words.STOP.sub("", said.question)
    asks = list(words.ASKED_AMOUNT.finditer(question))
    if not said.answer or len(asks) != 1:
        return str(question)
    return f"{question[: asks[0].start()]}{said.answer}{question[asks[0].end() :]}"


def _by_latin_rules(earlier: Sequence[Said], question: str) -> str:
    if words.LATIN_LEADS.search(question):
        rest = words.LATIN_WHAT_OF.match(question)
        if rest is not None and not words.LATIN_VERB.search(rest["rest"]):
            return _exchanged(earlier, rest["rest"].strip(), question)
        question = _capital(regex.sub(r"\A(?:and|or|but)\s+", "", question, flags=regex.IGNORECASE))
    put = _pronouns_put(earlier, question)
    if put != question or not _is_short(question, 4) or names(question[:1].lower() + question[1:]):
        return put
    subject = _subject(earlier[-1].question)
    known = not subject or fold_only(subject) in fold_only(question)
    return question if known else f"{words.STOP.sub('', question)} ({subject})?"


def _is_short(question: str, most: int) -> bool:
    """At most so many words; where none are parted by spaces (Japanese, Thai), at most one of matter beside a time."""
    apart = len(question.split())
    return apart <= most and (apart > 1 or len(content_words(words.TIME.sub(" ", question))) <= 1)


def _exchanged(earlier: Sequence[Said], new: str, question: str) -> str:
    """The last question with what is of the new thing's kind exchanged for it."""
    old = earlier[-1].question
    pronoun = words.HAN_PRONOUN.fullmatch(new) or words.LATIN_PRONOUN.fullmatch(new)
    if pronoun is not None:
        meant = _antecedent(earlier, pronoun.group())
        if meant is None or meant in old:
            meant = _other_subject(earlier)
        if meant is None:
            return question
        new = meant
    kind = _kind(new)
    if kind == "time":
        return _time_exchanged(old, new)
    if new in words.OWN or new.removeprefix("总") in words.OWN:
        aspect = words.ASPECT_OF.search(old)
        if aspect is not None:
            return f"{old[: aspect.start('of')]}{new}{old[aspect.end('of') :]}"
        return f"{_subject(old)}{_counted(old)}的{new}{'是谁' if words.ASKS_PERSON.search(new) else '是多少'}？"
    target = _target(old, new, kind)
    if target is None:
        subject = _subject(old)
        target = subject or None
    if target is None:
        return f"{new}{old}" if not differ_in_script("中文", old) else f"{new}: {old}"
    return old.replace(target, new, 1)


def _time_exchanged(old: str, new: str) -> str:
    found = list(words.TIME.finditer(old))
    if found:
        first = found[0]
        led = regex.match(r"(?i)(in|since|by|during)\s+", first.group())
        said = new if not led or regex.match(r"(?i)(in|since|by|during)\b", new) else led.group() + new
        return old[: first.start()] + said + old[found[0].end() :]
    if not differ_in_script("中文", old):
        return new + old
    led = "" if regex.match(r"(?i)(in|since|by|during|last|this|next)\b", new) else "in "
    return f"{words.STOP.sub('', old)} {led}{new}?"


def _kind(text: str) -> Kind:
    if words.TIME.fullmatch(text) or words.TIME.fullmatch(text.removesuffix("的")):
        return "time"
    found = names(text)
    if found and found[0].kind == "place":
        return "place"
    if _is_person(text):
        return "person"
    return "thing"


def _target(old: str, new: str, kind: Kind) -> str | None:
    """What of the earlier question the new thing stands for: of its kind, or ending as it does."""
    found = names(old)
    places = [name.text for name in found if name.kind == "place"]
    subject = _subject(old)
    if kind == "place" and places:
        return places[0]
    if kind == "thing":
        counted = words.COUNTED.search(old)
        if counted is not None and any(place in subject for place in places):
            return str(counted["what"])  # 独角兽呢？ after how many firms a city has
        aspect = words.ASPECT.search(old)
        if aspect is not None and new == new.lower():
            return str(aspect.group())  # and the profit? after the revenue of someone
    phrases = [phrase for phrase in (subject, *_phrases(old)) if phrase]
    ends = [(len(_common_end(new, phrase)), phrase) for phrase in phrases]
    length, phrase = max(ends, key=lambda end: end[0], default=(0, ""))
    if length >= (1 if not differ_in_script("中文", old) else 3) and phrase != new:
        return phrase
    if kind == "person" and _is_person(subject):
        return subject
    others = [name.text for name in found if name.kind != "place"]
    return _whole_name(old, others[0]) if others else next(iter(places), None)


def _whole_name(text: str, part: str) -> str:
    """The run of capitalised words around one of them."""
    for match in regex.finditer(r"\p{Lu}[\p{L}\p{N}'’.-]*(?:\s+(?:of\s+)?\p{Lu}[\p{L}\p{N}'’.-]*)*", text):
        if part in match.group() and match.start() > 0:
            return str(match.group())
    return part


def _subject(question: str) -> str:
    """What a question is about: a name in it, or its first words that carry matter."""
    bare = words.TIME.sub(lambda found: " " * len(found.group()), question)
    phrases = _phrases(bare)
    if not differ_in_script("中文", question):
        head = regex.match(
            rf"\s*(.{{1,24}}?)(?:的(?!时候)|(?:总共|一共|共)?(?:是|在|有|于|由|被|能|会)(?!限|关|效)|"
            rf"{'|'.join(sorted(words.VERBS, key=len, reverse=True))}|从|{words.HAN_ASKS})",
            bare,
        )
        if head is not None and content_words(head[1]):
            return str(head[1].strip(" ，,了"))
    found = [name.text for name in names(question[:1].lower() + question[1:])]
    if found:
        return _whole_name(" " + question, found[0])
    return max(phrases, key=len, default="") if differ_in_script("中文", question) else next(iter(phrases), "")


def _phrases(text: str) -> list[str]:
    """Runs of words that carry matter, without verbs, longest sensible noun phrases."""
    matter = set(content_words(text))
    spans: list[tuple[int, int]] = []
    for start, end in WordBreaker(regex.sub(r"[\U00010000-\U0010ffff]", " ", text), "root").segments():
        word = text[start:end]
        if word not in matter or word in words.VERBS:
            continue
        if spans and not text[spans[-1][1] : start].strip():
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return [text[start:end] for start, end in spans]


def _pronouns_put(earlier: Sequence[Said], question: str) -> str:
    han = not differ_in_script("中文", question)
    pattern = words.HAN_PRONOUN if han else words.LATIN_PRONOUN
    found = pattern.search(question)
    if found is None or _named_before(question, found.start()):
        return question
    meant = _antecedent(earlier, found.group())
    if meant is None:
        return question
    word = found.group()
    if han:
        put = meant + ("的" if word == "其" and question[found.end() : found.end() + 1] != "的" else "")
    else:
        put = f"{meant}'s" if _possessive(question, found) else f"in {meant}" if word.lower() == "there" else meant
    return question[: found.start()] + put + question[found.end() :]


def _possessive(question: str, found: regex.Match[str]) -> bool:
    word = found.group().lower()
    if word == "her":  # "of her?" is no possessive, "her school" is
        return regex.match(r"\s+\p{L}", question[found.end() :]) is not None
    return word in words.POSSESSIVE


def _named_before(question: str, place: int) -> bool:
    """Whether the question itself names what the pronoun may stand for."""
    before = question[:place]
    if differ_in_script("中文", question):
        return bool(names(before[:1].lower() + before[1:]))
    return bool(names(before[:1].lower() + before[1:])) or any(
        len(word) > 1 for word in _phrases(before) if word not in words.OWN
    )


def _antecedent(earlier: Sequence[Said], pronoun: str) -> str | None:
    """What a pronoun stands for: for a person, the last one asked for or named; else what was asked about."""
    last = earlier[-1]
    noun = pronoun[2:] if pronoun.startswith("这") else pronoun[1:]
    if len(noun) > 1 and pronoun[:1] in "这该這" and last.answer.endswith(noun):
        return last.answer
    person = pronoun.lower() in ("他", "她", "he", "she", "him", "her", "his", "hers")
    for said in reversed(earlier):
        short = 0 < len(said.answer) <= _SHORT_ANSWER and not any(character.isdigit() for character in said.answer)
        subject = _subject(said.question)
        if person and _is_person(subject):
            return subject
        if person and short and words.ASKS_PERSON.search(said.question):
            return said.answer.strip()
        if person:
            named = [name.text for name in names(said.question[:1].lower() + said.question[1:]) if name.kind != "place"]
            if named and not words.ASKS_PERSON.search(said.question):
                return _whole_name(" " + said.question, named[0])
            continue
        if subject:
            return subject
    return _subject(earlier[-1].question) or None


def _is_person(text: str) -> bool:
    return text[:1] in SURNAMES and 2 <= len(text) <= 3


def _other_subject(earlier: Sequence[Said]) -> str | None:
    """What was spoken of before the last subject."""
    last = _subject(earlier[-1].question)
    for said in reversed(earlier[:-1]):
        if (subject := _subject(said.question)) and subject != last:
            return subject
    return None


def _lacks_subject(question: str) -> bool:
    if len(question) > 20 or not words.NO_SUBJECT.search(question):
        return False
    rest = words.HAN_ASKING.sub(" ", words.STOP.sub("", question))
    own = [word for word in content_words(rest) if word not in words.OWN and word not in words.VERBS]
    named = [name.text for name in names(rest) if name.text not in words.OWN]
    return not named and sum(map(len, own)) <= 2


def _common_end(one: str, other: str) -> str:
    length = 0
    while length < min(len(one), len(other)) and one[-1 - length].lower() == other[-1 - length].lower():
        length += 1
    return one[len(one) - length :]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
