"""Starts JupyterLab on the start page, or finds the one that is already running."""

from __future__ import annotations

import contextlib
import http.client
import os
import secrets
import signal
import socket
import sys
import threading
import urllib.request
import webbrowser
from pathlib import Path
from typing import Any, NoReturn

from course.errors import StartError
from course.model import START_PAGE

HERE = Path(__file__).parent


def start_url(url: str, token: str) -> str:
    """The address of the start page on a server."""
    return f"{url.rstrip('/')}/doc/tree/{START_PAGE}.ipynb?token={token}"


def running(lessons: Path) -> str | None:
    """The address of the start page on a server that already shows this folder, if there is one."""
    from jupyter_server.serverapp import list_running_servers

    for server in list_running_servers():
        if Path(server["root_dir"]) == lessons:
            probe = f"{server['url']}api?token={server['token']}"
            with contextlib.suppress(OSError, http.client.HTTPException), urllib.request.urlopen(probe, timeout=5):
                return start_url(server["url"], server["token"])
    return None


def show(address: str) -> None:
    """Opens an address in the user's own browser."""
    webbrowser.open(address)


def serve(lessons: Path, manifest: dict[str, Any], *, port: int | None, browser: bool, author: bool) -> NoReturn:
    """Runs JupyterLab on the lessons until it is stopped (Ctrl-C), then ends this process.

    ``author`` shows lessons as plain notebooks. Raises StartError where no port can be had.
    """
    import zmq
    from jupyterlab.labapp import LabApp

    chosen = _free_port(port)
    home = lessons.parent
    options = {
        "ServerApp.root_dir": lessons,
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": chosen,
        "ServerApp.port_retries": 0,
        "ServerApp.open_browser": False,
        "ServerApp.answer_yes": True,
        "ServerApp.allow_root": True,  # containers and CI run as root; the server listens on loopback only
        "ServerApp.log_level": "ERROR",
        "IdentityProvider.token": os.environ.get("JUPYTER_TOKEN") or secrets.token_hex(24),
        "LabApp.log_level": "ERROR",
        "LabApp.extension_manager": "readonly",
        "LabApp.news_url": None,
        "LabApp.app_settings_dir": HERE / "settings",
        "LabApp.user_settings_dir": home / "jupyterlab" / "settings",
        "LabApp.workspaces_dir": home / "jupyterlab" / "workspaces",
    }
    if zmq.has("curve"):  # others who use this computer can't listen to a lesson
        options["KernelManager.transport_encryption"] = "auto"
    arguments = [f"--{name}={value}" for name, value in options.items()]
    arguments.append(f"--LabApp.extra_labextensions_path={HERE / 'labextensions'}")
    try:
        server = LabApp.initialize_server(argv=arguments)
    except SystemExit:
        raise StartError("JupyterLab did not start. Its own words stand above; try another --port.") from None
    if not author:
        server.web_app.settings["page_config_data"]["courseLessons"] = manifest
    _stop_on_signals(server)
    address = start_url(server.connection_url, server.identity_provider.token)

    def announce() -> None:
        print(f"\nThe course is open at\n\n    {address}\n", flush=True)
        print("Leave this window open while you learn. To stop, press Ctrl-C here.", flush=True)
        if browser:
            threading.Thread(target=show, args=[address], daemon=True).start()  # some browsers keep one waiting

    server.io_loop.add_callback(announce)  # Jupyter opens the port in the callback before this one
    try:
        server.start()
    except SystemExit:
        raise StartError(f"Port {server.port} was taken by another program just now. Start the course again.") from None
    print("\nThe course is closed. Your answers are kept.", flush=True)
    # Everything is on the disk. A worker thread of JupyterLab's can wait for ever here, so none is waited for.
    os._exit(0)


def _stop_on_signals(server: Any) -> None:
    """Ctrl-C closes the course at once, kernels and all; Jupyter would ask, or leave them behind."""

    def stop(number: int, _frame: Any) -> None:
        signal.signal(number, signal.SIG_DFL)  # whoever presses twice is in a hurry
        server.stop(from_signal=True)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)


def _free_port(wanted: int | None) -> int:
    """The wanted port, or the next free one; says so where another is taken."""
    first = 8888 if wanted is None else wanted
    for port in range(first, min(first + 50, 65_536)):
        with socket.socket() as probe:
            if sys.platform != "win32":  # on Windows this option would share a port that is in use
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if wanted is not None and port != wanted:
            print(f"Port {wanted} is in use by another program; the course takes {port}.", file=sys.stderr)
        return port
    raise StartError(f"No free port from {first} on. Name another with --port.")
