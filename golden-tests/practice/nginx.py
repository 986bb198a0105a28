"""Configurations of nginx as the directives that nginx reads: names with parameters and, in some, directives."""

ESCAPED = {'"': '"', "'": "'", "\\": "\\", "t": "\t", "r": "\r", "n": "\n"}


def directives(text):
    """The directives of a file, in order; comments and the form of quotes are gone."""
    found, rest = block(list(tokens(text)), 0)
    if rest != -1:
        raise ValueError("a brace too many")
    return found


def tokens(text):
    """Words, and the signs `;`, `{`, `}`, by nginx's own rules (`ngx_conf_read_token`)."""
    at = 0
    while at < len(text):
        sign = text[at]
        if sign.isspace():
            at += 1
        elif sign == "#":
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
        elif sign in ";{}":
            yield sign, sign
            at += 1
        else:
            word, at = read(text, at)
            yield "word", word


def read(text, at):
    """The word that begins there, and where it ends."""
    quote = text[at] if text[at] in "\"'" else None
    at += bool(quote)
    word = ""
    while at < len(text):
        sign = text[at]
        if sign == quote:
            return word, at + 1
        if not quote and (sign.isspace() or sign == ";" or (sign == "{" and not word.endswith("$"))):
            return word, at
        if sign == "\\":
            following = text[at + 1]
            word += ESCAPED.get(following, "\\" + following)
            at += 2
            continue
        word += sign
        at += 1
    return word, at


def block(all_tokens, at):
    """The directives up to the closing brace, and where that is; -1 at the end of the file."""
    found, words = [], []
    while at < len(all_tokens):
        kind, word = all_tokens[at]
        if kind == "word":
            words.append(word)
        elif kind == ";":
            found.append((words, None))
            words = []
        elif kind == "{":
            inner, at = block(all_tokens, at + 1)
            if at == -1:
                raise ValueError(f"the block of {words} never ends")
            found.append((condition(words), inner))
            words = []
        else:
            return found, at
        at += 1
    if words:
        raise ValueError(f"{words} is no directive")
    return found, -1


def condition(words):
    """The words of a directive; blanks beside the parentheses of an `if` are of no meaning."""
    if words[0] != "if":
        return words
    return ["if", *" ".join(words[1:]).strip().removeprefix("(").removesuffix(")").split()]
