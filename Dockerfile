# The portal's image: web, worker and beat are one image and three commands (compose.yaml);
# docs/deployment.md says what it wants to know. PostgreSQL and Redis stand beside it.
ARG PYTHON=python:3.13.5-slim-bookworm

FROM ${PYTHON} AS packages
COPY requirements.txt /
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r /requirements.txt

FROM ${PYTHON}
RUN useradd --uid 10001 --no-create-home --home-dir /portal --shell /usr/sbin/nologin portal
COPY --from=packages /venv /venv
WORKDIR /portal
COPY . .
# The code is root's, and only var/ is written to.
RUN install -d -o portal -g portal -m 0700 var var/run

USER 10001
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 BIND=0.0.0.0
VOLUME /portal/var
EXPOSE 8000
STOPSIGNAL SIGTERM
# The web server answers for the name in SITE_URL only, so the question is asked with that name.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["python", "-c", "import os, urllib.request as u; \
u.urlopen(u.Request(f\"http://127.0.0.1:{os.environ.get('PORT', '8000')}/healthz\", \
headers={'Host': os.environ['SITE_URL'].split('://')[1].split('/')[0]}), timeout=5)"]
CMD ["python", "manage.py", "portal"]
