# One image for every process: `docker run … web`, `worker`, `system`, `beat`, `migrate` (see bin/start).

FROM python:3.11-slim-bookworm AS build
WORKDIR /app
ENV UV_PROJECT_ENVIRONMENT=/app/.venv UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_NO_CACHE=1
COPY bin/uv.txt bin/uv.txt
RUN pip install --no-cache-dir --no-deps --require-hashes -r bin/uv.txt
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --compile-bytecode
COPY . .
# The values only satisfy the settings for this one command; none of them stays in the image.
RUN python -m compileall -q config documents findings forum ledger organisations schemes sourcing web \
    && SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(60))')" \
       MODE=production STATIC_ROOT=/app/staticfiles SITE_URL=https://build.invalid ALLOWED_HOSTS=build.invalid \
       BROKER_URL=memory:// .venv/bin/python manage.py collectstatic --noinput -v 0

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 thread \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin thread
# Root owns the code and nobody writes to it: the container runs with a read-only root, and /tmp in memory.
COPY --from=build /app /app
WORKDIR /app
USER 10001:10001
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    MODE=production \
    STATIC_ROOT=/app/staticfiles \
    DATA_DIR=/tmp/common-thread \
    XDG_CACHE_HOME=/tmp/cache
EXPOSE 8000
ENTRYPOINT ["/app/bin/start"]
CMD ["web"]
