# syntax=docker/dockerfile:1.7
# Two images from one file: `api` (no vision stack) and `worker` (with it).
#
#   docker build --target api    -t orrery-api .
#   docker build --target worker -t orrery-worker .
#   docker build --target worker -t orrery-worker-gpu \
#       --build-arg TORCH_INDEX=https://pypi.org/simple .

ARG PYTHON=3.11-slim-bookworm

# ---------------------------------------------------------------- the wheel
FROM python:${PYTHON} AS wheel
WORKDIR /src
COPY . .
RUN python -m pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

# ------------------------------------------------------- installed packages
FROM python:${PYTHON} AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/orrery
ENV PATH=/opt/orrery/bin:$PATH
COPY requirements.lock /tmp/requirements.lock

FROM packages AS api-packages
COPY --from=wheel /wheels /wheels
RUN pip install --constraint /tmp/requirements.lock /wheels/*.whl

FROM packages AS worker-packages
# Torch first and alone from its own index, so that no other name is ever looked up there.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
RUN grep -E '^torch(vision)?==' /tmp/requirements.lock > /tmp/torch.txt \
    && pip install --no-deps --index-url "${TORCH_INDEX}" --requirement /tmp/torch.txt
COPY --from=wheel /wheels /wheels
RUN wheel="$(echo /wheels/*.whl)" \
    && pip install --constraint /tmp/requirements.lock "${wheel}[worker]"

# ------------------------------------------------------------- what runs
FROM python:${PYTHON} AS runtime
LABEL org.opencontainers.image.title="Orrery" \
      org.opencontainers.image.description="Solves solar-system icon puzzles as a job service" \
      org.opencontainers.image.licenses="MIT"
RUN groupadd --gid 10001 orrery \
    && useradd --uid 10001 --gid orrery --no-create-home --home-dir /tmp --shell /usr/sbin/nologin orrery \
    && install --directory --owner orrery --group orrery --mode 0750 /var/lib/orrery
ENV PATH=/opt/orrery/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    ORRERY_DATA_DIR=/var/lib/orrery \
    ORRERY_LOG_JSON=true
WORKDIR /var/lib/orrery
STOPSIGNAL SIGTERM

FROM runtime AS worker
COPY --from=worker-packages /opt/orrery /opt/orrery
# One thread a process: several processes beat one whose threads wait on each other.
ENV OMP_NUM_THREADS=1 OMP_WAIT_POLICY=passive HF_HUB_OFFLINE=1 EASYOCR_MODULE_PATH=/tmp/easyocr
USER 10001:10001
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD ["orrery", "health", "worker"]
CMD ["orrery", "worker"]

FROM runtime AS api
COPY --from=api-packages /opt/orrery /opt/orrery
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["orrery", "health", "api", "--port", "8000"]
CMD ["orrery", "api", "--host", "0.0.0.0", "--port", "8000"]
