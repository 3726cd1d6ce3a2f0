"""python -m tests.page.offline LIBRARY QUESTION: serve the page and ask in Chromium; prints the short answer.

For a network namespace of its own, where the server and the browser have to be side by side.
"""

from __future__ import annotations

import re
import signal
import sys

from playwright.sync_api import sync_playwright

from tests.browser import CHROMIUM, FLAGS
from tests.page.conftest import ask
from tests.page.test_page_start import lines_until, start

process = start("--library", sys.argv[1])
try:
    [url] = re.findall(r"http://127\.0\.0\.1:\d+/", lines_until(process, "ready")[-1])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(locale="zh-CN")
        page.set_default_timeout(60_000)
        page.goto(url)
        ask(page, sys.argv[2])
        print(page.inner_text(".answer .short"))
        browser.close()
finally:
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
