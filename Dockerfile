# One image for all processes of the site; docker-compose.yml runs it once for each.
FROM python:3.13-slim-bookworm AS packages
RUN pip install --no-cache-dir uv
COPY feedsite/requirements/base.txt /requirements.txt
RUN uv venv /venv && uv pip sync --compile-bytecode --python /venv/bin/python --require-hashes /requirements.txt

FROM python:3.13-slim-bookworm
RUN apt-get update \
    && apt-get install --yes --no-install-recommends bubblewrap \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home feedsite \
    && install -d -o feedsite -g feedsite /data
COPY --from=packages /venv /venv
# .dockerignore says what is copied.
COPY --chown=root:root . /site
WORKDIR /site
ENV PATH=/venv/bin:$PATH DATA_DIR=/data PYTHONUNBUFFERED=1 WEB_HOST=0.0.0.0
RUN python -m feedsite.translations compile && python -m compileall -q .
USER feedsite
EXPOSE 8000
CMD ["python", "-m", "feedsite.processes", "web"]
