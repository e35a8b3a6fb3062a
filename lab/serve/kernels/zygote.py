"""A process that has imported and built everything once, and forks a kernel whenever it is asked for one.

    python -m regviz.lab.serve.kernels.zygote DESCRIPTOR

A kernel that is forked has nothing to import any more, and shares the memory of what it never changes. The descriptor
is that of a connected socket, which no one else can reach. The first line on it is `ready`; then each request is a line
of JSON with the kernel's `argv`, `env` and `cwd`, and each answer the kernel's process id on a line; below zero it is
the number of the system's error. The process ends when the other end of the socket is closed, which is when whoever
started it is gone; its kernels end with it.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import sys
from contextlib import suppress
from importlib import import_module

from jupyter_client.localinterfaces import is_local_ip

from regviz.memory import freeze

from ..absent import without
from .real_data import Reading

NEEDED = (
    "encodings.idna",
    "http.server",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "psutil",
    "pydoc",
    "sqlite3",
    "tornado.platform.asyncio",
    "zmq.utils.garbage",
)
"""What a kernel imports while it starts, besides the lab."""


def warm_up() -> None:
    """Import what kernels import, and build and draw a lab once: fonts, pictures and pages are loaded then."""
    import ipywidgets

    from ...app import Lab

    for module in NEEDED:
        import_module(module)
    # ipykernel loads a debugger if it can, which is half of a kernel's start, and nobody debugs a visitor's kernel.
    with without("debugpy"):
        import_module("ipykernel.debugger")
    import_module(".sparing", __package__)
    is_local_ip("")  # a kernel asks for all addresses of the machine, which takes a while and is remembered
    lab = Lab()
    lab.session.epoch()
    stage, session = lab.player.stage, lab.session
    stage.lay_out(800, 700, 1.0, lab.player.look, session.lanes, session.snapshot(), session.scene())
    del lab, stage, session
    ipywidgets.Widget.close_all()
    freeze()  # what is here now is never looked at by a child's collector, which would copy every page of it


def threads() -> int:
    """Return how many threads this process has, those of libraries included. A fork takes only one of them along."""
    return len(os.listdir("/proc/self/task"))


def serve(channel: socket.socket) -> None:
    """Fork a kernel for each request on `channel` until its other end is closed."""
    with Reading() as reading, channel.makefile("rb") as requests:
        for line in requests:
            reading.take()
            try:
                pid = os.fork()
            except OSError as error:  # no more processes may be had; those that there are live on
                channel.sendall(b"-%d\n" % (error.errno or errno.EAGAIN))
                continue
            if pid == 0:
                become_kernel(line, channel)
            channel.sendall(b"%d\n" % pid)


def become_kernel(line: bytes, channel: socket.socket) -> None:
    """Be the kernel that a line asks for, in a forked process; does not return."""
    code = 1
    try:
        request = json.loads(line)
        os.close(channel.detach())
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(request["env"])
        os.chdir(request["cwd"])

        import ipywidgets

        from .sparing import SparingApp

        app = SparingApp.instance(parent_handle=os.getppid())  # it ends when the process that forked it does
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


def main(descriptor: str) -> int:
    """Warm up, then serve the socket of that descriptor. Returns 1 if this process cannot be forked safely."""
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
    with socket.socket(fileno=int(descriptor)) as channel, suppress(ConnectionError):  # the server ended meanwhile
        channel.set_inheritable(False)
        channel.sendall(b"ready\n")
        serve(channel)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
