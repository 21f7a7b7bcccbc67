"""Which sign separates the cells of a CSV file, and where its header begins: programs write it in several ways."""

from __future__ import annotations

SEPARATORS = ",;\t"


def find_header(text: str, begin: int = 0) -> tuple[int, str]:
    """Return where the header begins, from `begin` on, and the separator: of `SEPARATORS`, the one it has most of.

    >>> find_header("sep=;\\nid;name\\n1;Ada, the first\\n")
    (6, ';')
    """
    if text.startswith("sep=", begin):  # Excel's own way to say it
        begin = text.find("\n", begin) + 1
    header = text[begin:].partition("\n")[0]
    return begin, max(SEPARATORS, key=header.count)
