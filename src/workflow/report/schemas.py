"""How an editor is told which schema belongs to which file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from workflow.words import say


def as_text(kinds: Mapping[str, str], folder: Path, workspace: Path | None, language: str) -> str:
    """What was written, and the first line that each file of a workspace may have.

    Args:
        kinds: the name of each schema that was written, with the file or folder of a workspace that it describes;
            empty for one that describes no file.
        folder: where the schemas stand.
        workspace: the workspace that shall use them; if none is named, it is the folder above.
        language: one of `words.LANGUAGES`.
    """
    root = workspace or folder.absolute().parent
    lines = [say(language, "cli", "schemas-written", count=len(kinds), path=folder), ""]
    for name, place in sorted(kinds.items(), key=lambda pair: pair[1]):
        if place:
            above = root / (place if place.endswith("/") else PurePosixPath(place).parent)
            way = Path(os.path.relpath(folder.absolute() / name, above.absolute())).as_posix()
            lines.append(f"  {place:<24} # yaml-language-server: $schema={way}")
    lines += ["", say(language, "cli", "schemas-use")]
    return "\n".join(lines) + "\n"
