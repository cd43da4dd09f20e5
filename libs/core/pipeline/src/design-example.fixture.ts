/** The example that shows the whole schema. */
export const DESIGN_EXAMPLE = `apiVersion: sluice.dev/v1
kind: Pipeline
metadata: { name: shop }
spec:
  environments:
    - name: dev
      branch: dev
      directPush: deploy
      drift: revert
    - name: qa
      branch: qa
      from: [dev]
      merge: auto
      gates:
        - { name: unit, type: check, context: ci/test }
        - { name: dev-healthy, type: health, soak: 10m }
        - { name: smoke, type: test, test: smoke }
    - name: prod
      branch: prod
      from: [qa]
      merge: auto
      onNewSource: wait
      gates:
        - { name: qa-healthy, type: health, soak: 1h }
        - { name: change-board, type: http, url: "https://board.example.org", secret: CHANGE_BOARD }
      approvals: { required: 2, from: [group:release-managers], excludeAuthors: true, excludeRequester: true }
      windows:
        - { deny: "Fri 15:00-Mon 08:00", timezone: Europe/Berlin }
      rollout:
        waves:
          - { clusters: { canary: "true" }, soak: 15m }
          - { clusters: {} }
        onDegraded: rollback
      emergency: { required: 1, from: [group:sre] }
  applications:
    - { name: checkout, paths: ["apps/checkout/**"], uses: ["platform/common/**"] }
    - { name: platform, paths: ["platform/**"], after: [checkout] }
  environmentOwned:
    - { path: "**/env/**" }
    - { kind: Deployment, fields: [spec.replicas] }
    - { path: "**/values.yaml", fields: [ingress.host] }
    - { kind: Deployment, fields: ["spec.template.spec.containers[*].image"], part: registry }
  tests:
    smoke: { image: "registry.example.org/smoke", command: ["./smoke.sh"], timeout: 10m }
  roles:
    - { role: promoter, who: [group:developers], applications: ["*"], environments: [dev, qa] }
  notifications:
    - { on: [degraded, waiting-on-approval], environments: [prod], to: ["slack:#releases", "mail:ops@example.org"] }
  imageUpdates:
    - { image: registry.example.org/checkout, policy: { semver: "^2" }, environment: dev }
`;
