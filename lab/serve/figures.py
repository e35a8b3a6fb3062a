"""What is counted for whoever watches the server: `/metrics` has it in Prometheus' format.

Another part of the server adds a figure of its own by making it in this registry:
`Counter("regviz_votes", "…", registry=REGISTRY)`.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge

REGISTRY = CollectorRegistry()

SESSIONS = Gauge("regviz_sessions", "Visitors that run a lab, those whose kernel starts included", registry=REGISTRY)
WAITING = Gauge("regviz_waiting", "Visitors that wait for a seat", registry=REGISTRY)
FOLLOWERS = Gauge("regviz_followers", "Pages that follow a lab that is presented", registry=REGISTRY)
PAGES = Counter("regviz_pages", "Pages of notebooks that were asked for", registry=REGISTRY)
FRAMES = Counter("regviz_frames", "Pictures sent from kernels to their own pages", registry=REGISTRY)
TURNS = Counter("regviz_turns", "Knobs turned and buttons pressed on pages", registry=REGISTRY)
REFUSED = Counter("regviz_refused", "Messages of visitors that were not passed on", ["reason"], registry=REGISTRY)
