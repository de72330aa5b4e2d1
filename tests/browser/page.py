#!/usr/bin/python3
"""page.py FILE MOST [ID...]: whether an HTML report is a page as it should be, of at most MOST bytes and with these cases.

Well nested; ids are there once and links lead to them; tables have a caption and heads with a scope; pictures have a
text; nothing is loaded from anywhere, and nothing but the one script runs.
"""
import html.parser
import re
import sys

VOID = {"meta", "br", "img", "input", "link", "hr"}
# Nothing of these is there to be loaded: names of languages.
NAMESPACES = ("http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink")


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.stack, self.ids, self.links, self.tables, self.scripts, self.problems = [], [], [], [], 0, []
        self.levels = []

    def complain(self, what):
        self.problems.append(f"line {self.getpos()[0]}: {what}")

    def handle_starttag(self, tag, attributes):
        names = dict(attributes)
        if tag not in VOID:
            self.stack.append(tag)
        if "id" in names:
            self.ids.append(names["id"])
        for name, value in attributes:
            if name.startswith("on"):
                self.complain(f"{tag} has {name}")
            if name in ("src", "href", "xlink:href", "action", "data", "poster", "srcset") and \
                    not (value or "").startswith(("#", "data:image/svg+xml,")):
                self.complain(f"{tag} leads to {value}")
        if tag == "a" and names.get("href", "").startswith("#"):
            self.links.append(names["href"][1:])
        if tag in ("link", "iframe", "object", "embed", "base"):
            self.complain(f"there is a {tag}")
        self.scripts += tag == "script"
        if tag == "img" and not names.get("alt"):
            self.complain("a picture without words")
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
            if len(self.levels) > 1 and self.levels[-1] > self.levels[-2] + 1:
                self.complain(f"{tag} follows h{self.levels[-2]}")
        if tag == "table":
            self.tables.append(False)
        if tag == "caption":
            self.tables[-1] = True
        if tag == "th" and names.get("scope") not in ("row", "col", "colgroup"):
            self.complain("a head without scope")
        if names.get("role") == "region" and not names.get("aria-label"):
            self.complain("a region without a name")

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if not self.stack or self.stack[-1] != tag:
            self.complain(f"</{tag}> in {self.stack[-1:]}")
            return
        self.stack.pop()
        if tag == "table" and not self.tables.pop():
            self.complain("a table without a caption")


def main():
    data = open(sys.argv[1], "rb").read()
    text = data.decode("utf-8")
    page = Page()
    page.feed(text)
    page.close()
    problems = page.problems[:20]
    if page.stack:
        problems.append(f"not closed: {page.stack}")
    problems += [f"the id {name} is there twice" for name in {n for n in page.ids if page.ids.count(n) > 1}] \
        if len(set(page.ids)) < len(page.ids) else []
    problems += [f"nothing has the id {name}" for name in set(page.links) - set(page.ids)]
    problems += [f"there are {page.scripts} scripts"] if page.scripts != 1 else []
    problems += [f"it names {url}" for url in set(re.findall(r"https?://[^\s\"'<>)%]*", text)) if url not in NAMESPACES]
    if re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]", text):
        problems.append("a control character")
    if len(data) > int(sys.argv[2]):
        problems.append(f"it has {len(data)} bytes")
    rows = set(re.findall(r"<tr data-verdict=[^>]*><th scope=\"row\">(?:<a [^>]*>)?([^<]*)", text))
    problems += [f"{name} is not in the table" for name in sys.argv[3:] if name not in rows]
    for problem in problems:
        print(problem)
    return bool(problems)


sys.exit(main())
