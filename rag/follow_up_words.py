"""What follow-ups look like, in Chinese and in English: the patterns that `rag/follow_up.py` goes by."""

from __future__ import annotations

import regex

TIME_HAN = (
    r"(?:公元前?)?(?:[12]\d{3}|[一二三四五六七八九〇零]{4})年(?:代)?(?:\d{1,2}月)?|\d{1,2}月(?:\d{1,2}[日号])?|(?:今|"
    r"去|前|明|后|同)年|(?:上|下|本)(?:个?月|季度|半年)|第?[一二三四]季度|\d{2,4}年代|\d{1,2}世纪"
)
TIME_LATIN = (
    r"(?:in\s+|since\s+|by\s+|during\s+)?(?:(?:January|February|March|April|May|June|July|August|September|October|"
    r"November|December)\s+)?"
    r"(?:the\s+)?[12]\d{3}s?\b|\b(?:last|this|next)\s+(?:year|month|quarter)"
)
TIME = regex.compile(rf"(?:{TIME_HAN})|(?:{TIME_LATIN})", regex.IGNORECASE)
HAN_WHAT_OF = regex.compile(
    r"\A(?:那么?|那|还有|還有|以及|那麼)?[，,]?\s*(?P<rest>.{1,30}?)(?:呢|又如何|又怎样|怎么样|怎樣|如何)?\s*[？?。]*\Z"
)
ENDS_NE = regex.compile(r"呢\s*[？?。]*\Z")
LATIN_WHAT_OF = regex.compile(
    r"\A(?:and|or|but|so|ok(?:ay)?,?|then)?,?\s*(?:what\s+about|how\s+about|and)?\s*(?P<rest>[^?]{1,60}?)\s*(?:then|"
    r"too|instead)?\s*\?*\Z",
    regex.IGNORECASE,
)
LATIN_LEADS = regex.compile(r"\A(?:and|or|but|what\s+about|how\s+about)\b", regex.IGNORECASE)
LATIN_VERB = regex.compile(
    r"\b(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|who|what|when|where|why|how|which)\b",
    regex.IGNORECASE,
)
HAN_ASKS = (
    r"什么时候|什麼時候|何时|何時|什么|什麼|哪\p{Han}?|谁|誰|多少|几|幾|多大|多久|多长|多高|怎么|怎麼|怎样|如何|"
    r"为什么|為什麼|为何|何"
)
HAN_ASKING = regex.compile(HAN_ASKS)
# What a thing has: asked of without saying whose, it is of what was spoken of.
OWN_LISTED = (
    "规模 面积 人口 增速 增幅 总量 金额 价格 数量 比例 时间 地点 原因 目的 结果 创始人 创办人 总经理 董事长 负责人 "
    "作者 总部 营收 收入 利润 产值 "
    "投资 条件 标准 对象 期限 用途 方式 流程 地址 电话 校长 市长 会长 成员 员工 目标 意义 影响 名称 名字 全名 别名 "
    "首都 语言 长度 高度 重量 温度"
)
OWN = OWN_LISTED.split()
NO_SUBJECT = regex.compile(
    rf"\A(?:那么?|又|还|還|另外|并且?|其中|具体|总共|一共|大概|大约|最终|后来)*[，,]?(?:是|有|在|被|由|于|能|会|要|"
    rf"花了?|用了?|占|达|位于|成立于|它们?的)*(?:{HAN_ASKS})"
    rf"|\A(?:那么?|它的|他的|其)?(?:总|總|平均|具体)?(?:{'|'.join(OWN)})(?:呢|是|有|达|为|在|占)?(?:{HAN_ASKS}|呢|"
    rf"[？?]|\Z)"
)
HAN_PRONOUN = regex.compile(
    r"他们|她们|它们|他們|她們|它們|(?<![其吉])他(?!人|国|乡|们|們)|她|它|该(?:公司|企业|项目|机构|地|市|国|人|校|书|"
    r"片)|這家\p{Han}{2}|这(?:家|个|座|位|项|所|部|本|种)\p{Han}{1,4}?(?=是|有|在|的|何|什|哪|多|几|由|被|成|能|会|"
    r"为)|(?<![尤极与])其(?!中|他|它|实|余|次|间)|\A(?:公司|企业|学校|机构|项目)(?=是|在|有|的|叫|成|何|什|哪|多|几|"
    r"规|总|主)"
)
LATIN_PRONOUN = regex.compile(
    r"\b(?:he|she|it|they|him|her|them|his|hers|its|their|theirs|there|this (?:company|city|firm|person|project|"
    r"place|one)|that (?:company|city|firm|person|project|place|one))\b",
    regex.IGNORECASE,
)
POSSESSIVE = frozenset(["his", "her", "hers", "its", "their", "theirs"])
ASKS_PERSON = regex.compile(r"谁|誰|哪位|何人|\bwho\b|创始人|总经理|董事长|作者|校长|市长", regex.IGNORECASE)
VERBS_LISTED = (
    "设立 成立 完成 发布 获得 拥有 举办 建立 安排 吸引 实现 达到 增加 增长 减少 净增 投资 发行 帮助 支持 介绍 认为 "
    "建成 位于 毕业 出生 发明 创办 创立 进行 开始 提升 提高 包括 属于 使用 生产 制造 参加 超过 占"
)
VERBS = frozenset(VERBS_LISTED.split())
STOP = regex.compile(r"[？?。.!！\s]+\Z")
COUNTED = regex.compile(
    r"(?:多少|几|幾)(?:家|个|個|只|隻|名|所|座|项|項|种|種|条|條|位|支|件|台|艘|场)(?P<what>[^\s，,。？?的了]{2,12})"
)
ASKED_AMOUNT = regex.compile(
    r"(?:多少|几|幾)[家个個只隻名所座项項种種条條位支件台艘场年月天次]?|谁|誰|哪一?[家个個所座年]|什么|什麼"
)
MORE = regex.compile(r"(?:还有|還有|另外|除此之外|此外)(?:哪些|什么|吗)?呢?[？?]?")
THEN = regex.compile(r"(?:后来|然后|接着|之后|後來|然後)呢?[？?]?")
WHY = regex.compile(r"(?:这是|那是|那)?(?:为什么|為什麼|为何|為何|原因是什么|什么原因|怎么会这样)呢?[？?]?")
BARE = regex.compile(
    r"(?:那么?|那麼)(?P<rest>[^？?，,]{2,8}?)[？?]|(?P<rest>[^？?，,]{2,8}?)又?(?:如何|怎么样|怎麼樣|怎样)[？?]"
)
ASPECT_OF = regex.compile(r"的(?P<of>[^的]{2,8}?)(?=是|有|为|達|达|在|多|[？?])")
ASPECT = regex.compile(r"\b(?:the|its|their)\s+\p{Ll}+(?:\s\p{Ll}+)?(?=\s+of\b)")
OF_A_THING = regex.compile(rf"\A(?:总|總|平均|具体)?(?:{'|'.join(OWN)})")
LEADING = regex.compile(r"\A(?:那么?|又|还有?|還有?|另外|并且?|具体)[，,]?\s*")
