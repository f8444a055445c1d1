"""Notes: a small shared notebook on PostgreSQL."""

import os
import secrets
from urllib.parse import urlsplit

import waitress
from flask import Flask, abort, redirect, render_template, request
from store import Store, UnavailableError

TITLE_LIMIT_CHARS = 120
BODY_LIMIT_CHARS = 20_000
REQUEST_LIMIT_BYTES = 256 * 1024
COLOURS = ("sand", "sage", "sky", "rose", "plum")

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = REQUEST_LIMIT_BYTES
store = Store()


@app.before_request
def refuse_other_sites():
    """A form on another site must not write here in a visitor's name."""
    origin = request.headers.get("Origin")
    if request.method == "POST" and origin and urlsplit(origin).netloc != request.host:
        abort(403)


@app.get("/healthz")
def health():
    """Well is when the database answers, too."""
    store.ping()
    return "ok\n"


@app.get("/")
def index():
    """All notes, or those that were searched for."""
    part = request.args.get("q", "").strip()
    return page(notes=store.all(part), part=part, note=None)


@app.get("/notes/<int:number>")
def edit(number):
    """All notes, and one of them open."""
    note = store.get(number)
    if note is None:
        abort(404)
    return page(notes=store.all(), part="", note=note)


@app.post("/notes")
def create():
    """Write a new note."""
    store.save(None, *from_form())
    return redirect("/", code=303)


@app.post("/notes/<int:number>")
def change(number):
    """Change a note."""
    store.save(number, *from_form())
    return redirect("/", code=303)


@app.post("/notes/<int:number>/delete")
def delete(number):
    """Remove a note."""
    store.delete(number)
    return redirect("/", code=303)


@app.errorhandler(UnavailableError)
def away(_error):
    """The database starts, or is gone; say so and try again."""
    answer = app.make_response((render_template("away.html"), 503))
    answer.headers["Retry-After"] = "2"
    return answer


@app.after_request
def guard(answer):
    """What a browser may do with the page."""
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    # With "no-referrer" a browser would also withhold the Origin that refuse_other_sites looks at.
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer


def page(*, notes, part, note):
    """The one page there is."""
    return render_template(
        "index.html",
        notes=notes,
        part=part,
        note=note,
        colours=COLOURS,
        suggested=secrets.choice(COLOURS),
        name=os.environ.get("NAME", ""),
    )


def from_form():
    """Title, text and colour of the form, within their limits."""
    body = request.form.get("body", "").strip()[:BODY_LIMIT_CHARS].replace("\0", "")
    title = request.form.get("title", "").strip()[:TITLE_LIMIT_CHARS].replace("\0", "")
    colour = request.form.get("colour", "")
    if not title and not body:
        abort(400)
    return (
        title or body.splitlines()[0][:TITLE_LIMIT_CHARS],
        body,
        colour if colour in COLOURS else COLOURS[0],
    )


if __name__ == "__main__":
    print("notes listens on 8080", flush=True)
    waitress.serve(app, host="0.0.0.0", port=8080, threads=8, ident=None)
