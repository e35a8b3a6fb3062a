"""What a kernel is told when it starts: options, and of the server's environment what programs need, but no secret."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

# fmt: off
NAMES = frozenset((
    "PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP", "PWD", "VIRTUAL_ENV",
    "CONDA_PREFIX", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "SYSTEMROOT", "WINDIR",
    "COMSPEC", "PATHEXT", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "SYSTEMDRIVE",
    "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "SERVER_SOFTWARE",
    "HTTP_ACCEPT_LANGUAGE", "REGVIZ_LANG",
))
"""Variables that systems and libraries need, Voilà's words on the request, and the server's language."""

PREFIXES = (
    "LC_", "PYTHON", "IPYTHON", "MPL", "XDG_", "FONTCONFIG", "OMP_", "OPENBLAS_", "MKL_", "BLIS_", "VECLIB_",
    "NUMEXPR_", "JUPYTER_", "VOILA_", "PYDEVD_",
)
# fmt: on

SECRET = re.compile("TOKEN|PASSWORD|SECRET|CREDENTIAL|_KEY|COOKIE", re.IGNORECASE)

EXTRA = (
    "--IPKernelApp.log_level=ERROR",
    "--IPKernelApp.capture_fd_output=False",
    "--HistoryManager.enabled=False",
)
"""Options of every kernel. ipykernel warns of unencrypted sockets, but kernel and server are on one machine; two
threads would wait for what libraries print past Python; and what visitors' pages run is not written into the history of
whoever runs the server."""


def for_kernels(environment: Mapping[str, str], more: Iterable[str] = ()) -> dict[str, str]:
    """Return the variables of `environment` that a visitor's kernel may know; those named in `more` besides."""
    named = NAMES | set(more)
    return {
        name: value
        for name, value in environment.items()
        if name in named or (name.upper().startswith(PREFIXES) and not SECRET.search(name))
    }
