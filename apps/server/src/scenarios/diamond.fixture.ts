import { CHECKOUT, deployment } from './shop.fixture.js';
import type { TextFiles } from './work-tree.fixture.js';

export interface DiamondFields {
  /** Further lines of the environments. */
  readonly qa?: string;
  readonly perf?: string;
  readonly prod?: string;
  /** The `from` of prod. */
  readonly from?: string;
  readonly owned?: string;
  /** Environments behind prod. */
  readonly more?: string;
  /** Applications beside checkout. */
  readonly applications?: readonly string[];
  /** There is a branch `live`, like prod's. */
  readonly live?: boolean;
}

/** dev, then qa and perf side by side, then prod behind both. */
export function diamondPipeline(fields: DiamondFields = {}): string {
  const { qa = '', perf = '', prod = '', from = '[qa, perf]', owned = '    - { kind: Deployment, fields: [spec.replicas] }', more = '', applications = [] } = fields;
  return `apiVersion: sluice.dev/v1
kind: Pipeline
metadata: { name: shop }
spec:
  environments:
    - name: dev
    - name: qa
      from: [dev]
${qa}
    - name: perf
      from: [dev]
${perf}
    - name: prod
      from: ${from}
${prod}
${more}
  applications:
    - { name: checkout, paths: ["apps/checkout/**"] }
${applications.map((name) => `    - { name: ${name}, paths: ["apps/${name}/**"] }\n`).join('')}  environmentOwned:
${owned}
`;
}

const REPLICAS = { dev: 1, qa: 2, perf: 3, prod: 4 } as const;

/** checkout as one of the environments has it; each has its own replicas. */
export function checkoutIn(environment: keyof typeof REPLICAS, fields: Parameters<typeof deployment>[1] = {}): string {
  return deployment('checkout', { replicas: REPLICAS[environment], ...fields });
}

export function diamond(fields: DiamondFields = {}): Readonly<Record<string, TextFiles>> {
  const files = (environment: keyof typeof REPLICAS): TextFiles => ({ [CHECKOUT]: checkoutIn(environment) });
  return { main: { 'sluice.yaml': diamondPipeline(fields) }, dev: files('dev'), qa: files('qa'), perf: files('perf'), prod: files('prod'), ...(fields.live && { live: files('prod') }) };
}
