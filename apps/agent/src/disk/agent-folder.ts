import { join } from 'node:path';
import { assignment, driftDiff, enrolled, testResult, zCommit } from '@sluice/contracts';
import type { AgentMemory, AgentState, ReportJournal, RunInHand, TestJournal } from '@sluice/sync';
import { z } from 'zod';
import { readJson, writeJson } from './durable-file.js';

const identity = z.object({ privateKey: z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), d: z.string(), x: z.string() }) });
/** A key that was made for a token (SHA-256) that may be spent. Absent or null: none. */
const nextIdentity = z.object({ forToken: z.string(), identity }).nullable();
/** `spentToken`: SHA-256 of the join token; another one enrols again. */
const enrolment = enrolled.extend({ serverUrl: z.string(), spentToken: z.string().optional() });
const memory = z.object({
  assignment: assignment.optional(),
  current: zCommit.optional(),
  settled: zCommit.optional(),
  usedAcceptance: zCommit.optional(),
  afterChangeDue: z.boolean().optional(),
  drift: z.array(z.object({ path: z.string(), object: z.string().optional(), kind: z.enum(['modified', 'missing', 'foreign']), reverted: z.boolean(), at: z.number(), diff: driftDiff.optional().catch(undefined) })).optional(),
});

/** Absent or null: none. */
const runInHand = z.object({ run: z.string(), take: z.number().int(), result: testResult.optional() }).nullable();

export type Identity = z.output<typeof identity>;
export type NextIdentity = NonNullable<z.output<typeof nextIdentity>>;
export type SavedEnrolment = z.output<typeof enrolment>;

/** What an agent has on disk: enough to start and to keep its target right with everything else down. */
export class AgentFolder implements AgentState, ReportJournal, TestJournal {
  private sequence: number | undefined;

  constructor(readonly path: string) {}

  get repository(): string {
    return join(this.path, 'repository.git');
  }

  identity(): Promise<Identity | undefined> {
    return readJson(join(this.path, 'identity.json'), identity);
  }

  saveIdentity(value: Identity): Promise<void> {
    return writeJson(join(this.path, 'identity.json'), value);
  }

  async nextIdentity(): Promise<NextIdentity | undefined> {
    return (await readJson(join(this.path, 'identity.next.json'), nextIdentity)) ?? undefined;
  }

  saveNextIdentity(value: NextIdentity | undefined): Promise<void> {
    return writeJson(join(this.path, 'identity.next.json'), value ?? null);
  }

  enrolment(): Promise<SavedEnrolment | undefined> {
    return readJson(join(this.path, 'enrolment.json'), enrolment);
  }

  saveEnrolment(value: SavedEnrolment): Promise<void> {
    return writeJson(join(this.path, 'enrolment.json'), value);
  }

  async read(): Promise<AgentMemory> {
    const { assignment: assigned, ...rest } = (await readJson(join(this.path, 'state.json'), memory)) ?? {};
    return { ...rest, ...(assigned && { assignment: assigned }) };
  }

  write(value: AgentMemory): Promise<void> {
    return writeJson(join(this.path, 'state.json'), value);
  }

  /** Where tests are run, one at a time. */
  get testFolder(): string {
    return join(this.path, 'test');
  }

  /** What commands of a target work in, and what is known of it. */
  get commandFolder(): string {
    return join(this.path, 'command');
  }

  async readRun(): Promise<RunInHand | undefined> {
    return (await readJson(join(this.path, 'test-run.json'), runInHand)) ?? undefined;
  }

  writeRun(run: RunInHand | undefined): Promise<void> {
    return writeJson(join(this.path, 'test-run.json'), run ?? null);
  }

  async readSequence(): Promise<number> {
    this.sequence ??= (await readJson(join(this.path, 'sequence.json'), z.object({ sequence: z.number().int() })))?.sequence ?? 0;
    return this.sequence;
  }

  async writeSequence(sequence: number): Promise<void> {
    await writeJson(join(this.path, 'sequence.json'), { sequence });
    this.sequence = sequence;
  }
}
