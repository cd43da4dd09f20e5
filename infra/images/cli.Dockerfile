# The command line, for jobs of CI systems: docker build --file infra/images/cli.Dockerfile --tag sluice-cli:0.1.0 .
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY . .
# none of the packages needs an install script (.npmrc)
RUN npm ci && node node_modules/typescript/bin/tsc -b apps/cli/tsconfig.build.json && npm prune --omit=dev && find apps libs -type d -name src -prune -exec rm -r {} +

FROM node:20-bookworm-slim
# a checkout belongs to whoever the runner is: git reads it all the same. curl is for the recipes of docs/ci.md
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates curl git \
  && rm -rf /var/lib/apt/lists/* \
  && git config --system --add safe.directory '*'
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/libs ./libs
COPY --from=build /app/apps/cli ./apps/cli
RUN ln -s /app/apps/cli/bin/sluice.mjs /usr/local/bin/sluice
# runners start what they want and need root for their own folders
WORKDIR /
CMD ["sluice", "--help"]
