import { checkoutIn, diamond, diamondPipeline } from '../diamond.fixture.js';
import type { DiamondFields } from '../diamond.fixture.js';
import { CART, CHECKOUT, deployment } from '../shop.fixture.js';
import type { Shop, World } from '../world.fixture.js';

export const TWO = { tag: '2.0' };
export const MANUAL = '      merge: manual';

/** For the longest ways through four environments, on a busy machine. */
export const LONG = 120_000;

export const DATABASE = 'apps/checkout/database.yaml';
const REPLICAS = { dev: 1, qa: 2, perf: 3, prod: 4 } as const;
type Environment = keyof typeof REPLICAS;
const ENVIRONMENTS = Object.keys(REPLICAS) as readonly Environment[];

export function cartIn(environment: Environment, tag = '1.0'): string {
  return deployment('cart', { tag, replicas: REPLICAS[environment] });
}

export function databaseIn(environment: Environment, tag = '14'): string {
  return `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: database
spec:
  replicas: ${REPLICAS[environment]}
  template:
    spec:
      containers:
        - name: postgres
          image: registry.example.org/postgres:${tag}
`;
}

export const OWNED = '    - { kind: Deployment, fields: [spec.replicas] }\n    - { kind: StatefulSet, fields: [spec.replicas] }';

/** checkout (with a database) and cart in dev, qa and perf side by side, and prod; qa and perf have been live with it. */
export async function liveShop(world: World, { set = '', ...fields }: DiamondFields & { readonly set?: string } = {}, options: Parameters<World['repository']>[1] = {}): Promise<Shop> {
  const all = { ...fields, applications: ['cart'], owned: OWNED };
  const files = Object.fromEntries(ENVIRONMENTS.map((name) => [name, { [CHECKOUT]: checkoutIn(name), [CART]: cartIn(name), [DATABASE]: databaseIn(name) }]));
  const shop = await world.repository({ ...diamond(all), ...files, main: { 'sluice.yaml': `${diamondPipeline(all)}${set}` } }, options);
  await shop.sync('qa');
  await shop.sync('perf');
  return shop;
}

export async function mergeOpen(shop: Shop, environment: string, application = 'checkout'): Promise<void> {
  const { change, candidate } = (await shop.current(application, environment))!;
  expect(await shop.mergeOnForge(change!.number, candidate.head)).toBe('merged');
  await shop.settle();
}
