import { Unavailable } from '@sluice/kernel';
import { MemoryState } from './memory.fixture.js';
import { ReportState } from './report-state.js';
import { conditionDigest } from './seal-report.js';
import type { AgentCondition, StateReport } from './state-report.js';

function saying(message: string): AgentCondition {
  return { phase: 'synced', message, health: 'Current', resources: [], drift: [] };
}

/** A server as the protocol says: a report counts when its number is higher than that of the one it holds. */
class Server {
  held = { sequence: 0, digest: '' };
  readonly taken: StateReport[] = [];
  down = false;
  loseAnswers = 0;
  during: () => void = () => undefined;

  async report(report: StateReport) {
    if (this.down) throw new Unavailable('down');
    const applied = report.sequence > this.held.sequence;
    if (applied) {
      this.taken.push(report);
      this.held = { sequence: report.sequence, digest: report.digest };
    }
    this.during();
    if (this.loseAnswers-- > 0) throw new Unavailable('lost');
    return { applied, ...this.held };
  }

  async heartbeat(beat: { sequence: number; digest: string }) {
    return { resync: beat.digest !== this.held.digest, sequence: this.held.sequence, assignmentRevision: 1 };
  }
}

function setUp(sequence = 0) {
  const server = new Server();
  const journal = new MemoryState();
  journal.sequence = sequence;
  return { server, journal, reports: new ReportState({ control: server, journal, agentVersion: '1' }) };
}

describe('an agent\'s reports', () => {
  it('say only the newest of what came while the server was away', async () => {
    const { server, reports } = setUp();
    server.down = true;
    for (const message of ['a', 'b', 'c']) {
      reports.set(saying(message));
      await expect(reports.flush()).rejects.toThrow('down');
    }
    server.down = false;
    await reports.flush();
    expect(server.taken.map((report) => report.message)).toEqual(['c']);
    expect(reports.pending).toBe(false);
  });

  it('are not sent when nothing changed', async () => {
    const { server, reports } = setUp();
    reports.set(saying('a'));
    await reports.flush();
    reports.set(saying('a'));
    await reports.flush();
    expect(server.taken).toHaveLength(1);
  });

  it('go on counting after a restart', async () => {
    const { server, reports, journal } = setUp(41);
    reports.set(saying('a'));
    await reports.flush();
    expect(server.held.sequence).toBe(42);
    expect(journal.sequence).toBe(42);
  });

  it('are applied once when the answer was lost', async () => {
    const { server, reports } = setUp();
    server.loseAnswers = 1;
    reports.set(saying('a'));
    await expect(reports.flush()).rejects.toThrow('lost');
    await reports.flush();
    expect(server.taken).toHaveLength(1);
    expect(reports.pending).toBe(false);
  });

  it('jump above the server\'s number when that is ahead', async () => {
    const { server, reports } = setUp();
    server.held = { sequence: 100, digest: 'x' };
    reports.set(saying('a'));
    await reports.flush();
    expect(server.held.sequence).toBe(101);
  });

  it('send what changed during a send as well', async () => {
    const { server, reports } = setUp();
    server.during = () => {
      server.during = () => undefined;
      reports.set(saying('b'));
    };
    reports.set(saying('a'));
    await reports.flush();
    expect(server.taken.map((report) => report.message)).toEqual(['a', 'b']);
  });

  it('are sent again after a heartbeat that finds a difference', async () => {
    const { server, reports } = setUp();
    reports.set(saying('a'));
    await reports.flush();
    await reports.beat();
    expect(reports.pending).toBe(false);
    server.held = { sequence: 7, digest: 'other' };
    await reports.beat();
    await reports.flush();
    expect(server.taken.at(-1)).toMatchObject({ sequence: 8, message: 'a' });
  });

  it('carry a digest that depends on what is said and not on the number', async () => {
    const { server, reports } = setUp();
    reports.set(saying('a'));
    await reports.flush();
    reports.again();
    await reports.flush();
    const [first, second] = server.taken;
    expect(second?.sequence).toBe(2);
    expect(second?.digest).toBe(first?.digest);
    expect(first?.digest).toBe(conditionDigest(saying('a'), '1'));
  });

  it('stay within the bounds of the wire, without control characters', async () => {
    const { server, reports } = setUp();
    const resources = Array.from({ length: 300 }, (_, index) => ({ path: `p${index}\u001b[2J`, status: 'Failed' as const, message: 'x'.repeat(1_000) }));
    reports.set({ ...saying('m'.repeat(5_000)), resources });
    await reports.flush();
    const [report] = server.taken;
    expect(report?.resources).toHaveLength(200);
    expect(report?.resources[0]).toMatchObject({ path: 'p0\ufffd[2J' });
    expect(report?.resources[0]?.message).toHaveLength(500);
    expect(report?.message).toHaveLength(2_000);
  });
});
