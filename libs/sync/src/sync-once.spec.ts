import { clusterName, type CommitSha, commitSha, environmentName, err, instant, ok, repositoryId, type Result, Unavailable } from '@sluice/kernel';
import { AssignmentBook } from './assignment-book.js';
import { EnforceCurrent } from './enforce-current.js';
import { FakeTarget } from './fake-target.fixture.js';
import { MemoryState } from './memory.fixture.js';
import type { AgentMemory } from './ports/agent-state.js';
import type { Assignment } from './ports/control-plane.js';
import { Remembered } from './remembered.js';
import type { AgentCondition } from './state-report.js';
import { SyncOnce } from './sync-once.js';

const A = commitSha('a'.repeat(40));
const B = commitSha('b'.repeat(40));

/** An agent whose server, repository and target are in memory; commits follow one another in the order of `commits`. */
class Agent {
  readonly target = new FakeTarget();
  readonly state = new MemoryState();
  readonly said: AgentCondition[] = [];
  readonly commits = new Map<CommitSha, Record<string, string>>();
  assigned: Assignment = { revision: 1, environment: environmentName('prod'), repository: repositoryId('shop'), branch: 'env/prod', drift: 'revert' };
  serverDown = false;
  gitDown = false;
  command: (() => Promise<Result<void, string>>) | undefined;

  assign(commit: CommitSha, files: Record<string, string>): void {
    this.commits.set(commit, files);
    this.assigned = { ...this.assigned, commit, revision: this.assigned.revision + 1 };
  }

  /** One look, by an agent that was just started. */
  async run() {
    const remembered = new Remembered(this.state);
    const parts = { source: this.source(), target: this.target, remembered };
    const book = new AssignmentBook({ assignment: async () => this.unlessDown(this.serverDown, this.assigned) }, remembered);
    const enforce = new EnforceCurrent({ ...parts, clock: () => instant(1), ...(this.command && { afterChange: { run: this.command } }) });
    return new SyncOnce({ ...parts, cluster: clusterName('prod-eu'), book, enforce, reports: { set: (condition) => this.said.push(condition) }, allowEmpty: false }).run({ ask: true });
  }

  get last(): AgentCondition | undefined {
    return this.said.at(-1);
  }

  get memory(): AgentMemory {
    return this.state.memory;
  }

  private source() {
    const order = () => [...this.commits.keys()];
    const files = (commit: CommitSha) => Object.entries(this.commits.get(commit) ?? {}).map(([path, sha]) => ({ path, sha, mode: '100644', read: async () => Buffer.from(sha) }));
    return {
      fetch: async () => this.unlessDown(this.gitDown, order().at(-1)),
      onFirstParent: async (_: CommitSha, commit: CommitSha) => order().includes(commit),
      isAncestor: async (ancestor: CommitSha, descendant: CommitSha) => order().indexOf(ancestor) <= order().indexOf(descendant),
      files: async (commit: CommitSha) => this.unlessDown(this.gitDown, files(commit)),
    };
  }

  private async unlessDown<T>(down: boolean, value: T): Promise<T> {
    if (down) throw new Unavailable('away');
    return value;
  }
}

let agent: Agent;
beforeEach(() => {
  agent = new Agent();
});

describe('one look of an agent', () => {
  it('applies what is assigned and says so before and after', async () => {
    agent.assign(A, { x: '1' });
    expect((await agent.run()).state).toBe('settled');
    expect(agent.said.map(({ phase, commit }) => [phase, commit])).toEqual([
      ['syncing', undefined],
      ['synced', A],
    ]);
    expect([...agent.target.texts]).toEqual([['x', '1']]);
  });

  it('deletes nothing when git cannot be read', async () => {
    agent.assign(A, { x: '1' });
    await agent.run();
    agent.assign(B, { y: '1' });
    agent.gitDown = true;
    expect((await agent.run()).state).toBe('again');
    expect([...agent.target.texts]).toEqual([['x', '1']]);
    expect(agent.last).toMatchObject({ commit: A, phase: 'synced', message: expect.stringContaining('away') as string });
  });

  it('enforces the last commit while the server is away', async () => {
    agent.assign(A, { x: '1' });
    await agent.run();
    agent.serverDown = true;
    agent.target.texts.set('x', 'by hand');
    expect((await agent.run()).unanswered).toBeInstanceOf(Unavailable);
    expect(agent.target.texts.get('x')).toBe('1');
    expect(agent.last?.drift).toMatchObject([{ path: 'x', kind: 'modified', reverted: true, at: 1 }]);
  });

  it('says that drift is there when it can be seen and not reverted', async () => {
    agent.assign(A, { x: '1' });
    await agent.run();
    agent.target.texts.set('x', 'by hand');
    agent.gitDown = true;
    await agent.run();
    expect(agent.last).toMatchObject({ phase: 'syncing', health: 'Failed', drift: [{ path: 'x', reverted: false }], message: expect.stringContaining('could not be applied') as string });
  });

  it('does not revert what is only to be reported because another file fails', async () => {
    agent.assigned = { ...agent.assigned, drift: 'report' };
    agent.target.broken.add('bad');
    agent.assign(A, { x: '1', bad: '1' });
    await agent.run();
    expect(agent.last).toMatchObject({ phase: 'failed', commit: A });
    agent.target.texts.set('x', 'by hand');
    await agent.run();
    expect(agent.target.texts.get('x')).toBe('by hand');
    agent.target.broken.clear();
    await agent.run();
    expect(agent.target.texts.get('bad')).toBe('1');
    expect(agent.target.texts.get('x')).toBe('by hand');
    expect(agent.last).toMatchObject({ phase: 'synced', health: 'Failed' });
  });

  it('does not empty a target', async () => {
    agent.assign(A, { x: '1' });
    await agent.run();
    agent.assign(B, {});
    await agent.run();
    expect(agent.last).toMatchObject({ phase: 'blocked', commit: A, health: 'Current' });
    expect(agent.memory.current).toBe(A);
    expect(agent.target.texts.size).toBe(1);
  });

  it('uses an acceptance up', async () => {
    agent.assign(A, { x: '1' });
    agent.assigned = { ...agent.assigned, accepted: A };
    await agent.run();
    expect(agent.memory).toMatchObject({ current: A, usedAcceptance: A });
  });
});

describe('the command after a change', () => {
  it('runs once a change and not without one', async () => {
    let runs = 0;
    agent.command = async () => ((runs += 1), ok(undefined));
    agent.assign(A, { x: '1' });
    await agent.run();
    await agent.run();
    expect(runs).toBe(1);
    agent.assign(B, { x: '1' });
    await agent.run();
    expect(runs).toBe(1);
  });

  it('runs again until it succeeds, and meanwhile the content is not healthy', async () => {
    const outcomes = [err('exit 1'), ok(undefined)];
    agent.command = async () => outcomes.shift() ?? err('too often');
    agent.assign(A, { x: '1' });
    expect((await agent.run()).state).toBe('again');
    expect(agent.last).toMatchObject({ phase: 'failed', health: 'Failed' });
    expect((await agent.run()).state).toBe('settled');
    expect(agent.last).toMatchObject({ phase: 'synced', health: 'Current' });
  });

  it('waits until every file could be applied, and says so', async () => {
    let runs = 0;
    agent.command = async () => ((runs += 1), ok(undefined));
    agent.target.broken.add('y');
    agent.assign(A, { x: '1', y: '1' });
    await agent.run();
    expect(runs).toBe(0);
    expect(agent.last).toMatchObject({ phase: 'failed', commit: A, resources: [{ path: 'after-change', status: 'InProgress' }, { path: 'y', status: 'Failed' }] });
    agent.target.broken.clear();
    await agent.run();
    expect(runs).toBe(1);
    expect(agent.last).toMatchObject({ phase: 'synced', health: 'Current', resources: [] });
  });

  it('is not lost when the agent is killed between the last file and the command', async () => {
    let runs = 0;
    agent.command = () => Promise.reject(new Error('killed'));
    agent.assign(A, { x: '1' });
    await agent.run().catch(() => undefined);
    agent.command = async () => ((runs += 1), ok(undefined));
    await agent.run();
    expect(runs).toBe(1);
    expect(agent.memory.afterChangeDue).toBe(false);
  });
});

describe('drift of a file with objects', () => {
  const wanted = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { level: info, mode: fast }\n';
  const ignoring = (): void => {
    agent.assigned = { ...agent.assigned, revision: agent.assigned.revision + 1, driftIgnore: [{ kind: 'ConfigMap', path: ['data', 'level'] }] };
  };

  it('says what was changed before it is put back', async () => {
    agent.assign(A, { 'a.yaml': wanted });
    await agent.run();
    agent.target.texts.set('a.yaml', wanted.replace('info', 'debug'));
    await agent.run();
    expect(agent.target.texts.get('a.yaml')).toBe(wanted);
    expect(agent.last?.drift).toEqual([
      { path: 'a.yaml', kind: 'modified', reverted: true, at: 1, diff: { fields: [{ field: 'data.level', wanted: '"info"', live: '"debug"' }], capture: { text: wanted.replace('info', 'debug') } } },
    ]);
    expect(agent.memory.drift).toEqual(agent.last?.drift);
  });

  it('is none where all that was changed is ignored, and stays', async () => {
    agent.assign(A, { 'a.yaml': wanted, 'b.yaml': wanted });
    ignoring();
    await agent.run();
    agent.target.texts.set('a.yaml', wanted.replace('info', 'debug'));
    await agent.run();
    expect(agent.last).toMatchObject({ health: 'Current', drift: [] });
    agent.target.texts.set('b.yaml', wanted.replace('fast', 'slow'));
    await agent.run();
    expect(agent.target.texts.get('a.yaml')).toBe(wanted.replace('info', 'debug'));
    expect(agent.target.texts.get('b.yaml')).toBe(wanted);
    expect(agent.last?.drift).toMatchObject([{ path: 'b.yaml', reverted: true, diff: { fields: [{ field: 'data.mode' }] } }]);
  });

  it('gives way to a commit that changes the file', async () => {
    agent.assign(A, { 'a.yaml': wanted });
    ignoring();
    await agent.run();
    agent.target.texts.set('a.yaml', wanted.replace('info', 'debug'));
    agent.assign(B, { 'a.yaml': wanted.replace('fast', 'slow') });
    await agent.run();
    expect(agent.target.texts.get('a.yaml')).toBe(wanted.replace('fast', 'slow'));
  });
});
