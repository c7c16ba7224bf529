"""Sentences that can be said in any language: refusals, and what is being done. Knows no language but English."""

from typing import Self


class Message(str):
    """An English text that was made of a `template` with named places and of the `values` in them.

    Whoever shows it may look up the template in another language and fill in the same values, as gettext does.
    """

    template: str
    values: dict[str, object]

    def __new__(cls, template: str, /, **values: object) -> Self:
        """Errors among the values are kept as what they say, so that nothing else of them is."""
        kept = {name: message_of(value) if isinstance(value, Exception) else value for name, value in values.items()}
        message = super().__new__(cls, template.format(**kept))
        message.template, message.values = template, kept
        return message

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, object]]:
        """For `pickle`: errors travel between processes."""
        return (self.template,), self.values


class RefusedError(ValueError):
    """What cannot be done and what to do instead, in one sentence: `message`."""

    def __init__(self, template: str, /, **values: object) -> None:
        """`template`: one with places for `values`, or a whole `Message`."""
        self.message = template if isinstance(template, Message) else Message(template, **values)
        super().__init__(self.message)


def message_of(error: Exception) -> str:
    """What an error says: a `Message` if it carries one."""
    return error.message if isinstance(error, RefusedError) else str(error)


def one_line(error: Exception) -> str:
    """What an error says, on one line; what the system says without its number."""
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{error.filename}: {error.strerror}."
    return " ".join(str(error).split())
