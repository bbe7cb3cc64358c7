"""Values as a telephone voice speaks them in Ukrainian, Russian, Polish and English: no digit, no sign, right endings.

``grammar`` has the languages, cases and genders; ``numerals``, ``ordinals`` and ``nouns`` are tables of each language.
``cardinal`` speaks numbers, ``counted`` numbers with what they count and money, ``dates`` and ``clock`` days and times,
``groups`` telephone and order numbers, ``places`` waits in a queue, ``opening`` when a company opens.

Tables of our own: num2words 0.5.14 has no genders of Ukrainian numerals, no cases of Polish ones and no clock times;
where it has the same, these tables agree with it. Every function refuses with ValueError what it has no words for:
another language, a value out of its range.
"""
