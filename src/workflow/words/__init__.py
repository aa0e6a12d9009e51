"""Every sentence the project says, in English and Chinese, from one table of keys.

The catalogues are gettext files, one a room and language: `catalogues/LANGUAGE/ROOM.po`. A message's id is its key
(a diagnostic's code, a cause, the name of a sentence), its text a template with `{name}` places. `KEY.help`, where it
exists, is the remedy; `KEY.why` the paragraph of `workflow help KEY`. Only the descriptions of schemas stand beside the
fields that they describe, in English; `schemas.po` gives each of them in the other languages.
"""

from workflow.words.catalogue import LANGUAGES, Term, has, language_of, say, translated

__all__ = ["LANGUAGES", "Term", "has", "language_of", "say", "translated"]
