#!/usr/bin/python3
"""The operations guide as a page, in a real browser: it asks nothing of a network, says nothing on the console, its links
lead somewhere, its picture is legible, and its commands are those of the guide."""

import re

import yaml
from browser import Browser
from trial import main, require, same

# What each rectangle and text takes, in pixels of the screen.
GEOMETRY = """[...document.querySelectorAll('.picture .node')].map(node => {
    const of = element => { const r = element.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom] };
    return { name: node.querySelector('.name').textContent, box: of(node.querySelector('rect')),
             texts: [...node.querySelectorAll('text')].map(of) } })"""
LABELS = """[...document.querySelectorAll('.picture .label')].map(label => {
    const r = label.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom] })"""
# The least contrast of a text to what is behind it, and where.
CONTRAST = r"""(() => {
    const numbers = color => color.match(/[\d.]+/g).map(Number);
    const light = color => { const [r, g, b] = numbers(color).map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
                             return .2126 * r + .7152 * g + .0722 * b };
    const paper = element => { for (; element; element = element.parentElement) {
        const color = getComputedStyle(element).backgroundColor; if (numbers(color)[3] !== 0 && !color.startsWith('color(')) return color }
        return 'rgb(255, 255, 255)' };
    const of = (ink, paper) => { const [a, b] = [light(ink), light(paper)].sort((a, b) => b - a); return (a + .05) / (b + .05) };
    const all = [...document.querySelectorAll('p, li, th, td, h1, h2, a, code, .note, figcaption')]
        .map(e => [of(getComputedStyle(e).color, paper(e)), e.outerHTML.slice(0, 80)]);
    for (const e of document.querySelectorAll('.picture .node text'))
        all.push([of(getComputedStyle(e).fill, getComputedStyle(e.parentElement.querySelector('rect')).fill), e.outerHTML]);
    for (const e of document.querySelectorAll('.picture .zone text'))
        all.push([of(getComputedStyle(e).fill, getComputedStyle(e.parentElement.querySelector('rect')).fill), e.outerHTML]);
    return all.sort((a, b) => a[0] - b[0])[0] })()"""


def check(tree):
    page = tree.home / "runbook.html"
    with Browser() as browser:
        for width, height in [(1440, 900), (390, 844)]:
            browser.size(width, height)
            for scheme in ["light", "dark"]:
                browser.scheme(scheme)
                browser.open(page)
                require(not browser.problems, f"the console says: {browser.problems}")
                same("what the page asks for", browser.requests, [page.as_uri()])
                least, where = browser.ask(CONTRAST)
                require(least >= 4.5, f"{scheme}: contrast {least:.1f} of {where}")
            require(browser.ask("document.scrollingElement.scrollWidth <= innerWidth"), f"at {width} pixels the page is wider than the window")
            picture(browser, tree)
        links(browser, tree)
        commands(browser, tree)
        require(browser.printed().startswith(b"%PDF"), "it cannot be printed")


def picture(browser, tree):
    nodes = browser.ask(GEOMETRY)
    shown = {node["name"].split(" ×")[0] for node in nodes}
    missing = {name for name in [*tree.services, *tree.units] if len(name) <= 30} - shown
    require(not missing, f"not in the picture: {missing}")
    for index, node in enumerate(nodes):
        left, top, right, bottom = node["box"]
        for text in node["texts"]:
            require(text[0] >= left and text[1] >= top and text[2] <= right and text[3] <= bottom,
                    f"a text leaves the box of {node['name']}: {text}, {node['box']}")
        for other in nodes[:index]:
            require(apart(node["box"], other["box"]), f"{node['name']} and {other['name']} overlap")
        for label in browser.ask(LABELS) if index == 0 else []:
            hit = [other["name"] for other in nodes if not apart(label, other["box"])]
            require(not hit, f"a label of a line lies on {hit}")


def apart(one, other):
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def links(browser, tree):
    dead = browser.ask("[...document.querySelectorAll('a[href^=\"#\"]')].map(a => decodeURIComponent(a.hash.slice(1)))"
                       ".filter(name => !document.getElementById(name))")
    require(not dead, f"links that lead nowhere: {dead}")
    ids = browser.ask("[...document.querySelectorAll('[id]')].map(e => e.id)")
    same("names that are given twice", sorted(name for name in set(ids) if ids.count(name) > 1), [])
    for rule in [rule for path in tree.files("prometheus/rules/*.yml") for group in yaml.safe_load(path.read_text())["groups"]
                 for rule in group["rules"]]:
        annotations = rule.get("annotations", {})
        place, _, section = annotations.get("runbook", "").partition("#")
        served = re.search(r'^    runbook [^\n{]*url="([^"]+)"', tree.description, re.M)
        if "alert" in rule and served:
            # Where it is served, under the address that the description gives; other hosts have folders of their own.
            address, _, section = annotations.get("runbook_url", "").partition("#")
            require(address.startswith(served[1]) and address.endswith("/runbook.html"), f"{rule['alert']} links to {address!r}")
            require(section in ids or address != f"{served[1]}/runbook.html", f"the alert {rule['alert']} links to {section}, which is not in the page")
            continue
        # Of several hosts, some alerts are explained in the guide of another: `app-1:/opt/…`.
        if place == str(tree.home / "runbook.md"):
            require(section in ids, f"the alert {rule['alert']} links to {section}, which is not in the page")
        else:
            require(not section or ":" in place, f"the alert {rule.get('alert')} links to {place}, which is not here")


def commands(browser, tree):
    text = (tree.home / "runbook.md").read_text()
    lines = {line.strip() for block in re.findall(r"^(`{3,})\w*\n(.*?)^\1", text, re.M | re.S) for line in block[1].splitlines()}
    seen = browser.ask("[...document.querySelectorAll('pre .row')].flatMap(row => row.textContent.split('\\n')).map(line => line.trim())")
    same("commands of the guide that the page lacks", sorted(lines - set(seen)), [])
    # What a click puts on the clipboard is the command without what is said about it.
    copied = browser.ask("""(async () => {
        const out = []; Object.defineProperty(navigator, 'clipboard', { value: { writeText: async text => { out.push(text) } } });
        document.querySelectorAll('button.copy').forEach(button => button.click()); await null; return out })()""")
    require(copied, "no command can be copied")
    stated = "\n".join(sorted(lines))
    foreign = [command for command in copied if any(line.strip() not in stated for line in command.splitlines())]
    require(not foreign, f"copied, and not in the guide: {foreign}")
    noted = [command for command in copied if re.search(r" # (?!.*['\"])", command)]
    require(not noted, f"copied with what is said about it: {noted}")


main(check)
