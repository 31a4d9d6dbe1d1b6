# One image for every part: which one a container is, its command says.
FROM python:3.12-slim AS build
WORKDIR /kail
RUN python -m venv .venv
COPY requirements.lock ./
RUN sed -n '/^uv==/,/^[^ ]/{/^uv==/p;/^ .*--hash/p}' requirements.lock > uv.lock \
    && .venv/bin/pip install --no-cache-dir --require-hashes -r uv.lock \
    && VIRTUAL_ENV=/kail/.venv .venv/bin/uv pip sync --no-cache --require-hashes requirements.lock
COPY pyproject.toml README.md ./
COPY programmes programmes
COPY shared shared
COPY services services
RUN VIRTUAL_ENV=/kail/.venv .venv/bin/uv pip install --no-cache --no-deps --no-build-isolation --editable .

FROM python:3.12-slim
RUN useradd --system --create-home --home-dir /var/lib/kail kail && install -d -o kail -g kail -m 0700 /run/kail
COPY --from=build /kail /kail
WORKDIR /kail
ENV PATH=/kail/.venv/bin:$PATH PYTHONUNBUFFERED=1 KAIL_HOME=/var/lib/kail
USER kail
EXPOSE 8000
ENTRYPOINT ["kail"]
CMD ["--help"]
