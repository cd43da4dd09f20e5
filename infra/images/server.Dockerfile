# The server with its dashboard: docker build --file infra/images/server.Dockerfile --tag sluice-server:0.1.0 .
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY . .
# none of the packages needs an install script (.npmrc)
RUN npm ci && NX_DAEMON=false npx nx run-many -t build --projects=@sluice/server,@sluice/dashboard --parallel=2 && npm prune --omit=dev && find apps libs -type d -name src -prune -exec rm -r {} +

FROM node:20-bookworm-slim
# kubectl renders kustomizations for plans, ssh-keygen and gpg check signatures; tini ends what a killed child leaves behind
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates git gnupg kubernetes-client openssh-client tini \
  && rm -rf /var/lib/apt/lists/* \
  && install --directory --owner=1000 --group=1000 --mode=0700 /var/lib/sluice
ENV NODE_ENV=production SLUICE_HOST=0.0.0.0 SLUICE_PORT=8080 SLUICE_DATA=/var/lib/sluice
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/libs ./libs
COPY --from=build /app/apps/server ./apps/server
COPY --from=build /app/apps/dashboard ./apps/dashboard
# the user "node"; by number, so that Kubernetes can see that it is not root
USER 1000:1000
VOLUME /var/lib/sluice
EXPOSE 8080
ENTRYPOINT ["tini", "--", "node", "/app/apps/server/dist/main.js"]
