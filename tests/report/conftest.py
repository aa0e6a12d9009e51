"""What is taken in once serves every test of the room."""

from tests.taken import taken_once

__all__ = ["taken_once"]
