#!/usr/bin/env python3
"""Opens the sample reports in a headless Chromium, from disk, and checks what only a browser shows.

report_browser.py REPORT_SAMPLE [--keep DIRECTORY]: with --keep the screenshots and the PDFs stay there. Exit
status 77, which CTest takes for "skipped", where there is no Chromium.
"""
import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
WIDE, MIDDLE, PHONE = 1200, 800, 390
A4 = 718  # CSS pixels between the margins of 1 cm that Chromium prints with


class Browser:
    """Chromium's DevTools protocol over a pair of pipes: messages are JSON, each ended by a zero byte."""

    def __init__(self, program, profile):
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                 "--disable-background-networking", "--disable-component-update", "--disable-sync",
                 "--disable-dev-shm-usage", "--remote-debugging-pipe", f"--user-data-dir={profile}"]
        to_read, self.to_browser = os.pipe()
        self.from_browser, to_write = os.pipe()
        # Chromium expects its ends as descriptors 3 and 4.
        script = f'exec "$0" "$@" 3<&{to_read} 4>&{to_write}'
        self.process = subprocess.Popen(["bash", "-c", script, program, *flags, "about:blank"],
                                        pass_fds=[to_read, to_write], stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_write)
        self.unread = b""
        self.next_id = 0
        self.events = []
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def message(self):
        while b"\0" not in self.unread:
            piece = os.read(self.from_browser, 1 << 16)
            if not piece:
                raise RuntimeError("Chromium has ended")
            self.unread += piece
        first, self.unread = self.unread.split(b"\0", 1)
        return json.loads(first)

    def call(self, method, **parameters):
        self.next_id += 1
        request = {"id": self.next_id, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.to_browser, json.dumps(request).encode() + b"\0")
        while True:
            answer = self.message()
            if answer.get("id") == self.next_id:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def open(self, path, width, dark=False, scripts=True):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1,
                  mobile=width == PHONE)
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.events = []
        self.call("Page.navigate", url=path.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.message())

    def evaluate(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def screenshot(self, file):
        data = self.call("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        file.write_bytes(base64.b64decode(data))

    def pdf(self, file):
        data = self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=False)["data"]
        file.write_bytes(base64.b64decode(data))
        return file.read_bytes()

    def close(self):
        try:
            self.session = None
            self.call("Browser.close")
        except (RuntimeError, OSError):
            self.process.kill()
        self.process.wait(timeout=120)


class Checks:
    def __init__(self):
        self.failed = 0

    def __call__(self, holds, text):
        if not holds:
            self.failed += 1
        print(("ok      " if holds else "FAILED  ") + text)


def quiet_and_offline(browser, page, check):
    """No word on the console, and nothing asked for but the page and what is inside of it."""
    words = [event["params"] for event in browser.events
             if event.get("method") in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")]
    check(not words, f"{page.name}: console is empty {words or ''}")
    asked = {event["params"]["request"]["url"][:80] for event in browser.events
             if event.get("method") == "Network.requestWillBeSent"}
    other = [url for url in asked if url != page.as_uri() and not url.startswith("data:")]
    check(page.as_uri() in asked and not other, f"{page.name}: nothing is loaded {other or ''}")


def whole(browser, page, width, check):
    """The page is no wider than the window, nothing hides behind a scroll, all pictures show and say what they are."""
    wide = browser.evaluate("document.documentElement.scrollWidth")
    check(wide <= width, f"{page.name}: {wide} of {width} px wide")
    hidden = browser.evaluate("""[...document.querySelectorAll('main *')].filter(
        e => getComputedStyle(e).overflowX !== 'visible' && e.scrollWidth > e.clientWidth + 1).map(e => e.className)""")
    check(hidden == [], f"{page.name}: nothing hides behind a scroll {hidden or ''}")
    outside = browser.evaluate("""[...document.querySelectorAll('main *')].filter(e => {
        const box = e.getBoundingClientRect();
        return box.width && (box.left < -1 || box.right > document.documentElement.clientWidth + 1); }).map(
            e => `${e.tagName} ${e.textContent.slice(0, 30)}`).slice(0, 5)""")
    check(outside == [], f"{page.name}: nothing leaves the window {outside or ''}")
    bad = browser.evaluate("[...document.images].filter(i => !i.naturalWidth || !i.alt.trim()).length")
    count = browser.evaluate("document.images.length")
    check(count > 0 and bad == 0, f"{page.name}: {count} pictures show and have a text")
    nameless = browser.evaluate("[...document.querySelectorAll('svg')].filter("
                                "s => !s.closest('[role=img][aria-label]')).length")
    check(nameless == 0, f"{page.name}: every chart has a text")


def aligned(browser, page, check):
    """Pictures side by side begin at the same height; options are not broken; labels in charts do not overlap."""
    tops = browser.evaluate("""[...document.querySelectorAll('.pair')].map(
        p => [...p.querySelectorAll('img')].map(i => Math.round(i.getBoundingClientRect().top)))""")
    check(all(len(set(pair)) == 1 for pair in tops), f"{page.name}: pairs of pictures are aligned {tops}")
    broken = browser.evaluate("[...document.querySelectorAll('.option')].filter(o => o.getClientRects().length > 1).length")
    check(broken == 0, f"{page.name}: no option is broken over two lines")
    overlaps = browser.evaluate("""[...document.querySelectorAll('.names, .ticks')].flatMap(labels => {
        const boxes = [...labels.children].map(l => l.getBoundingClientRect()).sort((a, b) => a.top - b.top);
        return boxes.slice(1).filter((box, i) => box.top < boxes[i].bottom - 2); }).length""")
    check(overlaps == 0, f"{page.name}: no label of a chart lies on another")


def contrast(browser, page, scheme, check):
    """Every colour of text against the paper, by WCAG 2.1: at least 4.5."""
    least = browser.evaluate("""(() => {
        const light = colour => {
            const [r, g, b] = colour.match(/[0-9.]+/g).slice(0, 3).map(c => c / 255).map(
                c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
        const paper = light(getComputedStyle(document.body).backgroundColor);
        return Math.min(...[...document.querySelectorAll('p,h1,h2,h3,li,dt,dd,td,th,a,caption,figcaption,.chart span')].map(e => {
            const style = getComputedStyle(e);
            const ink = light(style.color);
            return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05); })); })()""")
    check(least >= 4.5, f"{page.name}, {scheme}: least contrast {least:.1f}")


COLUMN = """(name => { const table = document.querySelector('table.sortable');
    const at = [...table.tHead.rows[0].cells].findIndex(c => c.textContent === name);
    return [...table.tBodies[0].rows].map(r => r.cells[at].dataset.value ?? r.cells[at].textContent); })"""
CLICK = """(name => [...document.querySelectorAll('table.sortable th button')].find(
    b => b.textContent === name).click())"""
SORT = """(name => [...document.querySelectorAll('table.sortable th')].find(
    h => h.textContent === name).getAttribute('aria-sort'))"""


def sorts(browser, page, check):
    """By a column of numbers, both ways, rows without a number last; then by a column of words."""
    before = browser.evaluate(COLUMN + "('Test error')")
    numbers = sorted(float(value) for value in before if value)
    for direction, wanted in (("ascending", numbers), ("descending", numbers[::-1])):
        browser.evaluate(CLICK + "('Test error')")
        after = browser.evaluate(COLUMN + "('Test error')")
        check([float(value) for value in after[:len(wanted)]] == wanted and not any(after[len(wanted):])
              and len(after) == len(before), f"{page.name}: sorted by test error, {direction}")
        check(browser.evaluate(SORT + "('Test error')") == direction, f"{page.name}: says that it is {direction}")
    browser.evaluate(CLICK + "('Outcome')")
    words = browser.evaluate(COLUMN + "('Outcome')")
    check(words == sorted(words) and len(set(words)) > 1, f"{page.name}: sorted by outcome")
    check(browser.evaluate(SORT + "('Test error')") is None, f"{page.name}: one sorted column at a time")


def examine(browser, page, kept, check):
    for width in (WIDE, MIDDLE, PHONE):
        for dark in (False, True):
            browser.open(page, width, dark)
            whole(browser, page, width, check)
            aligned(browser, page, check)
            quiet_and_offline(browser, page, check)
            scheme = "dark" if dark else "light"
            contrast(browser, page, scheme, check)
            browser.screenshot(kept / f"{page.stem}-{width}-{scheme}.png")
    pdf = browser.pdf(kept / f"{page.stem}.pdf")
    check(pdf.startswith(b"%PDF-") and len(pdf) > 20000, f"{page.name}: prints")
    # As wide as the text of an A4 page: what is wider would be cut on paper.
    browser.open(page, A4)
    browser.call("Emulation.setEmulatedMedia", media="print")
    whole(browser, page, A4, check)
    aligned(browser, page, check)
    browser.call("Emulation.setEmulatedMedia", media="")


def without_scripts(browser, pages, check):
    """All words, numbers and charts are there where no script may run."""
    texts = "document.querySelector('main').innerText.replaceAll('\\n', ' ')"
    for page in pages:
        browser.open(page, WIDE)
        wanted = browser.evaluate(texts)
        browser.open(page, WIDE, scripts=False)
        check(len(wanted) > 1000 and browser.evaluate(texts) == wanted, f"{page.name}: the same words without scripts")
        check(browser.evaluate("document.querySelectorAll('button').length") == 0, f"{page.name}: no dead buttons")


def main():
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not program:
        print("skipped: no Chromium here")
        return SKIPPED
    check = Checks()
    # Chromium's helpers may still write to their profile.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as room:
        room = pathlib.Path(room).resolve()
        kept = pathlib.Path(sys.argv[3]) if sys.argv[2:3] == ["--keep"] else room
        kept.mkdir(exist_ok=True)
        subprocess.run([sys.argv[1], room], check=True)
        browser = Browser(program, room / "profile")
        try:
            pages = (room / "run.html", room / "sweep.html", room / "patches.html")
            for page in pages:
                examine(browser, page, kept, check)
            browser.open(room / "sweep.html", WIDE)
            sorts(browser, room / "sweep.html", check)
            without_scripts(browser, pages, check)
        finally:
            browser.close()
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(main())
