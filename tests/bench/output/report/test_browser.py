"""The page in a real Chromium: skipped where there is none, or no playwright to drive it."""

import shutil
from contextlib import contextmanager

import pytest

from bench.output.evidence import Evidence
from bench.output.looks import ALWAYS, MOST, MUTED
from bench.output.report import write_report
from tests.support.runs import make_run

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra: test)")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
if CHROMIUM is None:
    pytest.skip("no Chromium on the path: the report is not tested in a browser", allow_module_level=True)

SIZES = {"wide": {"width": 1280, "height": 900}, "narrow": {"width": 390, "height": 844}}


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def opened(browser, path, size="wide"):
    """A page, opened from disk; whatever it complains of, asks for or pops up fails the test."""
    complaints = []
    page = browser.new_page(viewport=SIZES[size])
    page.set_default_timeout(5000)
    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: (complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on(
        "request", lambda one: None if one.url.startswith(("file:", "data:")) else complaints.append(f"loads {one.url}")
    )
    page.goto(path.as_uri())
    yield page
    page.close()
    assert complaints == []


@pytest.fixture(params=SIZES)
def page(request, browser, page_file):
    with opened(browser, page_file, request.param) as page:
        yield page


def curves(page):
    return page.locator("#curve-chart path[data-method]").evaluate_all(
        "paths => Object.fromEntries(paths.map(p => [p.dataset.method, p.getAttribute('d')]))"
    )


def column(page, index):
    return page.locator(f"figure.results table >> nth=0 >> tbody tr > :nth-child({index})").all_inner_texts()


def test_nothing_is_wider_than_the_screen(page):
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_toggles_take_methods_off_all_charts_and_put_them_back(page):
    assert set(curves(page)) == {"base", "best-of-n", "other"}
    page.locator("#methods input[value=other]").uncheck()
    assert set(curves(page)) == {"base", "best-of-n"}
    assert "other" not in page.locator("#gallery").inner_text()
    page.locator("#methods input[value=other]").check()
    assert set(curves(page)) == {"base", "best-of-n", "other"}


@pytest.mark.parametrize("name", ["denoiser evaluations", "reward calls", "linear"])
def test_axis_and_scale_redraw_the_curves(page, name):
    before = curves(page)
    page.get_by_label(name, exact=True).check()
    assert curves(page)["base"] != before["base"]
    expected = name if name != "linear" else "method seconds"
    assert expected in page.locator("#curve-chart svg").text_content()


def test_curves_are_of_gains_until_rewards_are_asked_for(page):
    chart, before = page.locator("#curve-chart svg"), curves(page)
    assert "reward gained over the model's own sample" in chart.text_content()
    page.get_by_label("best reward so far", exact=True).check()
    assert "best reward so far" in chart.text_content()
    assert curves(page)["other"] != before["other"]


def test_intervals_can_be_switched_off(page):
    assert page.locator("#curve-chart path[fill-opacity]").count() == 3
    page.get_by_label("intervals").uncheck()
    assert page.locator("#curve-chart path[fill-opacity]").count() == 0


def test_another_reward_is_drawn(page):
    page.locator("#task").select_option("spread on gaussian")
    assert set(curves(page)) == {"base", "best-of-n", "other"}
    assert page.locator("#judge").input_value() == "support-distance"


def test_tables_sort_by_numbers_both_ways_and_by_name(page):
    head = page.locator("figure.results table >> nth=0 >> thead th")
    head.nth(2).get_by_role("button").click()
    falling = [float(text.split()[0]) for text in column(page, 3)]
    assert falling == sorted(falling, reverse=True)
    assert len(set(falling)) == 3
    assert head.nth(2).get_attribute("aria-sort") == "descending"
    head.nth(2).get_by_role("button").click()
    assert [float(text.split()[0]) for text in column(page, 3)] == falling[::-1]
    head.nth(0).get_by_role("button").click()
    assert column(page, 1) == ["base", "best-of-n", "other"]
    assert [head.nth(i).get_attribute("aria-sort") for i in (0, 2)] == ["ascending", "none"]


def test_hovering_reads_the_curves(page):
    chart = page.locator("#curve-chart")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    page.mouse.move(box["x"] + box["width"] - 13, box["y"] + 60)
    assert chart.locator(".tip").inner_text().startswith("10 method seconds")
    assert chart.locator(".tip div").count() == 3


def test_the_keyboard_reaches_curves_and_images_with_visible_focus(page):
    page.locator("#hacking > summary").press("Enter")
    page.locator("#hacking-chart svg").wait_for()
    for chart in ("#curve-chart", "#hacking-chart"):
        page.locator(chart).focus()
        page.keyboard.press("ArrowLeft")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert "method seconds" in page.locator(".tip").text_content()
    image = page.locator("#card img")
    assert image.evaluate("node => node.naturalWidth") == 16
    assert "support-distance" in page.locator("#card").inner_text()


def film(page):
    return page.locator("#film .frame b").all_inner_texts(), page.locator("#film figcaption").inner_text()


def test_a_film_of_the_leader_is_shown_and_of_whatever_is_pointed_at_or_focused(page):
    whens, caption = film(page)
    assert whens == ["5 s", "10 s"]
    assert "other" in caption
    assert page.locator(".tile[aria-pressed=true]").get_attribute("data-method") == "other"
    page.locator(".tile[data-method=base]").hover()
    assert "base" in film(page)[1]
    page.mouse.move(0, 0)
    page.locator(".tile[data-method=best-of-n]").focus()
    assert "best-of-n" in film(page)[1]
    assert page.locator("#film img").count() == 2


def test_below_an_image_stands_what_is_better_or_worse_than_base_there(page):
    captions = page.locator(".tile[data-method=best-of-n] .caption")
    kinds = captions.evaluate_all("all => all.map(one => one.className.trim())")
    assert kinds == ["caption good", "caption bad", "caption"]
    reward, distance, adherence = captions.all_inner_texts()
    assert reward.endswith("(+1)")
    assert distance.startswith("support-distance ")
    assert adherence == "adherence 0.9"
    assert "(" not in page.locator(".tile[data-method=base]").inner_text()


def test_what_is_closed_opens_by_its_name_and_by_a_link(page):
    sentence = page.locator("#statistics .verdicts li").first
    assert not sentence.is_visible()
    page.get_by_role("navigation").get_by_text("Statistics").click()
    sentence.wait_for()
    page.locator("#statistics > summary").focus()
    page.keyboard.press("Enter")
    sentence.wait_for(state="hidden")


def test_markup_of_prompts_is_shown_as_text(page):
    labels = page.locator("#prompt option").all_text_contents()
    assert "<img src=x onerror=alert(1)>" in labels
    for label in labels:
        page.locator("#prompt").select_option(label=label)
        assert page.locator("#gallery img").count() >= 2
        assert page.locator("#film img").count() >= 1
    assert page.locator("body script").count() == 2


def test_a_method_that_is_not_anytime_has_points_and_no_curve(browser, hostile_run, tmp_path):
    found = Evidence([hostile_run])
    found.pointwise = frozenset(["base"])
    with opened(browser, write_report(found, tmp_path / "points.html").path) as page:
        assert set(curves(page)) == {"best-of-n", "other"}
        assert page.locator("#curve-chart [data-point=base]").count() == 2
        assert page.locator("#curve-chart [data-point=best-of-n]").count() == 1
        assert page.locator("#curve-chart line[stroke-opacity]").count() == 2


@pytest.mark.parametrize("methods", [{"base": {}}, {"best-of-n": {}}])
def test_a_run_without_a_score_says_so_and_breaks_nothing(browser, tmp_path, methods):
    (method,) = methods
    run = make_run(tmp_path / "run", prompts=("cat",), seeds=(0,), methods=methods, failed={(method, "cat")})
    with opened(browser, write_report(Evidence([run]), tmp_path / "page.html").path) as page:
        assert "none has a curve" in page.locator("#curve-chart").inner_text()
        page.locator("#hacking > summary").click()
        assert "measured nothing" in page.locator("#hacking-chart p").inner_text()
        assert page.locator("#film .empty").all_inner_texts() == ["failed", "failed"]


def test_of_many_methods_the_best_and_those_others_are_held_against_are_in_colour(browser, tmp_path):
    methods = {"base": {}, "best-of-n": {}} | {f"m{number}": {"use": "best-of-n"} for number in range(8)}
    run = make_run(tmp_path / "run", prompts=("cat",), seeds=(0,), methods=methods)
    grey = f'#curve-chart path[stroke="{MUTED.colour}"]'
    with opened(browser, write_report(Evidence([run]), tmp_path / "page.html").path) as page:
        muted = page.locator(grey).evaluate_all("paths => paths.map(path => path.dataset.method)")
        assert len(muted) == len(methods) - MOST
        assert not set(muted) & set(ALWAYS)
        for name in muted:
            page.locator(f"#methods input[value={name}]").uncheck()
        assert page.locator(grey).count() == 0
        assert len(curves(page)) == MOST
