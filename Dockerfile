# The page in a container, as a user without rights; all that it writes goes to /data and /tmp.
#
#   docker build -t sanet-studio .                                                     # for the CPU
#   docker build -t sanet-studio --build-arg TORCH_INDEX=https://pypi.org/simple .     # with CUDA; run with --gpus all
#   docker build -t sanet-studio:scale --build-arg EXTRAS=[scale] .                    # for compose.scale.yaml
#   docker run --read-only --tmpfs /tmp -v sanet-studio:/data -p 127.0.0.1:7860:7860 sanet-studio
FROM python:3.11-slim-bookworm AS wheel
COPY . /src
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels /src

FROM python:3.11-slim-bookworm
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
COPY constraints.txt requirements.txt /tmp/
RUN pip install -c /tmp/constraints.txt --extra-index-url "$TORCH_INDEX" torch \
    && pip install -c /tmp/constraints.txt -r /tmp/requirements.txt
ARG EXTRAS=
RUN --mount=type=bind,from=wheel,source=/wheels,target=/wheels \
    pip install -c /tmp/constraints.txt "$(echo /wheels/*.whl)$EXTRAS"

RUN useradd --system --uid 10001 --home-dir /data sanet \
    && mkdir -p /data/shares /data/uploads /data/hub \
    && chown -R sanet /data
ENV PYTHONUNBUFFERED=1 HOME=/data HF_HOME=/data/hub SANET_SHARE_DIR=/data/shares GRADIO_TEMP_DIR=/tmp/gradio \
    GRADIO_SERVER_NAME=0.0.0.0 GRADIO_SERVER_PORT=7860
VOLUME /data
WORKDIR /data
USER 10001
EXPOSE 7860
STOPSIGNAL SIGINT
HEALTHCHECK --interval=30s --timeout=10s --start-period=2m \
    CMD ["python", "-c", "import urllib.request as web; web.urlopen('http://127.0.0.1:7860/healthz', timeout=9)"]
CMD ["sanet", "serve"]
