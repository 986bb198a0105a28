"""The commands of the operations guide, wherever they stand: in blocks of code, beside items of checklists, in tables."""

import dataclasses
import re
import shlex
import urllib.parse

from trial import require

# Columns of tables in which commands are, in both languages.
COLUMNS = {"Command", "명령", "After a change", "바꾼 뒤"}
# A code span: as many ticks at its end as at its beginning.
SPAN = r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)"


@dataclasses.dataclass
class Guide:
    """The text of a tree's guide."""

    text: str

    @property
    def blocks(self):
        """Whole blocks of shell."""
        return [block for _, block in re.findall(r"^ *(`{3,})bash\n(.*?)^ *\1$", self.text, re.M | re.S)]

    @property
    def inline(self):
        """Commands beside items of checklists, and in tables."""
        return [*self._items(), *self._cells()]

    @property
    def lines(self):
        """All commands, each as one line; a comment alone is none."""
        blocks = [line.strip() for block in self.blocks for line in block.splitlines()]
        return [line for line in blocks + self.inline if line and not line.startswith("#")]

    def _items(self):
        for commands in re.findall(r"^- \[[ x]\] .*? — (`.*)$", self.text, re.M):
            found = re.findall(SPAN, commands)
            require(found, f"no command can be read of {commands}")
            yield from (code(text) for _, text in found)

    def _cells(self):
        columns = []
        for line in self.text.splitlines():
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] if line.startswith("|") else []
            if not cells:
                columns = []
            elif not columns:
                columns = cells
            for name, cell in zip(columns, cells):
                if name in COLUMNS and cell != name:
                    yield from (code(text.replace("\\|", "|")) for _, text in re.findall(SPAN, cell))


def code(text):
    """What is shown of a code span: a blank beside ticks of its own is no part of it."""
    return text[1:-1] if text.startswith(" ") and text.endswith(" ") else text


def words(line):
    """The words of a command up to its comment, as a shell takes them; of a line of a longer one, what blanks tell."""
    try:
        return shlex.split(line, comments=True)
    except ValueError:
        return line.split()


def urls(line):
    """The addresses that a command asks, each taken apart; one that cannot be is a failure."""
    found = []
    for word in words(line):
        # As a word of its own, or as the value of an option.
        stated = re.match(r"(?:--[\w.-]+=)?((?:https?|wss?)://.*)", word, re.S)
        if not stated:
            continue
        url = urllib.parse.urlsplit(stated[1])
        require(stated[1].count("://") == 1 and re.fullmatch(r"[a-zA-Z0-9.-]+(:\d+)?", url.netloc) and url.hostname
                and (url.port or 80) > 0, f"nobody can ask {word!r}: {line}")
        found.append(url)
    return found
