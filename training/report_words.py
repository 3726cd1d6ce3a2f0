"""How made-up reports say things, and how they are asked for: {E} is the holder, {N} the thing, {V} the value."""

from __future__ import annotations

ASKED = ("zh", "en", "ja", "de", "fr", "es", "ru", "ko", "ar")

SENTENCES: dict[tuple[str, str], tuple[str, ...]] = {
    ("zh", "counted"): (
        "{E}共有{N}{V}", "{E}现有{V}{N}", "{E}{N}已达{V}", "{E}{N}总数突破{V}", "{E}已拥有{V}{N}", "{E}建成{V}{N}",
        "{V}{N}遍布{E}", "{E}的{N}数量增至{V}", "以{E}为中心，{V}{N}连成一张网络",
    ),
    ("zh", "values"): (
        "{E}{N}达{V}", "{E}的{N}为{V}", "{E}{N}超{V}", "{E}{N}突破{V}", "{E}实现{N}{V}", "{E}的{N}已达到{V}",
        "“目前，公司{N}达{V}。”{E}负责人介绍", "“我们的{N}已达{V}。”{E}相关负责人说",
    ),
    ("zh", "raised"): (
        "{E}{N}从{B}变为{V}", "{E}的{N}由{B}提升至{V}", "{E}{N}从原来的{B}调整到{V}",
    ),
    ("zh", "roles"): (
        "{E}{N}{V}说，企业发展离不开政策支持", "{E}的{N}是{V}", "{E}{N}{V}介绍了最新进展",
        "在{N}{V}的带领下，{E}稳步成长", "“我们信心很足。”{E}{N}{V}表示", "{V}担任{E}{N}",
    ),
    ("zh", "products"): (
        "{E}发布名为“{V}”的{N}", "{E}推出了{N}“{V}”", "由{E}打造的{N}“{V}”亮相", "一{M}名为“{V}”的{N}来自{E}",
        "{E}创新推出“{V}”{N}",
    ),
    ("zh", "sayings"): (
        "“{N}。”{E}{R}{V}说", "“{N}。”{E}{R}{V}感慨道", "{E}{R}{V}表示：“{N}。”", "“{N}。”谈到未来，{E}{R}{V}道出心声",
    ),
    ("en", "counted"): (
        "{E} has {V} {N}", "{E} is home to {V} {N}", "there are {V} {N} in {E}", "the {N} of {E} number {V}",
        "{E} now counts {V} {N}",
    ),
    ("en", "values"): (
        "the {N} of {E} reached {V}", "the {N} of {E} was {V}", "{E} reported a {N} of {V}", "{E}'s {N} rose to {V}",
    ),
    ("en", "raised"): ("the {N} of {E} went from {B} to {V}", "{E} moved its {N} from {B} to {V}"),
    ("en", "roles"): (
        "{V} is the {N} of {E}", "{V}, {N} of {E}, said that business was good",
        "the {N} of {E}, {V}, spoke about the plans", "led by its {N} {V}, {E} kept growing",
    ),
    ("en", "products"): (
        "{E} presented a {N} named {V}", "{V}, the {N} of {E}, was shown to the public",
        "{E} brought out its {N}, called {V}",
    ),
    ("en", "sayings"): (
        "\"{N},\" said {V}, {R} of {E}", "{V}, {R} of {E}, said: \"{N}.\"", "according to {V}, the {R} of {E}, {N}",
    ),
}  # fmt: skip
# Between the thing and a name that is not inflected.
PLACE = {"city": "города ", "company": "компании "}
IN_YEAR = {
    "zh": ("{Y}年", ""), "ja": ("{Y}年、", ""), "ko": ("{Y}년 ", ""), "en": ("", " in {Y}"), "de": ("", " im Jahr {Y}"),
    "fr": ("", " en {Y}"), "es": ("", " en {Y}"), "ru": ("", " в {Y} году"), "ar": ("", " في عام {Y}"),
}  # fmt: skip
QUESTIONS: dict[tuple[str, str], tuple[str, ...]] = {
    ("zh", "counted"): ("{E}有多少{M}{N}？", "{E}的{N}有多少{M}？", "{E}共有几{M}{N}？", "{E}{N}的总数是多少？"),
    ("zh", "values"): ("{E}的{N}是多少？", "{E}{N}达到多少？", "{E}的{N}有多少？"),
    ("zh", "roles"): ("谁是{E}的{N}？", "{E}的{N}是谁？", "{E}{N}叫什么名字？"),
    ("zh", "products"): ("{E}的{N}叫什么？", "{E}发布的{N}叫什么名字？", "{E}推出了什么{N}？"),
    ("en", "counted"): (
        "How many {N} are there in {E}?", "How many {N} does {E} have?", "What is the number of {N} in {E}?",
    ),
    ("en", "values"): ("What is the {N} of {E}?", "What is {E}'s {N}?", "How much is the {N} of {E}?"),
    ("en", "roles"): ("Who is the {N} of {E}?", "What is the name of {E}'s {N}?"),
    ("en", "products"): ("What is the name of the {N} of {E}?", "What is {E}'s {N} called?"),
    ("ja", "counted"): ("{E}には{N}が何{M}ありますか？", "{E}の{N}は何{M}ですか？", "{E}の{N}の数はどれくらいですか？"),
    ("ja", "values"): ("{E}の{N}はいくらですか？", "{E}の{N}はどれくらいですか？"),
    ("ja", "roles"): ("{E}の{N}は誰ですか？",),
    ("ja", "products"): ("{E}の{N}の名前は何ですか？",),
    ("de", "counted"): ("Wie viele {N} gibt es in {E}?", "Wie viele {N} hat {E}?"),
    ("de", "values"): ("{N} von {E}?",),
    ("de", "roles"): ("{N} von {E}?",),
    ("de", "products"): ("{N} von {E}?",),
    ("fr", "counted"): ("Combien {N} y a-t-il à {E} ?", "Combien {N} compte {E} ?"),
    ("fr", "values"): ("{N} de {E} ?",),
    ("fr", "roles"): ("{N} de {E} ?",),
    ("fr", "products"): ("{N} de {E} ?",),
    ("es", "counted"): ("¿{N} hay en {E}?", "¿{N} tiene {E}?"),
    ("es", "values"): ("¿{N} de {E}?",),
    ("es", "roles"): ("¿{N} de {E}?",),
    ("es", "products"): ("¿{N} de {E}?",),
    ("ru", "counted"): ("Сколько {N} насчитывает {E}?", "Сколько {N} есть у {P}{E}?", "Каково количество {N} {P}{E}?"),
    ("ru", "values"): ("{N} {P}{E}?",),
    ("ru", "roles"): ("{N} {P}{E}?",),
    ("ru", "products"): ("{N} {P}{E}?",),
    ("ko", "counted"): ("{E}에는 {N}이(가) 몇 {M} 있습니까?", "{E}의 {N} 수는 몇 {M}입니까?"),
    ("ko", "values"): ("{E}의 {N}은(는) 얼마입니까?",),
    ("ko", "roles"): ("{E}의 {N}은(는) 누구입니까?",),
    ("ko", "products"): ("{E}의 {N} 이름은 무엇입니까?",),
    ("ar", "counted"): ("كم عدد {N} في {E}؟", "ما عدد {N} في {E}؟", "كم عدد {N} لدى {E}؟"),
    ("ar", "values"): ("{N} {E}؟",),
    ("ar", "roles"): ("{N} {E}؟",),
    ("ar", "products"): ("{N} {E}؟",),
}  # fmt: skip
WHO_SAID = {
    "zh": ("谁说{N}？", "谁表示“{N}”？", "说“{N}”的人是谁？"),
    "en": ("Who said that {N}?", "Who says that {N}?"),
    "ja": ("{N}と言ったのは誰ですか？",),
    "de": ("Wer sagte, {N}?",),
    "fr": ("Qui a dit que {N} ?",),
    "es": ("¿Quién dijo que {N}?",),
    "ru": ("Кто сказал, что {N}?",),
    "ko": ("{N}고 말한 사람은 누구입니까?",),
    "ar": ("من قال: {N}؟",),
}
HEADS = {
    "zh": (
        "{E}：走出高质量发展新路", "“新引擎”驱动{E}加速跑 打造创新高地", "{E}中小企业观察",
        "向新而行 聚力攻坚 记{E}的发展之变", "{E}一季度经济报告", "从“制造”到“智造”：{E}样本",
    ),
    "en": ("{E}: a new path to growth", "Inside {E}", "How {E} is changing", "{E} business report", "{E} looks ahead"),
}  # fmt: skip
FILLERS = {
    "zh": (
        "走进车间，机器轰鸣，一派繁忙景象", "这样的故事并非个例", "政策的阳光雨露，让企业轻装上阵",
        "创新的种子正在这里生根发芽", "从一粒种子到一片森林，离不开精心浇灌", "这一变化的背后，是服务方式的转变",
        "产业链上下游协同发力，活力不断迸发", "相关负责人介绍，下一步将继续优化营商环境",
        "近年来，当地持续完善公共服务", "人才、资金、技术在这里加速汇聚",
        "业内人士认为，这一赛道前景广阔", "面对挑战，企业选择迎难而上", "绿色低碳成为新的发展底色",
    ),
    "en": (
        "The change did not come overnight", "Local officials promised further help",
        "Demand has been strong this year", "Analysts expect the trend to continue",
        "The mood among managers is good", "Not everyone is convinced",
        "New rules have made life easier for small firms", "The region has long been known for its industry",
        "Much remains to be done", "The plans were presented to the public last week",
    ),
}  # fmt: skip
