# The image of a release: the static binary alone. Mount the project at /work:
# docker run --rm -v "$PWD:/work" deployctl/deployctl lint
FROM scratch
ARG TARGETPLATFORM
COPY $TARGETPLATFORM/deployctl /usr/bin/deployctl
WORKDIR /work
ENTRYPOINT ["/usr/bin/deployctl"]
CMD ["lint"]
