"""Filesystem: files of users, kept for the other services, and files that anyone may read."""

from flask import Blueprint, Response, request

from proof import through_gate
from entries import entered

SHARED = {"welcome.txt": b"Welcome.\n", "price list.txt": b"free 0, pro 100, team 1000\n"}

routes = Blueprint("filesystem", __name__)

_files = {}


@routes.get("/files/<path:name>")
@entered
@through_gate
def read_file(name):
    """One file of the user whom the calling service acts for."""
    content = _files.get((_user(), name))
    return _file(content)


@routes.put("/files/<path:name>")
@entered
@through_gate
def write_file(name):
    """Writes a file of the user whom the calling service acts for."""
    user = _user()
    if user is None:
        return {"error": "a user is needed"}, 400
    made = (user, name) not in _files
    _files[user, name] = request.get_data()
    return "", 201 if made else 204


@routes.delete("/files/<path:name>")
@entered
@through_gate
def delete_file(name):
    """Deletes a file of the user whom the calling service acts for."""
    if _files.pop((_user(), name), None) is None:
        return {"error": "no such file"}, 404
    return "", 204


@routes.get("/public/<path:name>")
@entered
def public_file(name):
    """A file that anyone may read; for a known user, that user's own file of this name first.

    The handler believes `X-User-ID` without asking who says so. That is safe only behind a gate
    that lets the header through for nobody but a service with a valid token.
    """
    return _file(_files.get((_user(), name), SHARED.get(name)))


def state():
    """What the witness shows of the filesystem."""
    return {"files": sorted(f"{user}:{name}" for user, name in _files)}


def reset():
    """Forgets every user's files."""
    _files.clear()


def _user():
    return request.headers.get("X-User-ID")


def _file(content):
    if content is None:
        return {"error": "no such file"}, 404
    return Response(content, mimetype="text/plain")
