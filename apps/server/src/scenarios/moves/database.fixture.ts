import type { Way } from '../describe-worlds.fixture.js';
import { branches } from '../shop.fixture.js';
import type { Shop, World } from '../world.fixture.js';
import { copiesIn } from './copies.fixture.js';

export const MANUAL = '      merge: manual';
export const DATABASE = 'apps/checkout/database.yaml';
export const BASE = 'apps/base/database.yaml';

export function statefulSet(fields: { readonly replicas?: number; readonly registry?: string; readonly tag?: string; readonly class?: string } = {}): string {
  const { replicas = 1, registry = 'registry.example.org/shop', tag = '14' } = fields;
  return `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: database
spec:
  replicas: ${replicas}
  template:
    spec:
${fields.class === undefined ? '' : `      priorityClassName: ${fields.class}\n`}      containers:
        - name: postgres
          image: ${registry}/postgres:${tag}
`;
}

export const OWNED = `    - { path: "**/env/**" }
    - { kind: Deployment, fields: [spec.replicas] }
    - { kind: Deployment, fields: ["spec.template.spec.containers[*].image"], part: registry, environments: [prod] }
    - { kind: StatefulSet, fields: [spec.replicas] }
    - { kind: StatefulSet, fields: ["spec.template.spec.containers[*].image"], part: registry, environments: [prod] }`;

export async function everywhereOnce(shop: Shop): Promise<void> {
  for (const branch of ['qa', 'prod']) expect(await copiesIn(shop, branch)).toEqual(new Set([1]));
}

/** A shop with a database that may move between its applications, and how many copies of it were ever there. */
export function databaseSteps(world: () => World, way: Way) {
  const { mergeMethod } = way;

  async function withDatabase(environments: { readonly qa?: string; readonly prod?: string } = {}): Promise<Shop> {
    const files = branches({ ...environments, owned: OWNED, applications: ['base', 'checkout', 'cart'] });
    const own: Readonly<Record<string, string>> = { dev: statefulSet(), qa: statefulSet({ replicas: 2 }), prod: statefulSet({ replicas: 4, registry: 'registry.prod.example.org' }) };
    const anchor = { 'apps/base/namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n' };
    return world().repository({ ...files, ...Object.fromEntries(Object.entries(own).map(([branch, text]) => [branch, { ...files[branch], ...anchor, [DATABASE]: text }])) }, way);
  }

  return { mergeMethod, withDatabase };
}
