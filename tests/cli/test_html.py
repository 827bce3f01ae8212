"""report.html in a browser: what it shows, asks for and refuses. The pages are the golden ones, so that nothing is run here.

Needs a Chromium; where there is none (`./dev test` does not install it, `./dev test --full` does) every test is skipped."""
import contextlib
import functools
import http.server
import os
import threading
import unittest

import browser

GOLDEN = os.path.join(os.environ["CALLGATE_SOURCE_DIR"], "tests", "golden")
PAGES = sorted(name for name in os.listdir(GOLDEN) if name.endswith(".html"))
# What Jenkins sends with every archived file: no script, no style, nothing from elsewhere.
STRICT = "sandbox; default-src 'none'; img-src 'self'; style-src 'self';"

# Texts whose colour does not stand out from what is behind it as WCAG 2 AA wants.
FAINT = """(() => {
  const light = c => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
  const of = text => { const [r, g, b] = text.match(/[\\d.]+/g).map(Number);
                       return 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b); };
  const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
                        if (c !== 'rgba(0, 0, 0, 0)') return c; } return 'rgb(255, 255, 255)'; };
  const faint = [];
  for (const e of document.querySelectorAll('main *, header *, nav *, footer *')) {
    if (e.closest('svg') || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    const [a, b] = [of(getComputedStyle(e).color), of(behind(e))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) faint.push(e.outerHTML.slice(0, 80));
  }
  return faint;
})()"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """An artifact store: serves a folder, with a policy."""

    def end_headers(self):
        self.send_header("Content-Security-Policy", STRICT)
        super().end_headers()

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def artifact_store():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=GOLDEN)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@unittest.skipUnless(browser.program(), "no Chromium here: report.html was not looked at in a browser")
class HtmlReport(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.page = browser.Browser()

    @classmethod
    def tearDownClass(cls):
        cls.page.close()

    def open(self, name, **how):
        self.page.open(f"file://{GOLDEN}/{name}", **how)

    def count(self, selector):
        return self.page.value(f"document.querySelectorAll({selector!r}).length")

    def visible_rows(self):
        return self.page.value("[...document.querySelectorAll('tbody')].filter(b => b.offsetHeight > 0).length")

    def test_every_page_fits_its_screen_asks_for_nothing_and_complains_of_nothing(self):
        for name in PAGES:
            looks = [(1280, False), (390, True)] + ([(1280, True), (390, False)] if name == "violated.html" else [])
            for width, dark in looks:
                with self.subTest(page=name, width=width, dark=dark):
                    self.open(name, width=width, dark=dark)
                    self.page.value("document.querySelectorAll('main details').forEach(one => { one.open = true; })")
                    self.assertEqual(self.page.requests, [f"file://{GOLDEN}/{name}"])
                    self.assertEqual(self.page.complaints, [])
                    self.assertLessEqual(self.page.value("document.documentElement.scrollWidth"), width)
                    self.assertEqual(self.page.value(FAINT), [])

    def test_strings_of_a_hostile_workload_are_text(self):
        self.open("hostile.html")
        self.assertEqual(self.count("script"), 1)
        self.assertEqual(self.count("style"), 1)
        self.assertEqual(self.count("img, iframe, object, embed, base, video, a:not([href^='#'])"), 0)
        self.assertEqual(self.count("[onclick], [onerror], [onload], [style]"), 0)
        self.assertIn("]]>&<b>|`@team`", self.page.value("document.querySelector('main').textContent"))
        self.assertIn("</script>", self.page.value("document.querySelector('main').textContent"))
        # Should an escape ever be forgotten, the page's own policy still runs nothing.
        self.page.value("document.querySelector('main').insertAdjacentHTML('beforeend', "
                        "'<img src=x onerror=\"document.title = 1\">')")
        self.page.value("(() => { const s = document.createElement('script'); s.text = 'document.title = 1'; "
                        "document.body.append(s); })()")
        self.assertTrue(self.page.value("document.title").startswith("callgate: FAILED"))
        self.assertTrue(any("Content Security Policy" in one for one in self.page.complaints), self.page.complaints)

    def readable(self):
        """What must be there with neither script nor style."""
        self.assertIn("FAILED", self.page.value("document.querySelector('h1').textContent"))
        self.assertFalse(self.page.value("document.getElementById('filter').offsetHeight > 0"), "a filter that filters nothing")
        self.assertEqual(self.visible_rows(), self.count("tbody"))
        self.assertEqual(self.page.value("document.querySelectorAll('details').length"), self.count("details:not([open])"))
        box = "document.querySelector('#timeline svg svg rect')"
        self.assertGreater(self.page.value(f"{box}.getBoundingClientRect().width"), 10)
        self.assertNotEqual(self.page.value(f"getComputedStyle({box}).fill"), "rgb(0, 0, 0)")
        self.page.value("document.querySelector('#violations summary').click()")
        self.assertGreater(self.page.value("document.querySelector('#violations details[open] pre').offsetHeight"), 0)

    def test_it_is_readable_with_scripts_off(self):
        self.open("violated.html", scripts=False)
        self.readable()
        self.assertEqual(self.page.complaints, [])

    def test_it_is_readable_where_an_artifact_store_lets_in_neither_script_nor_style(self):
        with artifact_store() as store:
            self.page.open(f"{store}/violated.html")
            self.readable()
            self.assertEqual(self.page.requests, [f"{store}/violated.html"])
        self.assertTrue(any("Content Security Policy" in one or "sandboxed" in one for one in self.page.complaints))

    def test_the_filter_finds_words_modes_and_what_did_not_pass(self):
        self.open("violated.html")
        everything = self.count("tbody")

        def shown_after(script):
            self.page.value(script)
            return self.visible_rows(), self.page.value("document.getElementById('shown').textContent")

        put = "(() => {{ const c = document.getElementById('{}'); {}; c.dispatchEvent(new Event('input')); }})()"
        self.assertEqual(shown_after(put.format("words", "c.value = 'SETGID errno'")), (2, f"2 of {everything} rows shown"))
        self.assertEqual(shown_after(put.format("words", "c.value = 'no such word'")), (0, f"0 of {everything} rows shown"))
        self.assertEqual(shown_after(put.format("words", "c.value = ''")), (everything, ""))
        self.assertEqual(shown_after(put.format("mode", "c.value = 'enforce'"))[0], 1)
        self.assertEqual(shown_after(put.format("bad", "c.checked = true"))[0], 0)
        self.assertEqual(shown_after(put.format("mode", "c.value = ''"))[0], everything - 2)
        self.page.value("document.getElementById('fold').click()")
        self.assertEqual(self.count("main details:not([open])"), 0)

    def test_the_keyboard_reaches_and_opens_everything(self):
        self.open("violated.html")
        reached = []
        for _ in range(60):
            self.page.press("Tab", 9)
            reached.append(self.page.value("document.activeElement.tagName + '.' + document.activeElement.className + "
                                           "(document.activeElement.id ? '#' + document.activeElement.id : '')"))
            if reached[-1].startswith("SUMMARY"):
                break
        self.assertEqual(reached[0], "A.skip")
        for wanted in ("INPUT.#words", "SELECT.#mode", "INPUT.#bad", "BUTTON.#fold", "DIV.wide"):
            self.assertIn(wanted, reached)
        self.page.press("Enter", 13)
        self.assertEqual(self.count("#violations details[open]"), 1)

    def test_a_screen_reader_finds_landmarks_tables_and_names(self):
        self.open("passing.html")
        tree = self.page.accessible()
        roles = [role for role, _ in tree]
        for role in ("banner", "navigation", "search", "main", "table", "columnheader", "rowheader", "image", "status"):
            self.assertIn(role, roles)
        for role, name in tree:
            if role in ("image", "button", "searchbox", "combobox", "checkbox", "table", "region", "link", "columnheader"):
                self.assertTrue(name.strip(), f"a {role} without a name")
        self.assertTrue(any(role == "image" and "startup: passed" in name for role, name in tree))
        self.assertTrue(any(role == "image" and "31000 of 40120" in name for role, name in tree))
        # Cards of a narrow screen are a table all the same.
        self.open("passing.html", width=390)
        self.assertIn("rowheader", [role for role, _ in self.page.accessible()])


if __name__ == "__main__":
    unittest.main()
