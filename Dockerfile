# The reference server. `assay images build` makes its context: the server in one file and,
# where BASE has no Node of its own, the Node that runs Assay.
ARG BASE=node:20-bookworm-slim
FROM ${BASE}
COPY . /opt/assay-reference/
ENV PATH=/opt/assay-reference/bin:$PATH
CMD ["assay-reference"]
