# The bot. HAProxy, Caddy and PostgreSQL are services of their own: manifests/deploy/compose.yaml.
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE}

# iptables: this image is also the helper that makes the firewall rules on the engine's host network.
RUN apt-get update -q \
    && apt-get install -y -q --no-install-recommends iptables \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/sandpiper
COPY requirements.lock ./
# The base's own pip fills the environment, so that any base with Python 3.11 and pip will do.
RUN python3 -m venv --without-pip /opt/venv \
    && python3 -m pip --python /opt/venv/bin/python3 install --no-cache-dir --disable-pip-version-check \
        --require-hashes -r requirements.lock
COPY pyproject.toml README.md ./
COPY storage storage
COPY executor executor
COPY bot bot
COPY manifests manifests
RUN python3 -m pip --python /opt/venv/bin/python3 install --no-cache-dir --disable-pip-version-check \
        --no-deps --no-build-isolation -e . \
    && useradd --uid 10001 --home-dir /var/lib/sandpiper --create-home sandpiper

ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1
USER sandpiper
WORKDIR /var/lib/sandpiper
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["python3", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:3000/healthz', timeout=2)"]
CMD ["sandpiper", "serve"]
