import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { AgentInstall, Manifest } from './agent-install.js';
import { agentManifests } from './agent-manifests.js';
import { renderChart } from './helm-subset.fixture.js';
import { helmValues } from './helm-values.js';
import { OWN_APPLIER, PROD } from './install.fixture.js';

const CHART = resolve(import.meta.dirname, '../../../../infra/helm/sluice-agent');
const text = (name: string): string => readFileSync(join(CHART, name), 'utf8');
const templates = Object.fromEntries(readdirSync(join(CHART, 'templates')).map((name) => [name, text(`templates/${name}`)]));
const DEFAULTS = parse(text('values.yaml')) as Readonly<Record<string, unknown>>;

function rendered(values: Readonly<Record<string, unknown>>, namespace: string): readonly Manifest[] {
  const manifests = renderChart(templates, { Values: { ...DEFAULTS, ...values }, Release: { Namespace: namespace } });
  return parseAllDocuments(manifests).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJSON() as Manifest | null;
  }).filter((manifest) => manifest !== null);
}

const keyOf = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
const byKey = (manifests: readonly Manifest[]): Readonly<Record<string, Manifest>> => Object.fromEntries(manifests.map((manifest) => [keyOf(manifest), manifest]));
const { joinToken: _, ...WITHOUT_TOKEN } = PROD;

describe('the chart', () => {
  it.each<[string, AgentInstall]>([
    ['accounts that are there', PROD],
    ['an account that is made', OWN_APPLIER],
    ['both', { ...PROD, grants: OWN_APPLIER.grants, namespace: 'agents' }],
    ['no token', WITHOUT_TOKEN],
    ['no labels', { ...PROD, labels: {} }],
  ])('gives the same as the command with %s, but the namespace itself', (_, install) => {
    const command = agentManifests(install).filter(({ kind }) => kind !== 'Namespace');
    expect(byKey(rendered(helmValues(install), install.namespace))).toEqual(byKey(command));
  });

  it('takes what a cluster needs beside', () => {
    const [deployment] = rendered({ ...helmValues(PROD), nodeSelector: { pool: 'tools' }, tolerations: [{ key: 'tools', operator: 'Exists' }], imagePullSecrets: [{ name: 'pull' }] }, 'sluice').filter(({ kind }) => kind === 'Deployment');
    expect(deployment).toMatchObject({ spec: { template: { spec: { nodeSelector: { pool: 'tools' }, tolerations: [{ key: 'tools', operator: 'Exists' }], imagePullSecrets: [{ name: 'pull' }] } } } });
  });

  it('has a schema that takes these values and no others', () => {
    const schema = z.fromJSONSchema(JSON.parse(text('values.schema.json')) as Parameters<typeof z.fromJSONSchema>[0]);
    const takes = (values: Readonly<Record<string, unknown>>): boolean => schema.safeParse({ ...DEFAULTS, ...values }).success;
    for (const install of [PROD, OWN_APPLIER, WITHOUT_TOKEN]) expect(takes(helmValues(install))).toBe(true);
    const wrong = [{ cluster: 'A' }, { serverUrl: 'sluice' }, { applyAs: ['shop/deployer'] }, { applyAs: [{ namespace: '*', name: 'x' }] }, { image: '' }, { egress: { ports: [0] } }, { unknown: 1 }, { labels: 'a b' }, { gitCredentialSecret: 'ghp_secret' }];
    for (const one of wrong) expect([one, takes({ ...helmValues(PROD), ...one })]).toEqual([one, false]);
    expect(takes({})).toBe(false);
    expect(() => rendered({ ...helmValues(PROD), applyAs: [] }, 'sluice')).toThrow('say whose rights');
  });

  it('has names in its values only where the schema bounds them', () => {
    const { properties } = JSON.parse(text('values.schema.json')) as { properties: Readonly<Record<string, unknown>> };
    expect(Object.keys(properties).sort()).toEqual([...Object.keys(DEFAULTS), 'global'].sort());
    expect(Object.keys(helmValues(PROD)).filter((name) => !(name in DEFAULTS))).toEqual([]);
  });
});
