import { applicationName, clusterName, commitSha, digest, environmentName, instant, objectSha, personName, promotionId, repositoryId, type CommitSha, type Digest, type Instant, type RepositoryId } from '@sluice/kernel';
import { ANY_ITEM, type Pipeline } from '@sluice/pipeline';
import type { LaneStatus, Promotion } from '@sluice/promotion';
import type { ClusterReport, EnvironmentCommit, EnvironmentState, Liveness, Person } from '@sluice/usecases';

export const QA = environmentName('qa');
export const PROD = environmentName('prod');
export const CHECKOUT = applicationName('checkout');
export const CART = applicationName('cart');
/** A time in the past; not the database's. */
export const SOME_DAY: Instant = instant(1_750_000_000_123);

let numbers = 0;

/** A repository that no other test uses: tests of one store do not see each other's rows. */
export function freshRepository(): RepositoryId {
  return repositoryId(`shop-${++numbers}`);
}

export function freshCluster() {
  return clusterName(`cluster-${++numbers}`);
}

export function freshPerson(): Person {
  return { name: personName(`ada-${++numbers}`), displayName: 'Ada Lovelace', emails: ['ada@example.org'], groups: ['sre'], admin: false };
}

/** A secret's hash that no other test uses. */
export function freshHash(): string {
  return (++numbers).toString(16).padStart(64, '0');
}

export function sampleCommit(number: number): CommitSha {
  return commitSha(number.toString(16).padStart(40, '0'));
}

export function sampleDigest(number: number): Digest {
  return digest(number.toString(16).padStart(64, '0'));
}

/** A promotion with every field filled in. */
export function samplePromotion(fields: Partial<Promotion> & Pick<Promotion, 'repository'>): Promotion {
  return {
    id: promotionId(`qa-checkout-${++numbers}`),
    application: CHECKOUT,
    target: QA,
    from: environmentName('dev'),
    state: 'open',
    attempt: 1,
    candidate: sampleCandidate(),
    change: { number: 7, url: 'http://127.0.0.1/changes/7' },
    requester: personName('ada'),
    authors: [{ name: 'Ada', email: 'ada@example.org', person: personName('ada') }],
    verdicts: [{ gate: 'unit', type: 'check', outcome: 'wait', message: 'ci/test has not reported', clearedBy: 'ci', since: SOME_DAY, until: instant(SOME_DAY + 5), evidence: { seen: 1, ok: false, url: null } }],
    written: 'hash',
    mergedAs: sampleCommit(9),
    timeline: [{ at: SOME_DAY, what: 'opened', by: 'sluice', detail: 'half a surrogate \ud83d and a NUL \u0000' }],
    createdAt: SOME_DAY,
    updatedAt: SOME_DAY,
    mergedAt: SOME_DAY,
    liveAt: SOME_DAY,
    version: 1,
    ...fields,
  };
}

function sampleCandidate(): Promotion['candidate'] {
  const object = { group: 'apps', kind: 'Deployment', namespace: '', name: 'checkout' };
  return {
    kind: 'change',
    source: sampleCommit(1),
    base: sampleCommit(2),
    origin: sampleCommit(1),
    digest: sampleDigest(3),
    fingerprint: sampleDigest(4),
    head: sampleCommit(5),
    onto: sampleCommit(6),
    targetContent: objectSha('a'.repeat(40)),
    resultContent: objectSha('b'.repeat(64)),
    inputsKey: 'inputs',
    notes: [{ path: 'apps/checkout/app.yaml', object, field: 'spec.replicas', value: '2', message: 'came along' }],
    changedPaths: ['apps/checkout/app.yaml'],
    resolvers: [{ name: 'Bob', email: 'bob@example.org', person: personName('bob') }],
  };
}

export function sampleLane(fields: Partial<LaneStatus> & Pick<LaneStatus, 'repository'>): LaneStatus {
  return {
    application: CHECKOUT,
    target: QA,
    condition: 'conflicted',
    message: 'both changed spec.replicas',
    candidate: sampleCommit(1),
    conflicts: [{ path: 'app.yaml', reason: 'both-changed', message: 'both', field: 'spec.replicas', base: '1', source: '2', target: '3', line: 4, column: 5 }],
    attempt: 2,
    closed: sampleDigest(8),
    lifted: sampleCommit(4),
    requester: personName('ada'),
    seen: [sampleCommit(1)],
    passed: [{ environment: environmentName('dev'), commit: sampleCommit(1), verdict: { gate: 'sources', type: 'health', outcome: 'pass', message: 'healthy', since: SOME_DAY, evidence: { clusters: 1 } } }],
    since: SOME_DAY,
    draft: {
      change: { number: 7, url: 'https://forge.example.org/7' },
      head: sampleCommit(5),
      base: sampleCommit(6),
      source: sampleCommit(7),
      onto: sampleCommit(8),
      inputsKey: 'inputs',
      resolvers: [{ name: 'Mallory', email: 'mallory@example.org' }],
      closedBy: 'grace',
    },
    ...fields,
  };
}

export function sampleEnvironmentState(fields: Partial<EnvironmentState> & Pick<EnvironmentState, 'repository'>): EnvironmentState {
  return {
    environment: QA,
    branch: 'qa',
    head: sampleCommit(3),
    position: 3,
    assigned: sampleCommit(2),
    assignedRevision: 5,
    tampered: { checkout: sampleCommit(1) },
    unreviewed: [{ commit: sampleCommit(3), parent: sampleCommit(2), author: 'bob', subject: 'hotfix', at: SOME_DAY, applications: [CHECKOUT], promotion: promotionId('qa-checkout-1'), changed: 'hash' }],
    held: {
      cart: {
        source: sampleCommit(1),
        nodes: [{ path: 'apps/cart/app.yaml', object: { group: 'apps', kind: 'Deployment', namespace: '', name: 'cart' }, field: 'spec.paused' }, { path: 'apps/cart/run.sh' }],
        bases: [sampleCommit(3)],
        by: sampleCommit(2),
        undoneBy: 'bob',
        undoneAt: SOME_DAY,
      },
    },
    targetOnly: { checkout: { base: sampleCommit(1), first: environmentName('dev'), changes: [{ commit: sampleCommit(2), author: 'bob', email: 'bob@example.org', subject: 'hotfix', at: SOME_DAY, nodes: [{ path: 'apps/checkout/run.sh' }] }] } },
    message: 'waits',
    rules: 'rules-1',
    ...fields,
  };
}

export function sampleEnvironmentCommit(position: number, fields: Partial<EnvironmentCommit> = {}): EnvironmentCommit {
  return {
    commit: sampleCommit(position),
    position,
    subject: `change ${position}`,
    author: 'Ada',
    committedAt: instant(SOME_DAY + position),
    content: [CHECKOUT],
    uses: [],
    origin: 'promotion',
    ...fields,
  };
}

/** A pipeline with each kind of thing that it can have. */
export function samplePipeline(): Pipeline {
  return {
    name: 'shop',
    environments: [
      {
        name: QA,
        branch: 'qa',
        from: [],
        directPush: 'hold',
        drift: 'revert',
        driftIgnore: [{ kind: 'Deployment', path: ['spec', 'containers', ANY_ITEM, 'image'] }, { path: ['metadata', 'annotations', 'a.b/c'] }],
        merge: 'auto',
        onNewSource: 'update',
        gates: [
          { name: 'unit', type: 'check', context: 'ci/test' },
          { name: 'healthy', type: 'health', soak: 600_000 },
          { name: 'board', type: 'manual', from: [{ kind: 'anyone' }, { kind: 'group', name: 'sre' }] },
        ],
        approvals: { required: 1, from: [{ kind: 'person', name: 'ada' }], excludeAuthors: true, excludeRequester: false },
      },
    ],
    applications: [{ name: CHECKOUT, paths: ['apps/checkout/**'], uses: ['platform/**'] }],
    environmentOwned: [{ environments: [PROD], kind: 'Deployment', fields: [['spec', 'containers', ANY_ITEM, 'image']], part: 'registry' }],
    health: [{ apiVersion: 'example.com/v1', kind: 'Shop', current: 'object.spec.size > 2' }],
    roles: [{ role: 'approver', who: [{ kind: 'group', name: 'sre' }], applications: ['*'], environments: ['qa'] }],
  };
}

export function sampleReport(sequence: number): Omit<ClusterReport, 'receivedAt'> {
  return {
    sequence,
    commit: sampleCommit(1),
    phase: 'synced',
    message: 'all is applied',
    health: 'InProgress',
    resources: [{ path: 'app.yaml', object: 'Deployment.apps shop/web', status: 'InProgress', message: '1 of 2 replicas' }],
    drift: [{ path: 'app.yaml', object: 'Deployment.apps shop/web', kind: 'modified', reverted: true, at: SOME_DAY }],
    digest: `digest-${sequence}`,
  };
}

export function sampleLiveness(fields: Partial<Liveness> & Pick<Liveness, 'repository'>): Liveness {
  return { environment: QA, application: CHECKOUT, cluster: clusterName('qa-1'), content: sampleCommit(1), touched: 1, status: 'Current', healthySince: SOME_DAY, message: '', ...fields };
}
