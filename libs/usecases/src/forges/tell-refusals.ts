import { Forbidden, Refused, Unauthenticated, instant } from '@sluice/kernel';
import type { Clock, Instant, RepositoryId } from '@sluice/kernel';
import { z } from 'zod';
import { wakeKey } from '../ports/index.js';
import type { ForgeMemory, ForgeStore, Repositories, WakeTarget } from '../ports/index.js';

/** Milliseconds. What is refused is tried again within minutes: what nobody has met for so long is over. */
const STALE = 15 * 60_000;

const zRefusal = z.object({ since: z.number().transform(instant), last: z.number(), met: z.string(), message: z.string() });

/** A forge that does not take a credential, or not for what has to be done. */
export interface Refusal {
  readonly since: Instant;
  /** What the forge, or git, said of it. */
  readonly message: string;
}

interface Ports {
  readonly forges: Pick<ForgeStore, 'memory'>;
  readonly repositories: Pick<Repositories, 'get'>;
  readonly clock: Clock;
}

/** Writes down that a forge refuses a credential, for whoever asks why nothing moves; and that it does not any more. A secret that is stored anew wipes it out. */
export class TellRefusals {
  /** Per repository, what this process has met: most jobs have nothing to take back. */
  private readonly met = new Map<RepositoryId, string>();

  constructor(private readonly ports: Ports) {}

  /** @returns what is to be said of it, when nobody has said it yet; undefined when the error is of another kind, or known. */
  async failed(target: WakeTarget, error: unknown): Promise<{ readonly credential: string; readonly repository: RepositoryId; readonly message: string } | 'known' | undefined> {
    if (!(error instanceof Unauthenticated || error instanceof Forbidden || error instanceof Refused)) return undefined;
    const { repository } = target;
    const credential = (await this.ports.repositories.get(repository))?.remote?.credential;
    if (credential === undefined) return undefined;
    const memory = this.ports.forges.memory(credential);
    const now = this.ports.clock();
    const known = await refusalOf(memory, repository, now);
    this.met.set(repository, wakeKey(target));
    await memory.put(keyOf(repository), JSON.stringify({ since: known?.since ?? now, last: now, met: wakeKey(target), message: error.message }));
    return known ? 'known' : { credential, repository, message: error.message };
  }

  /** The same work has been done: the forge takes the credential again. */
  async done(target: WakeTarget): Promise<void> {
    const { repository } = target;
    if (this.met.get(repository) !== wakeKey(target)) return;
    const credential = (await this.ports.repositories.get(repository))?.remote?.credential;
    if (credential !== undefined) await this.ports.forges.memory(credential).forget(keyOf(repository));
    this.met.delete(repository);
  }
}

/** What a forge refuses a repository's credential now. */
export async function refusalOf(memory: ForgeMemory, repository: RepositoryId, now: Instant): Promise<Refusal | undefined> {
  const text = await memory.get(keyOf(repository));
  if (text === undefined) return undefined;
  const refusal = zRefusal.parse(JSON.parse(text));
  return now - refusal.last < STALE ? refusal : undefined;
}

function keyOf(repository: RepositoryId): string {
  return `refused:${repository}/`;
}
