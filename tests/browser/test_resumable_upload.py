"""An upload survives lost connections, a closed tab and a restarted server."""

from pathlib import Path

from playwright.sync_api import Page, Request, Route, expect

from tests.browser.conftest import Servers, sign_in
from tests.factories import PASSWORD, make_creator, make_user
from tests.videos.clips import make_clip
from videos.intake.storage import originals
from videos.models import Clip, Source, Upload


def clip_of_two_pieces(folder: Path) -> Path:
    """Write a clip that is larger than the 4 MiB that the page sends in one request."""
    path = make_clip(folder / "holiday.mp4", "-b:v", "24M", "-maxrate", "24M", "-bufsize", "1M", size="1080x1920",
                     seconds=4)  # fmt: skip
    assert path.stat().st_size > 5 << 20
    return path


def test_upload_continues_after_a_lost_connection_in_a_new_tab(desktop: Page, tmp_path: Path) -> None:
    desktop.set_default_timeout(120_000)
    make_creator("maya", user=make_user("maya@example.com"))
    path = clip_of_two_pieces(tmp_path)
    sign_in(desktop, "maya@example.com", PASSWORD)
    offsets: list[str] = []

    def abort_later_pieces(route: Route, request: Request) -> None:
        """Let the first piece through and abort every later one."""
        if request.method == "PATCH":
            offsets.append(request.headers["upload-offset"])
            if len(offsets) > 1:
                route.abort("connectionfailed")
                return
        route.continue_()

    desktop.goto("/studio/upload/")
    code = desktop.locator("input[name=code]").input_value()
    desktop.route("**/api/v1/uploads/**", abort_later_pieces)
    desktop.locator("#id_file").set_input_files(path)
    expect(desktop.get_by_text("The connection was lost. The upload will resume")).to_be_visible(timeout=120_000)
    assert offsets[:2] == ["0", str(4 << 20)]

    tab = desktop.context.new_page()  # the old tab is closed, the form opened again
    tab.set_default_timeout(120_000)
    desktop.close()
    methods: list[str] = []
    tab.on("request", lambda sent: methods.append(sent.method) if "/api/v1/uploads/" in sent.url else None)
    tab.goto("/studio/upload/")
    tab.locator("#id_file").set_input_files(path)
    expect(tab.get_by_text("holiday.mp4 was uploaded and is being processed.")).to_be_visible(timeout=120_000)
    assert tab.locator("input[name=code]").input_value() == code
    assert methods[0] == "HEAD"
    assert "POST" not in methods
    source = Source.objects.get()
    assert Path(originals().path(source.storage_name)).read_bytes() == path.read_bytes()
    assert Clip.objects.get(code=code).source == source
    assert Upload.objects.get().source == source


def test_upload_continues_by_itself_after_the_server_was_killed_and_restarted(
    desktop: Page, servers: Servers, tmp_path: Path
) -> None:
    desktop.set_default_timeout(120_000)
    make_creator("maya", user=make_user("maya@example.com"))
    path = clip_of_two_pieces(tmp_path)
    sign_in(desktop, "maya@example.com", PASSWORD)
    pieces: list[str] = []

    def kill_the_server(route: Route, request: Request) -> None:
        """Let the first piece through and kill the server during the second."""
        if request.method == "PATCH":
            pieces.append(request.headers["upload-offset"])
            if len(pieces) == 2:
                servers.kill("web")
        route.continue_()

    desktop.goto("/studio/upload/")
    code = desktop.locator("input[name=code]").input_value()
    desktop.locator("textarea[name=caption]").fill("Typed before the server died")
    desktop.route("**/api/v1/uploads/**", kill_the_server)
    desktop.locator("#id_file").set_input_files(path)
    expect(desktop.get_by_text("The connection was lost. The upload will resume")).to_be_visible(timeout=120_000)
    assert Source.objects.count() == 0
    servers.start("web")
    servers.wait_for_web()
    expect(desktop.get_by_text("holiday.mp4 was uploaded and is being processed.")).to_be_visible(timeout=120_000)
    assert pieces == ["0", str(4 << 20), str(4 << 20)]
    assert desktop.locator("textarea[name=caption]").input_value() == "Typed before the server died"
    source = Source.objects.get()
    assert Path(originals().path(source.storage_name)).read_bytes() == path.read_bytes()
    assert Clip.objects.get(code=code).source == source


def test_other_copy_of_a_file_starts_afresh_and_says_so(desktop: Page, tmp_path: Path) -> None:
    make_creator("maya", user=make_user("maya@example.com"))
    copies = []
    for seconds in (1, 2):  # a phone compresses a video anew each time that it is picked
        (tmp_path / str(seconds)).mkdir()
        copies.append(make_clip(tmp_path / str(seconds) / "IMG_1.MOV", seconds=seconds))
    sign_in(desktop, "maya@example.com", PASSWORD)
    desktop.route("**/api/v1/uploads/*/", lambda route: route.abort("connectionfailed"))
    desktop.goto("/studio/upload/")
    desktop.locator("#id_file").set_input_files(copies[0])
    expect(desktop.get_by_text("The connection was lost. The upload will resume")).to_be_visible()
    code = Upload.objects.get().clip_code
    tab = desktop.context.new_page()
    desktop.close()

    tab.goto("/studio/")
    expect(tab.get_by_role("heading", name="Unfinished uploads")).to_be_visible()
    tab.get_by_role("link", name="Resume").click()
    expect(tab.locator("input[name=code]")).to_have_value(code)
    tab.locator("#id_file").set_input_files(copies[1])
    expect(tab.get_by_text("The upload starts from the beginning")).to_be_visible()
    expect(tab.get_by_text("IMG_1.MOV was uploaded and is being processed.")).to_be_visible(timeout=60_000)
    expect(tab.locator("[data-unfinished]")).to_have_count(0)
    source = Source.objects.get()
    assert Path(originals().path(source.storage_name)).read_bytes() == copies[1].read_bytes()
    assert Clip.objects.get(code=code).source == source
    assert not Upload.objects.unfinished().exists()


def test_file_chosen_by_mistake_does_not_cost_what_has_arrived(desktop: Page, tmp_path: Path) -> None:
    desktop.set_default_timeout(120_000)
    make_creator("maya", user=make_user("maya@example.com"))
    path, letter = clip_of_two_pieces(tmp_path), tmp_path / "letter.mp4"
    letter.write_text("Dear Maya, this is no video. " * 100)
    sign_in(desktop, "maya@example.com", PASSWORD)
    pieces: list[tuple[str, str]] = []

    def abort_second_piece(route: Route, request: Request) -> None:
        if request.method == "PATCH":
            pieces.append((request.url, request.headers["upload-offset"]))
            if len(pieces) == 2:
                route.abort("connectionfailed")
                return
        route.continue_()

    desktop.route("**/api/v1/uploads/*/", abort_second_piece)
    desktop.goto("/studio/upload/")
    code = desktop.locator("input[name=code]").input_value()
    desktop.locator("#id_file").set_input_files(path)
    expect(desktop.get_by_text("The connection was lost. The upload will resume")).to_be_visible()
    desktop.locator("#id_file").set_input_files(letter)
    expect(desktop.locator("[data-upload-errors] li")).to_have_count(1)
    desktop.locator("#id_file").set_input_files(path)
    expect(desktop.get_by_text("holiday.mp4 was uploaded and is being processed.")).to_be_visible()
    video = pieces[0][0]
    assert [offset for url, offset in pieces if url == video] == ["0", str(4 << 20), str(4 << 20)]
    source = Source.objects.get()
    assert Path(originals().path(source.storage_name)).read_bytes() == path.read_bytes()
    assert Clip.objects.get(code=code).source == source
