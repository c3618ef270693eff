# One image for every assignment: Python, the pinned packages, the grader, and whatever lies in datasets/ here. An
# assignment's files are mounted at /autograder/source or added as a last layer (docs/how-to/gradescope.md).
#
#   make image
#
# BASE is any Debian or Ubuntu with Python 3.11 or later; on Gradescope, one of its own base images.
ARG BASE=debian:bookworm-20250520-slim

FROM ${BASE} AS packages
ARG PYTHON=python3
RUN apt-get -qq update \
    && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
        ${PYTHON} ${PYTHON}-venv binutils ca-certificates >/dev/null
# Copied, not mounted: so the engine's older builder can do it as well as the newer one, which is not everywhere.
COPY . /context
RUN sh /context/autograder/gradescope/files/make-wheel.sh ${PYTHON} /context /build \
    && sh /context/autograder/gradescope/files/install.sh ${PYTHON} /opt/autograder /build
RUN mkdir -p /opt/keras \
    && if [ -d /context/datasets ]; then cp -rL /context/datasets /opt/keras/; fi \
    && chmod -R a+rX /opt/keras

FROM ${BASE}
ARG PYTHON=python3
RUN apt-get -qq update \
    && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends ${PYTHON} >/dev/null \
    && apt-get clean && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/* \
    && useradd --uid 1000 --create-home --shell /usr/sbin/nologin student \
    && mkdir -p /autograder/source /autograder/submission /autograder/results \
    && chmod 700 /autograder/source /autograder/submission /autograder/results
COPY --from=packages /opt/autograder /opt/autograder
COPY --from=packages /opt/keras /opt/keras
COPY autograder/gradescope/files/run_autograder /autograder/run_autograder
ENV KERAS_HOME=/opt/keras PATH=/opt/autograder/bin:$PATH TF_CPP_MIN_LOG_LEVEL=3
WORKDIR /autograder
CMD ["/autograder/run_autograder"]
