import importlib, traceback, time, io, contextlib
from pathlib import Path
import pytest
from tests.production import people, staff
from tests.production.test_walk import pages  # noqa

@pytest.mark.timeout(6000)
def test_hold(deployment, mail, pages, database_url, tmp_path):
    ns = dict(deployment=deployment, mail=mail, pages=pages, database_url=database_url, tmp_path=tmp_path)
    steps = Path("/tmp/a-steps"); steps.mkdir(exist_ok=True)
    for p in steps.iterdir(): p.unlink()
    Path("/tmp/a-ready").touch()
    while not (steps / "stop").exists():
        for p in sorted(steps.glob("*.py")):
            code = p.read_text(); p.unlink()
            importlib.reload(staff); importlib.reload(people)
            ns.update(staff=staff, people=people)
            out = io.StringIO()
            t = time.time()
            with contextlib.redirect_stdout(out):
                try:
                    exec(code, ns); print("OK", round(time.time() - t, 1))
                except BaseException:
                    traceback.print_exc(file=out, limit=-4)
                    for n, pg in vars(pages).items():
                        with contextlib.suppress(Exception):
                            print(n, pg.url); pg.screenshot(path=f"/tmp/shots/a/error-{n}.png")
            (steps / (p.stem + ".out")).write_text(out.getvalue())
        pages.operator.wait_for_timeout(300)
