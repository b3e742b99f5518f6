"""What a message in sloppy Dutch states: `read` is the only door of this room, `Reading` what comes out."""

from bot.interview.reading.message import Reading, read

__all__ = ["Reading", "read"]
