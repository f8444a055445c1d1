"""Visits to the CSV explorer with files of every bad kind; run inside its image, where its packages are.

Prints a line for each visit that ended in an error of the program, and one at the end that counts them.
"""

import sys
from unittest import mock

from streamlit.testing.v1 import AppTest

sys.path.insert(0, "/app")

FILES = {
    "empty": b"",
    "header only": b"a,b\n",
    "semicolons, latin-1": "naïve;größe\nä;1,5\nö;2,5\n".encode("latin-1"),
    "equal names": b"a,a,a\n1,2,3\n",
    "time zones": b"t,v\n2026-01-01T00:00:00Z,1\n2026-06-01T00:00:00+02:00,2\n2026-06-02T00:00:00,3\n",
    "gaps": b"a,b,c\n,,true\n,,\n1,,false\n",
    "infinite": b"a,b\ninf,x\n1,y\n-inf,z\n",
    "beyond 64 bits": b"a\n99999999999999999999999999\n1\n",
    "names of ours": b"x,y,by,size,number of rows\n1,2,a,3,4\n3,4,b,5,6\n",
    "dots and brackets": b"a.b,c[0],d:e,<b>,*m*,$x$\n1,2,z,1,2,3\n3,4,q,1,2,3\n",
    "utf-16": "a,b\n1,é\n".encode("utf-16"),
    "binary": bytes(range(256)) * 20,
    "ragged": b"a,b\n1,2,3,4\n5\n6,7\n",
    "open quote": b'a,b\n"x\ny",2\n"open,3\n',
    "far dates": b"d,v\n0001-01-01,1\n9999-12-31,2\n",
    "free text": b"t\n" + b"".join(b"row %d\n" % n for n in range(100)),
    "many rows": b"a,b\n" + b"1,2\n2,3\n" * 10_000,
}


class Uploaded:
    """What Streamlit hands out for an uploaded file."""

    name = "file.csv"

    def __init__(self, raw):
        self._raw = raw

    def getvalue(self):
        """Its bytes."""
        return self._raw


def visit(raw):
    """Draw the page, filter by every column, draw every shape; yield where it went wrong."""
    with mock.patch("streamlit.file_uploader", return_value=Uploaded(raw)):
        page = AppTest.from_file("/app/app.py", default_timeout=60).run()
        yield "page", page
        if page.error:
            return
        columns = page.multiselect(key="filtered")
        columns.set_value(list(columns.options)).run()
        yield "filters", page
        for slider in page.slider:
            low, high = slider.value
            slider.set_value((low + (high - low) / 4, high))
        yield "filtered", page.run()
        page.multiselect(key="filtered").set_value([]).run()
        for shape in ("Bars", "Line", "Points", "Histogram"):
            if any(box.key == "shape" for box in page.selectbox):
                yield shape, page.selectbox(key="shape").set_value(shape).run()


failed = [
    f"FAILED {name}: {step}" for name, raw in FILES.items() for step, page in visit(raw) if page.exception
]
print(*failed, f"{len(FILES)} files, {len(failed)} failures", sep="\n", flush=True)
