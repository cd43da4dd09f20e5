import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { instant } from '@sluice/kernel';
import { KubernetesTarget } from '@sluice/kubernetes-target';
import type { DesiredFile } from '@sluice/sync';

/** What the bench tells the process that has the target. */
export interface SyncOrder {
  readonly server: string;
  readonly authority: string;
  readonly token: string;
  readonly commit: string;
  readonly files: Readonly<Record<string, string>>;
  /** Only look. */
  readonly look?: boolean;
}

export interface SyncAnswer {
  readonly ms: number;
  /** MiB, resident. */
  readonly memory: number;
  readonly failed: number;
  readonly drifted: number;
}

let target: KubernetesTarget | undefined;

// a process of its own, so that its memory is that of a target and not of the double
process.on('message', (order: SyncOrder) => {
  void obey(order).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});

async function obey(order: SyncOrder): Promise<SyncAnswer> {
  const files = filesOf(order.files);
  const began = performance.now();
  target ??= await open(order);
  const drift = order.look ? await target.drift({ files: async () => files }) : [];
  const { failed } = order.look ? { failed: [] } : await target.apply(order.commit, files);
  const ms = performance.now() - began;
  return { ms, memory: resident(), failed: failed.length, drifted: drift.length };
}

async function open({ server, authority, token }: SyncOrder): Promise<KubernetesTarget> {
  const opened = new KubernetesTarget({
    connect: async () => ({ server, tls: { ca: authority }, headers: async () => ({ authorization: `Bearer ${token}` }) }),
    appliers: [{ name: 'the bench', as: undefined }],
    namespace: 'default',
    defaultNamespace: 'default',
    adopt: false,
    allowEmpty: false,
    renderer: () => Promise.reject(new Error('nothing is rendered here')),
    clock: () => instant(Date.now()),
  });
  await opened.prepare();
  opened.belongTo({ cluster: 'bench', environment: 'prod' });
  return opened;
}

function filesOf(texts: Readonly<Record<string, string>>): readonly DesiredFile[] {
  return Object.entries(texts).map(([path, text]) => ({ path, mode: '100644', sha: createHash('sha1').update(text).digest('hex'), read: async () => Buffer.from(text) }));
}

function resident(): number {
  const match = /VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(match?.[1] ?? Number.NaN) / 1024;
}
