# The agent: docker build --file infra/images/agent.Dockerfile --tag sluice-agent:0.1.0 .
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY . .
# none of the packages needs an install script (.npmrc)
RUN npm ci && NX_DAEMON=false npx nx run @sluice/agent:build && npm prune --omit=dev && find apps libs -type d -name src -prune -exec rm -r {} +

FROM node:20-bookworm-slim
# kubectl renders kustomizations; Debian has no Helm: put it on the PATH of an image of your own if charts are to be rendered. tini ends what a killed child leaves behind
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates git kubernetes-client openssh-client tini \
  && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/libs ./libs
COPY --from=build /app/apps/agent ./apps/agent
# the user "node"; by number, so that Kubernetes can see that it is not root
USER 1000:1000
ENTRYPOINT ["tini", "--", "node", "/app/apps/agent/dist/main.js"]
