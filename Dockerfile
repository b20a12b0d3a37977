# One image for the three services; which one a container is, its command says.
FROM python:3.12-slim-bookworm AS build
WORKDIR /src
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /opt/dateline
# The dependencies first, with empty files in place of ours: a layer that a change of code keeps.
COPY pyproject.toml constraints.txt ./
RUN mkdir services shared \
    && touch README.md LICENSE services/__init__.py shared/__init__.py \
    && /opt/dateline/bin/pip install --constraint constraints.txt .
COPY README.md LICENSE ./
COPY services services
COPY shared shared
RUN /opt/dateline/bin/pip install --no-deps --force-reinstall .

FROM python:3.12-slim-bookworm
LABEL org.opencontainers.image.title="Dateline" \
      org.opencontainers.image.licenses="Apache-2.0"
# 1000 is the user of the OpenSearch image, whose key is kept in this folder (see docker-compose.yml).
RUN useradd --system --uid 10001 --user-group --no-create-home dateline \
    && install --directory --owner 1000 --group 1000 /certificates
COPY --from=build /opt/dateline /opt/dateline
ENV PATH=/opt/dateline/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATELINE_PROFILE=production \
    DATELINE_HOST=0.0.0.0 \
    DATELINE_STATE_DIR=/tmp/dateline
USER 10001:10001
WORKDIR /tmp
EXPOSE 8001 8002 8003
CMD ["python", "-m", "services.ingest"]
