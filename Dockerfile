# One image for every part: which one a container is, its command says. Images are named by their exact versions; who
# builds where registries can be asked adds the digests (`docker buildx imagetools inspect`).
FROM python:3.12.12-slim-bookworm AS build
WORKDIR /kail
RUN python -m venv .venv
COPY requirements.lock ./
RUN sed -n '/^uv==/,/^[^ ]/{/^uv==/p;/^ .*--hash/p}' requirements.lock > uv.lock \
    && .venv/bin/pip install --no-cache-dir --require-hashes -r uv.lock \
    && VIRTUAL_ENV=/kail/.venv .venv/bin/uv pip sync --no-cache --require-hashes requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY programmes programmes
COPY shared shared
COPY services services
RUN VIRTUAL_ENV=/kail/.venv .venv/bin/uv pip install --no-cache --no-deps --no-build-isolation --editable .

FROM python:3.12.12-slim-bookworm
# A user of a number that compose can name, with nothing of its own but an empty home.
RUN groupadd --system --gid 10001 kail \
    && useradd --system --uid 10001 --gid kail --no-create-home --home-dir /var/lib/kail --shell /usr/sbin/nologin kail \
    && install -d -o kail -g kail -m 0700 /var/lib/kail
COPY --from=build /kail /kail
WORKDIR /kail
ENV PATH=/kail/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 KAIL_HOME=/var/lib/kail
USER 10001:10001
EXPOSE 8000
ENTRYPOINT ["kail"]
CMD ["--help"]
