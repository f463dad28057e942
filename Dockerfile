# ── builder: the wheel, and a virtual environment with nothing but the bot in it ─────────────────────────────────────
FROM python:3.11-slim-bookworm AS builder

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore

WORKDIR /src

# The locked packages first: this layer stays as long as the lock files do.
COPY requirements.lock requirements-build.lock ./
RUN python -m venv /opt/build \
    && /opt/build/bin/pip install --require-hashes --only-binary=:all: --no-deps --requirement requirements-build.lock \
    && python -m venv --without-pip /opt/tertulia \
    && /opt/build/bin/pip --python /opt/tertulia/bin/python install --no-compile \
        --require-hashes --only-binary=:all: --no-deps --requirement requirements.lock

COPY pyproject.toml README.md LICENSE ./
COPY bot/ bot/
COPY adapters/ adapters/
COPY facilitation/ facilitation/
COPY storage/ storage/
COPY migrations/ migrations/
# Bytecode is compiled here, because the user who runs it may not write it, and without it every start is slower.
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && /opt/build/bin/pip --python /opt/tertulia/bin/python install --no-compile --no-deps /wheels/*.whl \
    && /opt/tertulia/bin/python -m compileall -qq -j 0 /opt/tertulia/lib

# ── runtime ──────────────────────────────────────────────────────────────────────────────────────────────────────────
FROM python:3.11-slim-bookworm

LABEL org.opencontainers.image.title="Tertulia" \
      org.opencontainers.image.description="A self-hosted facilitator for communities of practice on Slack and Discord" \
      org.opencontainers.image.licenses="MIT"

# A fixed number, so that the owner of a mounted folder can be set from outside.
RUN groupadd --system --gid 10001 tertulia \
    && useradd --system --uid 10001 --gid tertulia --home-dir /data --no-create-home --shell /usr/sbin/nologin tertulia \
    && install --directory --owner tertulia --group tertulia --mode 0750 /data

COPY --from=builder /opt/tertulia /opt/tertulia

ENV PATH=/opt/tertulia/bin:$PATH \
    PYTHONUNBUFFERED=1

USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080

# An opener without proxies: a proxy in the environment must not be asked about our own loopback.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.build_opener(u.ProxyHandler({})).open('http://127.0.0.1:8080/health', timeout=4)"]

# An orderly stop: what is being said is finished, and the rest waits in the outbox.
STOPSIGNAL SIGTERM

ENTRYPOINT ["tertulia"]
# /data/config.toml is read if it is there; without it the defaults and the environment serve.
CMD ["run"]
