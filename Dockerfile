# The server alone, for production: no tools to build with, no tests, no demo, not root.
#   docker build -t security-info .
# What it needs to run is in docs/running.md; without MONGODB_URI and the keys it does not start, and says so.

ARG NODE=node:22-bookworm-slim

FROM ${NODE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY provider provider
COPY security-info security-info
COPY interactions interactions
COPY delivery delivery
COPY models models
COPY jobs jobs
COPY cli cli
COPY demo demo
COPY embedded embedded
COPY locales locales
RUN npm run build && rm -rf dist/demo dist/.tsbuildinfo

FROM ${NODE} AS dependencies
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM ${NODE}
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
COPY --from=dependencies /build/node_modules node_modules
COPY --from=build /build/dist dist
COPY package.json ./
COPY bin bin
COPY views views
COPY locales locales
COPY public public
# The command line by its name: docker compose exec app-1 oidc-security-info account list
RUN ln -s /app/bin/oidc-security-info.js /usr/local/bin/oidc-security-info
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=4s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# In this form node itself gets SIGTERM, and finishes what it has begun.
CMD ["node", "dist/provider/main.js"]
