#!/usr/bin/env python3
"""Opens the sample reports in a headless Chromium, from disk, and checks what only a browser can tell.

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
WIDE, PHONE = 1200, 360


class Browser:
    """Chromium's DevTools protocol over a pair of pipes: messages are JSON, each ended by a zero byte."""

    def __init__(self, program, profile):
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                 "--disable-background-networking", "--disable-component-update", "--disable-sync",
                 "--disable-dev-shm-usage", "--remote-debugging-pipe", f"--user-data-dir={profile}"]
        to_read, self.to_browser = os.pipe()
        self.from_browser, to_write = os.pipe()
        # Chromium wants its ends as descriptors 3 and 4.
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
    """The page is no wider than the window, all pictures show and say what they are."""
    wide = browser.evaluate("document.documentElement.scrollWidth")
    check(wide <= width, f"{page.name}: {wide} of {width} px wide")
    bad = browser.evaluate("[...document.images].filter(i => !i.naturalWidth || !i.alt.trim()).length")
    count = browser.evaluate("document.images.length")
    check(count > 0 and bad == 0, f"{page.name}: {count} pictures show and have a text")
    nameless = browser.evaluate("[...document.querySelectorAll('svg')].filter("
                                "s => !s.getAttribute('aria-label') && !s.getAttribute('aria-hidden')).length")
    check(nameless == 0, f"{page.name}: every chart has a text")
    outside = browser.evaluate("""[...document.querySelectorAll('svg text')].filter(t => {
        const svg = t.ownerSVGElement, box = t.getBBox(), view = svg.viewBox.baseVal;
        return box.width && (box.x < -1 || box.x + box.width > view.width + 1 || box.y < -1 ||
                             box.y + box.height > view.height + 1); }).map(t => t.textContent)""")
    check(outside == [], f"{page.name}: no text leaves its chart {outside or ''}")


def contrast(browser, page, scheme, check):
    """Every colour of text against the paper, by WCAG 2.1: at least 4.5."""
    least = browser.evaluate("""(() => {
        const light = colour => {
            const [r, g, b] = colour.match(/[0-9.]+/g).slice(0, 3).map(c => c / 255).map(
                c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
        const paper = light(getComputedStyle(document.body).backgroundColor);
        return Math.min(...[...document.querySelectorAll('p,h1,h2,td,th,a,caption,figcaption,svg text')].map(e => {
            const style = getComputedStyle(e);
            const ink = light(e instanceof SVGElement ? style.fill : style.color);
            return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05); })); })()""")
    check(least >= 4.5, f"{page.name}, {scheme}: least contrast {least:.1f}")


COLUMN = """(name => { const table = document.querySelector('table.sortable');
    const at = [...table.tHead.rows[0].cells].findIndex(c => c.textContent === name);
    return [...table.tBodies[0].rows].map(r => r.cells[at].dataset.value); })"""
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
    for width in (WIDE, PHONE):
        for dark in (False, True):
            browser.open(page, width, dark)
            whole(browser, page, width, check)
            quiet_and_offline(browser, page, check)
            scheme = "dark" if dark else "light"
            contrast(browser, page, scheme, check)
            browser.screenshot(kept / f"{page.stem}-{width}-{scheme}.png")
    pdf = browser.pdf(kept / f"{page.stem}.pdf")
    check(pdf.startswith(b"%PDF-") and len(pdf) > 20000, f"{page.name}: prints")


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
            for page in (room / "run.html", room / "sweep.html"):
                examine(browser, page, kept, check)
            browser.open(room / "sweep.html", WIDE)
            sorts(browser, room / "sweep.html", check)
            browser.open(room / "sweep.html", WIDE, scripts=False)
            rows = browser.evaluate("document.querySelectorAll('table.sortable tbody tr').length")
            buttons = browser.evaluate("document.querySelectorAll('button').length")
            check(rows > 1 and buttons == 0, "sweep.html: without scripts, a table and no dead buttons")
        finally:
            browser.close()
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(main())
