from __future__ import annotations

import pytest

from benchbuilder.text.language import UNKNOWN, detect_language, known_languages

# Five lines in each of twelve languages: short ones, chatty ones, some with code or names inside.
LINES = """
en|how do I get red wine out of a white carpet
en|make picture of a castle
en|Write a haiku about a broken umbrella.
en|why does `df.groupby('x').apply(f)` drop my index? I only want the sum per group
en|Translate "guten Morgen" into three other languages and explain the differences
de|Wie geht es dir heute?
de|Schreib mir eine Kündigung für mein Fitnessstudio
de|was bedeutet Zugzwang im Schach
de|Erkläre mir diese Funktion: def f(x): return x + 1 und warum sie keinen Fehler wirft
de|Nenne drei Gründe, warum man im Winter lüften sollte.
fr|Bonjour, comment ça va ?
fr|raconte-moi une blague sur les boulangers
fr|Quelle est la différence entre TCP et UDP ?
fr|Peux-tu corriger ce texte sans changer le style
fr|donne moi une recette de crêpes sans lait
es|Hola, ¿qué tal estás?
es|escribe un poema sobre el mar en otoño
es|¿Cómo puedo ordenar una lista de diccionarios en Python por dos claves?
es|dame ideas para cenar con niños pequeños
es|Resume en cinco frases la caída de Constantinopla
pt|Oi, tudo bem com você?
pt|me explique o que é juros compostos
pt|Faça um roteiro de três dias em Lisboa para quem gosta de azulejos
pt|qual a diferença entre lista e tupla
pt|Escreva um e-mail educado pedindo folga na sexta-feira
it|Ciao, come stai oggi?
it|spiegami la differenza tra acquerello e tempera
it|Scrivi una lettera di reclamo al mio operatore telefonico
it|quanto dura la batteria di una bici elettrica
it|Fammi cinque domande per un colloquio da infermiera
ru|привет, как дела?
ru|Напиши стихотворение о старом трамвае
ru|почему небо голубое
ru|Объясни, что делает этот код: for i in range(10): print(i)
ru|Составь план тренировок на неделю без гантелей
zh|你好，你能做什么？
zh|写一首关于秋天的诗
zh|请解释一下递归和迭代的区别，并用 Python 举例
zh|帮我把这封邮件改得更礼貌一些
zh|为什么猫喜欢纸箱子
ja|こんにちは、元気ですか？
ja|Reactで親コンポーネントが再レンダリングされる理由を教えて
ja|京都で雨の日に行ける場所を三つ挙げてください
ja|敬語に直してください：明日は行けない
ja|なぜ空は青いのですか
ko|안녕하세요, 오늘 기분이 어때요?
ko|파이썬으로 소수를 구하는 코드를 짜 줘
ko|하루 30분 운동으로 뱃살만 빼는 게 가능한가요
ko|이 문장을 더 공손하게 바꿔 주세요
ko|김치찌개 레시피 알려줘
ar|مرحبا، كيف حالك اليوم؟
ar|اشرح لي الفرق بين التضخم وارتفاع الأسعار
ar|اكتب قصيدة قصيرة عن البحر
ar|ما هي أسباب الحرب العالمية الأولى
ar|كيف أتعلم البرمجة من الصفر
tr|Merhaba, bugün nasılsın?
tr|bana İstanbul hakkında bilgi ver
tr|faiz artınca dolar neden düşer, kısaca anlat
tr|Evde ekmek yapmak için en kolay tarif nedir
tr|Bu kodu açıkla: if (a > b) { return a; } neden hata veriyor anlamadım
""".strip().splitlines()


def test_at_least_56_of_60_lines_in_twelve_languages() -> None:
    lines = [line.split("|", 1) for line in LINES]
    wrong = [(want, detect_language(text), text) for want, text in lines]
    wrong = [found for found in wrong if found[0] != found[1]]
    assert len(lines) == 60
    assert len(wrong) <= 4, wrong


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hi",
        "ok, thx",
        "9.11 or 9.9",
        "12345 67890 !!!",
        "https://example.org/a/very/long/path/that/looks/like/words/in/english",
        "```python\nfor line in open(path):\n    print(line.strip())\n```",
        "def add(a, b):\n    return a + b;\nimport os.path\nfoo = bar(baz)",
        "SELECT name, count(*) FROM orders GROUP BY name;",
        "<EMAIL_1> <PHONE_1> <anonymized>",
    ],
)
def test_greetings_numbers_and_code_have_no_language(text: str) -> None:
    assert detect_language(text) == UNKNOWN


def test_prose_around_code_decides() -> None:
    code = "```js\nconst a = await fetch(url);\n```"
    text = f"Warum läuft das hier nicht durch?\n{code}\nBitte erklären."
    assert detect_language(text) == "de"


def test_a_question_is_not_outvoted_by_the_document_below_it() -> None:
    question = "Bitte fasse den folgenden Text in drei Sätzen auf Deutsch zusammen. " * 20
    assert detect_language(question + "the same words in english again " * 500) == "de"


def test_a_long_word_takes_no_time() -> None:
    assert detect_language("a" * 100_000) == detect_language("a" * 2000)


def test_codes_are_known() -> None:
    assert {"en", "de", "zh", UNKNOWN} <= known_languages()
