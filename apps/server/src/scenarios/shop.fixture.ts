import type { TextFiles } from './work-tree.fixture.js';

export interface DeploymentFields {
  readonly tag?: string;
  readonly replicas?: number;
  readonly registry?: string;
  readonly level?: string;
  readonly comment?: string;
  readonly sidecar?: string;
}

/** A Deployment as text; tests name only what differs. */
export function deployment(name: string, fields: DeploymentFields = {}): string {
  const { tag = '1.0', replicas = 1, registry = 'registry.example.org/shop', level = 'info', comment, sidecar } = fields;
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
${comment === undefined ? '' : `  # ${comment}\n`}  replicas: ${replicas}
  template:
    spec:
      containers:
        - name: ${name}
          image: ${registry}/${name}:${tag}
          env:
            - name: LOG_LEVEL
              value: ${level}
${sidecar === undefined ? '' : `        - name: sidecar\n          image: ${sidecar}\n`}`;
}

export interface PipelineFields {
  readonly qa?: string;
  readonly prod?: string;
  readonly owned?: string;
  readonly applications?: readonly string[];
}

/** dev → qa → prod with the given lines for each environment. */
function pipeline(fields: PipelineFields = {}): string {
  const { qa = '', prod = '', applications = ['checkout', 'cart'] } = fields;
  const owned =
    fields.owned ??
    `    - { path: "**/env/**" }
    - { kind: Deployment, fields: [spec.replicas] }
    - { kind: Deployment, fields: ["spec.template.spec.containers[*].image"], part: registry, environments: [prod] }`;
  return `apiVersion: sluice.dev/v1
kind: Pipeline
metadata: { name: shop }
spec:
  environments:
    - name: dev
      branch: dev
    - name: qa
      branch: qa
      from: [dev]
${qa}
    - name: prod
      branch: prod
      from: [qa]
${prod}
  applications:
${applications.map((name) => `    - { name: ${name}, paths: ["apps/${name}/**"] }`).join('\n')}
  environmentOwned:
${owned}
`;
}

export const CHECKOUT = 'apps/checkout/deployment.yaml';
export const CART = 'apps/cart/deployment.yaml';

/** Three branches with the same applications, each with its own replicas; prod with its own registry. */
export function branches(fields: PipelineFields = {}): Readonly<Record<string, TextFiles>> {
  const files = (replicas: number, registry?: string): TextFiles => {
    const own = { replicas, ...(registry === undefined ? {} : { registry }) };
    return { [CHECKOUT]: deployment('checkout', own), [CART]: deployment('cart', own) };
  };
  return { main: { 'sluice.yaml': pipeline(fields) }, dev: files(1), qa: files(2), prod: files(4, 'registry.prod.example.org') };
}
