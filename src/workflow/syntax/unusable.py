"""What a reader of files says of one that can't be used as it is declared."""

from __future__ import annotations

from workflow.diagnostics import Argument, Diagnostic, Span


class Unusable(Exception):
    """A file that can't be used as it is declared: a code, the line at which it shows, the code's arguments."""

    def __init__(self, code: str, line: int = 1, shows: int | None = None, **arguments: Argument) -> None:
        """`shows` is the line on which a fault that begins at `line` comes out, if that is another one."""
        super().__init__(code)
        self.code, self.line, self.shows, self.arguments = code, line, shows or line, arguments

    def at(self, path: str) -> Diagnostic:
        """The fault as a diagnostic of the file."""
        related = () if self.shows == self.line else (Span(path, self.shows, 1, self.shows, 1),)
        return Diagnostic(self.code, Span(path, self.line, 1, self.line, 1), self.arguments, related)
