"""A process that has imported and built everything once, and forks a kernel whenever it is asked for one.

    python -m regviz.lab.serve.zygote SOCKET

A kernel that is forked has nothing to import any more, and shares the memory of what it never changes. A request is a
connection to the socket: a line of JSON with the kernel's `argv`, `env` and `cwd`; the answer is the line `{"pid": …}`.
The process ends when its standard input does, which is when whoever started it is gone; its kernels end with it.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from typing import Any

REQUEST = 1 << 20
"""Bytes of a request at most. An environment has some kilobytes."""


def warm_up() -> None:
    """Import what kernels import, and build and draw a lab once: fonts, pictures and pages are loaded then."""
    import ipykernel.zmqshell  # noqa: F401
    import IPython.core.completer  # noqa: F401
    import ipywidgets

    from ..app import Lab

    lab = Lab()
    lab.session.epoch()
    stage, session = lab.player.stage, lab.session
    stage.lay_out(800, 700, 1.0, lab.player.look, session.lanes, session.snapshot(), session.scene())
    del lab, stage, session
    ipywidgets.Widget.close_all()
    gc.collect()
    gc.freeze()  # what is here now is never looked at by a child's collector, which would copy every page of it


def threads() -> int:
    """How many threads this process has, those of libraries included. A fork takes only one of them along."""
    return len(os.listdir("/proc/self/task"))


def serve(listener: socket.socket) -> None:
    """Fork a kernel for each request until standard input ends."""
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in ready:
            return
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(5)
            try:
                request = json.loads(_line(connection))
            except (OSError, ValueError):
                continue
            pid = os.fork()
            if pid == 0:
                become_kernel(request, listener, connection)
            with suppress(OSError):  # whoever asked may have given up
                connection.sendall(json.dumps({"pid": pid}).encode() + b"\n")


def become_kernel(request: dict[str, Any], *sockets: socket.socket) -> None:
    """Be the kernel of a request, in a forked process; does not return."""
    code = 1
    try:
        for each in sockets:
            each.close()
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        with open(os.devnull) as nothing:
            os.dup2(nothing.fileno(), 0)
        os.environ.clear()
        os.environ.update(request["env"])
        os.chdir(request["cwd"])

        import ipywidgets
        from ipykernel.kernelapp import IPKernelApp

        app = IPKernelApp.instance(parent_handle=os.getppid())  # it ends when the process that forked it does
        app.initialize(request["argv"])
        ipywidgets.register_comm_target()  # done at import, if there is a kernel by then
        app.start()
        code = 0
    finally:
        # By now `sys.stdout` is the kernel's own, whose thread may have ended. Whatever else is wrong here is no matter
        # of the process that this one is a copy of, whose frames are below.
        try:
            for stream in (sys.__stdout__, sys.__stderr__):
                if stream is not None:
                    stream.flush()
        finally:
            os._exit(code)


def _line(connection: socket.socket) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        part = connection.recv(65_536)
        if not part or len(line) > REQUEST:
            raise ValueError("no whole request")
        line += part
    return line


def main(path: str) -> int:
    """Warm up, then listen at `path`. Returns 1 if that fails, or if this process cannot be forked safely."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends with the server, in its own time
    try:
        warm_up()
    except Exception as error:  # a notebook that needs what is broken here will say so itself
        print(f"Kernels cannot be forked: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return 1
    if threads() > 1:
        print(f"{threads()} threads run already, so kernels cannot be forked.", file=sys.stderr, flush=True)
        return 1
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system clears away kernels that ended
    with socket.socket(socket.AF_UNIX) as listener:
        try:
            listener.bind(f"{path}.new")
            listener.listen(64)
            os.rename(f"{path}.new", path)  # who sees it can connect
        except OSError:  # the server ended meanwhile, and its folder with it
            return 1
        serve(listener)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
