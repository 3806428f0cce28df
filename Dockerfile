# syntax=docker/dockerfile:1
# docker build --target cpu  --tag liveness-service:0.1.0 .
# docker build --target cuda --tag liveness-service:0.1.0-cuda .
# To publish, add attestations of the system packages too: docker buildx build --sbom=true --provenance=mode=max ...

# One base for both targets: CUDA and cuDNN are packages that onnxruntime-gpu locks; the node brings the driver.
FROM docker.io/library/python:3.11.15-slim-bookworm@sha256:b18992999dbe963a45a8a4da40ac2b1975be1a776d939d098c647482bcad5cba AS base

FROM base AS pip
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build/source

FROM pip AS build
COPY requirements/build/image.txt requirements/build/image.txt
RUN python -m venv /build/tools \
    && /build/tools/bin/python -m pip install --no-deps --require-hashes -r requirements/build/image.txt
# The face landmark bundle, accepted by its hash.
COPY model/__init__.py model/bundle.py model/
RUN XDG_CACHE_HOME=/build/cache python -m model.bundle
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY model model
COPY service service
RUN /build/tools/bin/python -m pip wheel --no-deps --no-build-isolation --wheel-dir /build/wheels .

FROM pip AS cpu-packages
COPY requirements/cpu.txt requirements/cpu.txt
RUN python -m venv --without-pip /opt/liveness/venv \
    && python -m pip --python /opt/liveness/venv/bin/python install --no-deps --require-hashes -r requirements/cpu.txt

FROM pip AS cuda-packages
COPY requirements/gpu.txt requirements/gpu.txt
RUN python -m venv --without-pip /opt/liveness/venv \
    && python -m pip --python /opt/liveness/venv/bin/python install --no-deps --require-hashes -r requirements/gpu.txt

FROM base AS runtime
# Must equal pyproject.toml (tested).
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="liveness-service" \
      org.opencontainers.image.description="Real-time face liveness from short video" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}"
# MediaPipe's library opens both. The base image's digest fixes Debian's release; pinned versions of its packages
# would vanish from the archive with the next security fix.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libegl1 libgles2 \
    && rm -rf /var/lib/apt/lists/*
# The only writable places are /tmp and /dev/shm. Matplotlib, which MediaPipe imports, wants a folder of its own.
# OpenCV decodes nothing above that many pixels: a second wall, as the service has looked at the size before.
ENV PATH=/opt/liveness/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    OPENCV_IO_MAX_IMAGE_PIXELS=4194304 \
    MPLCONFIGDIR=/tmp/matplotlib \
    LIVENESS_FACE_BUNDLE=/opt/liveness/face_landmarker.task
WORKDIR /opt/liveness
COPY --from=build /build/cache/liveness-service/face_landmarker.task /opt/liveness/face_landmarker.task
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=90s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/livez', timeout=4)"]
ENTRYPOINT ["python", "-m", "service"]
# Without API keys the service refuses this address and says what to do.
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]

FROM runtime AS cuda
ENV NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility
COPY --from=cuda-packages /opt/liveness/venv /opt/liveness/venv
RUN --mount=type=bind,from=build,source=/build,target=/build \
    /usr/local/bin/python -m pip --python /opt/liveness/venv/bin/python install --no-cache-dir --no-deps --no-index /build/wheels/*.whl \
    && /build/tools/bin/cyclonedx-py environment --output-reproducible --output-file /opt/liveness/sbom.cdx.json \
        /opt/liveness/venv/bin/python
USER 10001:10001

FROM runtime AS cpu
COPY --from=cpu-packages /opt/liveness/venv /opt/liveness/venv
RUN --mount=type=bind,from=build,source=/build,target=/build \
    /usr/local/bin/python -m pip --python /opt/liveness/venv/bin/python install --no-cache-dir --no-deps --no-index /build/wheels/*.whl \
    && /build/tools/bin/cyclonedx-py environment --output-reproducible --output-file /opt/liveness/sbom.cdx.json \
        /opt/liveness/venv/bin/python
USER 10001:10001
