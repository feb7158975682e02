"""The errors a user can meet, each with its own exit code.

CareParityError            what went wrong, in one block: where, what, found, do
├── CheckFailed      (1)   a check or comparison failed
├── UsageError       (2)   wrong use: unknown option, missing tool, busy port, full disk
├── InputError       (3)   bad input: damaged archive, missing column, unreadable file
└── RefusedError     (4)   refused: privacy or access

Anything else that escapes is a bug and keeps its traceback, but not its message: a library's may quote a value. No
message may hold a value from a person's row.
"""

from __future__ import annotations

import traceback


class CareParityError(Exception):
    """A user-facing error. Shown as one block, without a traceback."""

    exit_code = 1

    def __init__(self, *, where: str, what: str, found: str = "", do: str = "") -> None:
        """where: file, line, option or step; what: the rule broken; found: what was there; do: the remedy."""
        self.where, self.what, self.found, self.do = where, what, found, do
        super().__init__(self.block())

    def block(self) -> str:
        """The whole message, ready to print.

        >>> print(InputError(where="a.csv:3", what="column 'sex' is missing", do="Add it.").block())
        a.csv:3: column 'sex' is missing. Add it.
        """
        sentences = [f"{self.where}: {self.what}".rstrip(".") + "."]
        if self.found:
            sentences.append(f"Found {self.found}".rstrip(".") + ".")
        if self.do:
            sentences.append(self.do.rstrip(".") + ".")
        return " ".join(sentences)


class CheckFailed(CareParityError):  # noqa: N818 - named for what it says to the user
    """A check or a comparison failed."""

    exit_code = 1


class UsageError(CareParityError):
    """The command was used wrongly or the machine lacks what it needs."""

    exit_code = 2


class InputError(CareParityError):
    """The input can't be read as what it claims to be."""

    exit_code = 3


class RefusedError(CareParityError):
    """Refused for privacy or access reasons."""

    exit_code = 4


def without_messages(error: BaseException) -> str:
    """The traceback of a bug, and of what caused it, with the kinds of the errors but not their messages.

    >>> without_messages(ValueError("Jane Roe"))
    'ValueError (message withheld: it may quote a row)'
    """
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = f"{without_messages(earlier)}\nled to:\n" if earlier else ""
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{before}{frames}{type(error).__name__} (message withheld: it may quote a row)"
