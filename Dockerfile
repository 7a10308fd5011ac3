# The portal in one container: web, worker and beat under one parent. PostgreSQL and Redis stand
# beside it (compose.yaml); docs/deployment.md says what it wants to know.
FROM python:3.13-slim

RUN useradd --create-home portal
WORKDIR /portal
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
RUN mkdir var && chown portal var

USER portal
ENV PYTHONUNBUFFERED=1 BIND=0.0.0.0
VOLUME /portal/var
EXPOSE 8000
# The web server answers for the name in SITE_URL only, so the question is asked with that name.
HEALTHCHECK --interval=30s --start-period=60s CMD ["python", "-c", "import os, urllib.request as u; \
u.urlopen(u.Request(f\"http://127.0.0.1:{os.environ.get('PORT', '8000')}/healthz\", \
headers={'Host': os.environ['SITE_URL'].split('://')[1].split('/')[0]}))"]
CMD ["python", "manage.py", "portal"]
