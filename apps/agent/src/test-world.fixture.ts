import { type RunningAgent, until, World } from './agent-process.fixture.js';

export interface TestWorld {
  /** The world of the test that runs. */
  readonly current: { world: World };
  /** Waits until the control plane holds a report that this commit is applied. */
  synced(commit: string): Promise<void>;
  /** Pushes the files, assigns the commit and starts an agent; returns when it is in sync. */
  started(files: Readonly<Record<string, string>>, env?: Readonly<Record<string, string>>): Promise<{ readonly agent: RunningAgent; readonly commit: string }>;
}

/** A world for every test; at its end no request may have broken the protocol. `patience`: milliseconds until a wait is given up. */
export function testWorld(patience?: number): TestWorld {
  const current = {} as { world: World };
  beforeEach(async () => {
    current.world = await new World().open();
  });
  afterEach(async () => {
    const { faults } = current.world.control;
    await current.world.close();
    expect(faults).toEqual([]);
  });
  const synced = (commit: string) =>
    until(
      () => current.world.report?.phase === 'synced' && current.world.report.commit === commit,
      () => current.world.control.reports.slice(-3),
      patience,
    );
  const started = async (files: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) => {
    const commit = current.world.repository.push(files);
    current.world.control.assign({ commit });
    const agent = current.world.agent(env);
    await synced(commit).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${agent.output()}`);
    });
    return { agent, commit };
  };
  return { current, synced, started };
}
