"""Languages of callers by the country of their number."""

#: Language -> the countries where most callers speak it, for countries with one such language.
COUNTRIES = {
    language: countries.split()
    for language, countries in {
        "uk": "UA", "pl": "PL", "ru": "RU", "de": "DE AT LI", "cs": "CZ", "sk": "SK", "hu": "HU", "ro": "RO MD",
        "bg": "BG", "tr": "TR", "it": "IT SM", "fr": "FR MC", "es": "ES MX AR CO CL PE VE EC UY", "pt": "PT BR",
        "en": "GB IE US AU NZ", "nl": "NL", "lt": "LT", "lv": "LV", "et": "EE", "fi": "FI", "sv": "SE", "da": "DK",
        "nb": "NO", "el": "GR CY", "sr": "RS", "hr": "HR", "sl": "SI", "ka": "GE", "hy": "AM", "az": "AZ", "he": "IL",
    }.items()
}  # fmt: skip
