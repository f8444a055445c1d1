"""Words to a command, or to a ``GrammarError`` that says what would work."""

import re

from bot.grammar.clean import clean, words
from bot.grammar.commands import Command, Help
from bot.grammar.spec import Argument, Context, GrammarError, ValueProblem, Verb
from bot.grammar.suggest import nearest
from bot.grammar.table import VERB_WORDS, VERBS, find_verb

TEXT_CHARACTERS_LIMIT = 3000
_SHOWN_CHARACTERS = 40
_OPTION = re.compile(r"(?:--?)?([a-zA-Z][a-zA-Z_-]*)\s*[=:](.*)", re.DOTALL)
_FLAG = re.compile(r"--([a-zA-Z][a-zA-Z_-]*)")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_UNIT = re.compile(
    r"(?:weeks?|w|days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s|[kmgt]i?b?)", re.IGNORECASE
)


def parse(text: str, context: Context) -> Command:
    """Read what a person said.

    Raises:
        GrammarError: with the usage of the verb, one example and the nearest match.
    """
    if len(text) > TEXT_CHARACTERS_LIMIT:
        raise GrammarError(f"That is too long: a command has at most {TEXT_CHARACTERS_LIMIT} characters.")
    said = words(clean(text))
    if not said:
        return Help()
    verb = find_verb(said[0].lower())
    if verb is None:
        raise _unknown_verb(said[0], context)
    if any(word in ("--help", "-h") for word in said[1:]):
        return Help(verb=verb.name)
    command = _Reading(verb, context).read(_joined(said[1:]))
    return _known_help(command) if isinstance(command, Help) else command


def _unknown_verb(word: str, context: Context) -> GrammarError:
    lowered = word.lower()
    if lowered in context.apps:
        return GrammarError(f"“{_short(word)}” is an app, not a command.", suggestion=f"deploy {lowered}")
    verb = find_verb(nearest(lowered, VERB_WORDS) or "")
    return GrammarError(
        f"I do not know the command “{_short(word)}”.",
        usage=verb.usage if verb else None,
        example=verb.example if verb else "help",
        suggestion=verb.name if verb else None,
    )


def _known_help(command: Help) -> Help:
    if command.verb is None:
        return command
    verb = find_verb(command.verb)
    if verb is None:
        near = find_verb(nearest(command.verb, VERB_WORDS) or "")
        known = ", ".join(row.name for row in VERBS)
        raise GrammarError(
            f"There is no command “{_short(command.verb)}”. There are: {known}.",
            usage=near.usage if near else None,
            example=near.example if near else "help",
            suggestion=f"help {near.name}" if near else None,
        )
    return Help(verb=verb.name)


def _joined(said: list[str]) -> list[str]:
    """Put together what belongs together: ``ttl = 4h``, ``4 hours``, ``until tomorrow 9:00``."""
    joined: list[str] = []
    for word in said:
        if joined and _continues(joined[-1], word):
            separator = "" if word[0] in "=:" or joined[-1][-1:] in "=:" else " "
            joined[-1] = f"{joined[-1]}{separator}{word}"
        else:
            joined.append(word)
    return joined


def _continues(before: str, word: str) -> bool:
    value = re.split(r"[=:]", before, maxsplit=1)[-1] if _OPTION.fullmatch(before) else before
    value = value.lower()
    if word in "=:" or before[-1:] in "=:":
        return True
    if value in ("until", "until today", "until tomorrow") or re.fullmatch(r"until \d{4}-\d\d-\d\d", value):
        return True
    if value.startswith("until ") and word.lower() in ("am", "pm"):
        return True
    return bool(_NUMBER.fullmatch(value) and _UNIT.fullmatch(word))


class _Reading:
    """One command being read: which arguments have their text, and then their values."""

    def __init__(self, verb: Verb, context: Context) -> None:
        self._verb = verb
        self._context = context
        self._texts: dict[str, str] = {}
        self._placed: list[str] = []

    def read(self, said: list[str]) -> Command:
        self._sort(said)
        self._place()
        self._require()
        values = {
            argument.name: self._value(argument, self._texts[argument.name])
            for argument in self._verb.arguments
            if argument.name in self._texts
        }
        return self._verb.build(values, self._context)

    def _sort(self, said: list[str]) -> None:
        """Tell options from words that count by their place."""
        waiting = iter(said)
        for word in waiting:
            flag = _FLAG.fullmatch(word)
            if flag:
                self._give(self._option(flag.group(1)), next(waiting, ""))
                continue
            option = _OPTION.fullmatch(word)
            if option and (self._verb.argument(option.group(1).lower()) or self._looks_like_option(word)):
                self._give(self._option(option.group(1)), option.group(2).strip())
            elif word.lower().startswith("until"):
                self._give_until(word)
            else:
                self._placed.append(word)

    def _looks_like_option(self, word: str) -> bool:
        return "=" in word or word.startswith("--")

    def _option(self, word: str) -> Argument:
        argument = self._verb.argument(word.lower())
        if argument is None:
            known = [row.name for row in self._verb.arguments]
            near = nearest(word, known)
            words_known = f" It takes: {', '.join(known)}." if known else " It takes none."
            raise self._error(
                f"“{self._verb.name}” has no option “{_short(word)}”.{words_known}",
                suggestion=f"{near}=…" if near else None,
            )
        return argument

    def _give(self, argument: Argument, text: str) -> None:
        if not text.strip():
            raise self._error(f"“{argument.name}” needs a value, such as {argument.name}={argument.shape}.")
        if argument.name in self._texts:
            raise self._error(f"“{argument.name}” is given twice.")
        self._texts[argument.name] = text

    def _give_until(self, word: str) -> None:
        argument = next((row for row in self._verb.arguments if row.takes_until), None)
        if argument is None:
            raise self._error(f"“{self._verb.name}” does not take “{_short(word)}”.")
        self._give(argument, word)

    def _place(self) -> None:
        open_places = [row for row in self._verb.positionals if row.name not in self._texts]
        if self._may_leave_out_sandbox(open_places):
            self._texts[open_places[0].name] = self._context.sandbox or ""
            open_places = open_places[1:]
        for argument, word in zip(open_places, self._placed, strict=False):
            self._give(argument, word)
        if len(self._placed) > len(open_places):
            extra = self._placed[len(open_places)]
            raise self._error(f"I do not know what “{_short(extra)}” is for.")

    def _may_leave_out_sandbox(self, open_places: list[Argument]) -> bool:
        """In a sandbox's thread the name may be missing: there are too few words and the first is no name."""
        if self._context.sandbox is None or not open_places or not open_places[0].names_sandbox:
            return False
        if not self._placed:
            return True
        return self._placed[0].lower() not in self._context.names and len(self._placed) < len(open_places)

    def _require(self) -> None:
        for argument in self._verb.arguments:
            if argument.required and argument.name not in self._texts:
                raise self._error(f"“{self._verb.name}” needs {argument.name.upper()}: {argument.help}.")

    def _value(self, argument: Argument, text: str) -> object:
        try:
            return argument.read(text, self._context)
        except ValueProblem as problem:
            raise self._error(f"{problem}.", suggestion=self._nearest_value(argument, text)) from None

    def _nearest_value(self, argument: Argument, text: str) -> str | None:
        near = nearest(text, argument.shape.split("|")) if "|" in argument.shape else None
        return f"{self._verb.name} {near}" if near else None

    def _error(self, message: str, *, suggestion: str | None = None) -> GrammarError:
        return GrammarError(
            message, usage=self._verb.usage, example=self._verb.example, suggestion=suggestion
        )


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
