# Nanoscope in a container: `docker compose up`, or
#   docker build -t nanoscope . && docker run --rm -p 127.0.0.1:8501:8501 -v runs:/runs nanoscope
FROM python:3.11-slim

# The programs are root's and cannot be changed by the app; it writes to /runs and /tmp alone.
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin nanoscope \
    && install --directory --owner=nanoscope --group=nanoscope /runs

WORKDIR /app

# First what changes rarely. pip's ordinary torch for Linux brings two gigabytes for graphics cards. PyTorch's own index
# has the same version for the CPU alone: --build-arg PIP_EXTRA_INDEX_URL=... (its address is on PyTorch's start page).
ARG PIP_EXTRA_INDEX_URL=""
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt

COPY .streamlit ./.streamlit
COPY assets ./assets
COPY gpt ./gpt
COPY pages ./pages
COPY app.py LICENSE ./
RUN python -m compileall -q app.py gpt pages

ENV HOME=/tmp \
    NANOSCOPE_RUNS=/runs \
    OMP_NUM_THREADS=1 \
    MKL_NUM_THREADS=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

USER 10001:10001
VOLUME /runs
EXPOSE 8501

HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]

# 0.0.0.0 is the container's own network: what reaches it from outside is chosen by -p. Live connections are still taken
# under the names localhost and 127.0.0.1 only; for a class, append: --server.allowedHosts THE_NAME_THEY_TYPE
ENTRYPOINT ["python", "app.py", "--server.address", "0.0.0.0", "--server.port", "8501", "--logger.hideWelcomeMessage", "true"]
