"""Looks at the pages of HTMLReport in a headless Chromium: see Scripts/deep/html-report.

    html-report.py FOLDER

Exits with 1 if something is wrong, and says what.
"""

import importlib.util
import json
import pathlib
import shutil
import sys

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

FOLDER = pathlib.Path(sys.argv[1])
# Of that package only the file is used, which is axe-core's own.
AXE = (pathlib.Path(importlib.util.find_spec("axe_playwright_python").origin).parent / "axe.min.js").read_text()
WIDTHS = (1280, 390)
THEMES = ("light", "dark")
mistakes = []


def expect(condition, message):
    """Notes a mistake; goes on, so that all of them are seen."""
    if not condition:
        mistakes.append(message)
        print("wrong:", message)


def open_browser():
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or shutil.which("chromium-browser") or ""
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    return webdriver.Chrome(options=options, service=service)


def look(browser, name, theme="light", width=1280, scripts=True):
    """Opens a page, with nothing of the one before left in the logs."""
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": theme}, {"name": "prefers-reduced-motion", "value": "reduce"}]})
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500})
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not scripts})
    browser.get("about:blank")
    browser.get_log("browser")
    browser.get_log("performance")
    browser.get((FOLDER / f"{name}.html").as_uri())


def check_silence(browser, where):
    """Nothing was complained about, and nothing but the page was asked for."""
    for entry in browser.get_log("browser"):
        expect(False, f"{where}: the console says {entry['message'][:300]}")
    for entry in browser.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] != "Network.requestWillBeSent":
            continue
        url = message["params"]["request"]["url"]
        expect(url.startswith(FOLDER.as_uri()) or url == "about:blank", f"{where}: a request of {url[:200]}")


def check_access(browser, where):
    """What axe finds serious; all that folds is unfolded before."""
    browser.execute_script("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    browser.execute_script(AXE)
    found = browser.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "axe.run(document, {resultTypes: ['violations']}).then(found => done(found.violations), error =>"
        " done([{id: String(error), impact: 'critical', nodes: []}]))")
    for one in found:
        targets = [node["target"] for node in one["nodes"][:3]]
        line = f"{where}: axe, {one['impact']}: {one['id']} at {targets} ({len(one['nodes'])})"
        if one["impact"] in ("serious", "critical"):
            expect(False, line)
        else:
            print("note:", line)


def check_width(browser, where, width):
    shown = browser.execute_script("return document.documentElement.scrollWidth")
    expect(shown <= width, f"{where}: it is {shown} wide and has to be scrolled sideways")


def everywhere(browser, name):
    for theme in THEMES:
        for width in WIDTHS:
            where = f"{name}, {theme}, {width}"
            look(browser, name, theme, width)
            check_width(browser, where, width)
            check_access(browser, where)
            check_width(browser, f"{where}, unfolded", width)
            check_silence(browser, where)


def state(timeline):
    """What a timeline shows: the step, its sentence, the cursor, what the layers hold."""
    return {
        "place": timeline.find_element(By.CSS_SELECTOR, "output").text,
        "now": timeline.find_element(By.CSS_SELECTOR, ".now").text,
        "here": [item.text for item in timeline.find_elements(By.CSS_SELECTOR, ".steps .here")],
        "cursor": timeline.find_element(By.CSS_SELECTOR, ".cursor").get_attribute("transform"),
        "held": timeline.find_element(By.CSS_SELECTOR, ".holds").text,
    }


def check_timeline(browser):
    look(browser, "violation")
    timeline = browser.find_element(By.CSS_SELECTOR, ".timeline")
    count = len(timeline.find_elements(By.CSS_SELECTOR, ".steps > li"))
    first = state(timeline)
    start = int(timeline.get_attribute("data-start")) + 1
    expect(count > 5, f"the timeline has {count} steps")
    expect(first["place"] == f"{start} / {count}", f"it begins at {first['place']}, not at the end of the proof")
    expect(len(first["here"]) == 1, "one step is marked")

    def at(step, why):
        shown = state(timeline)
        expect(shown["place"] == f"{step} / {count}", f"{why}: {shown['place']}, not {step} / {count}")
        expect(
            shown["here"][0].split() == shown["now"].split(),
            f"{why}: the sentence {shown['now']!r} is not that of the step {shown['here'][0]!r}")
        return shown

    for part in (".player input", ".drawing", ".steps"):
        element = timeline.find_element(By.CSS_SELECTOR, part)
        browser.execute_script("arguments[0].focus()", element)
        browser.switch_to.active_element.send_keys(Keys.HOME)
        begin = at(1, f"{part}, home")
        browser.switch_to.active_element.send_keys(Keys.ARROW_LEFT)
        at(1, f"{part}, left at the beginning")
        browser.switch_to.active_element.send_keys(Keys.ARROW_RIGHT)
        second = at(2, f"{part}, right")
        expect(second["cursor"] != begin["cursor"], f"{part}: the cursor moves")
        browser.switch_to.active_element.send_keys(Keys.END)
        end = at(count, f"{part}, end")
        expect(end["held"] != begin["held"], f"{part}: the layers hold something else at the end")
        browser.switch_to.active_element.send_keys(Keys.ARROW_RIGHT)
        at(count, f"{part}, right at the end")
        browser.switch_to.active_element.send_keys(Keys.ARROW_LEFT)
        at(count - 1, f"{part}, left")
    value = timeline.find_element(By.CSS_SELECTOR, ".player input").get_attribute("aria-valuetext")
    expect(value == state(timeline)["here"][0] or value.split() == state(timeline)["here"][0].split(),
           "a screen reader is told the step")
    timeline.find_element(By.CSS_SELECTOR, ".step-back").click()
    at(count - 2, "the button back")
    timeline.find_element(By.CSS_SELECTOR, ".step-on").click()
    at(count - 1, "the button on")
    browser.execute_script("arguments[0].click()", timeline.find_elements(By.CSS_SELECTOR, ".steps > li")[2])
    at(3, "a click on a step")
    box = timeline.find_element(By.CSS_SELECTOR, ".drawing svg")
    browser.execute_script(
        "const box = arguments[0].getBoundingClientRect();"
        "arguments[0].dispatchEvent(new MouseEvent('click', {bubbles: true, clientX: box.left + 1, clientY: box.top + 30}))",
        box)
    at(1, "a click into the drawing")
    # The step of the last operation of the proof shows an old version somewhere.
    browser.execute_script("arguments[0].click()", timeline.find_elements(By.CSS_SELECTOR, ".steps > li")[start - 1])
    old = timeline.find_elements(By.CSS_SELECTOR, ".holds .stale")
    expect(old and "older than" in old[0].text, "where the proof ends some layer holds what is old")
    expect(len(timeline.find_elements(By.CSS_SELECTOR, "svg .deed.proof")) >= 2, "the proof stands out")
    check_silence(browser, "the timeline")


def check_copying(browser):
    look(browser, "violation")
    browser.execute_cdp_cmd(
        "Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})
    command = browser.find_element(By.CSS_SELECTOR, ".command")
    line = command.find_element(By.CSS_SELECTOR, "code").text
    button = command.find_element(By.CSS_SELECTOR, "button")
    button.click()
    WebDriverWait(browser, 20).until(lambda _: button.text == "Copied")
    copied = browser.execute_async_script(
        "const done = arguments[0]; navigator.clipboard.readText().then(done, error => done(String(error)))")
    expect(copied == line and line.startswith("coherence run"), f"copied was {copied!r}, not {line!r}")


def check_links(browser):
    look(browser, "several")
    closed = browser.find_elements(By.CSS_SELECTOR, ".run > details:not([open])")
    expect(len(closed) == 1, f"{len(closed)} runs are folded; the one that passed should be")
    name = closed[0].find_element(By.CSS_SELECTOR, "h2").get_attribute("id").removesuffix("-name")
    browser.find_element(By.CSS_SELECTOR, f"a[href='#{name}']").click()
    WebDriverWait(browser, 20).until(lambda _: closed[0].get_attribute("open") is not None)
    check_silence(browser, "the links")


def check_attack(browser):
    look(browser, "attacked")
    for what in ("img", "script:not([type]):not([nonce])", "[onload]", "[onerror]"):
        expect(not browser.find_elements(By.CSS_SELECTOR, what), f"text from outside made a {what}")
    title = browser.find_element(By.CSS_SELECTOR, "h1").text
    expect(title.startswith("</script><script>alert(1)</script><img"), f"the title is {title!r}")
    # The data of the timeline was read whole.
    expect(browser.find_element(By.CSS_SELECTOR, ".player output").is_displayed(), "the script has run")
    # A script that gets into the page all the same is not run.
    browser.execute_script(
        "const one = document.createElement('script'); one.textContent = 'window.broken = true';"
        "document.body.append(one)")
    expect(browser.execute_script("return window.broken") is None, "a foreign script is run")
    browser.get_log("browser")


def check_without_script(browser):
    look(browser, "violation", scripts=False)
    expect(browser.find_element(By.CSS_SELECTOR, ".steps").is_displayed(), "without script there are the steps")
    expect(browser.find_element(By.CSS_SELECTOR, ".holds").is_displayed(), "without script there are the layers")
    for part in (".player", ".copy"):
        expect(not browser.find_element(By.CSS_SELECTOR, part).is_displayed(), f"without script there is no {part}")
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def main():
    pages = sorted(path.stem for path in FOLDER.glob("*.html"))
    if not {"violation", "several", "attacked", "exploration", "histories", "large"} <= set(pages):
        sys.exit(f"html-report.py: these pages are no samples: {pages}")
    browser = open_browser()
    try:
        for name in pages:
            everywhere(browser, name)
        check_timeline(browser)
        check_copying(browser)
        check_links(browser)
        check_attack(browser)
        check_without_script(browser)
    finally:
        browser.quit()
    print(f"{len(pages)} pages in {len(THEMES)} themes and {len(WIDTHS)} widths: {len(mistakes)} mistakes")
    sys.exit(1 if mistakes else 0)


if __name__ == "__main__":
    main()
