import { forgeRefusalOf, instant, messageOf } from '@sluice/kernel';
import type { Clock, ForgeRefusal, Instant, RepositoryId } from '@sluice/kernel';
import { z } from 'zod';
import { wakeKey } from '../ports/index.js';
import type { EventLog, ForgeMemory, ForgeStore, Repositories, WakeTarget } from '../ports/index.js';

/** Milliseconds. What is refused is tried again within minutes: what nobody has met for so long is over. */
const STALE = 15 * 60_000;

const zRefusal = z.object({ since: z.number().transform(instant), last: z.number(), met: z.string(), message: z.string(), refusal: z.enum(['credential', 'archived', 'gone']).default('credential') });

/** A forge that does not take a credential, or not for what has to be done; or a repository that is archived or gone there. */
export interface Refusal {
  readonly refusal: ForgeRefusal;
  readonly since: Instant;
  /** What the forge, or git, said of it. */
  readonly message: string;
}

interface Ports {
  readonly forges: Pick<ForgeStore, 'memory'>;
  readonly repositories: Pick<Repositories, 'get'>;
  readonly clock: Clock;
  /** Absent: nobody is told. */
  readonly events?: Pick<EventLog, 'append'>;
}

/** What is to be said of a refusal when it is met for the first time. */
export interface ToldRefusal {
  readonly refusal: ForgeRefusal;
  readonly credential: string;
  readonly repository: RepositoryId;
  readonly message: string;
  /** It was said before. */
  readonly known: boolean;
}

/** Writes down that a forge refuses a credential or a repository, for whoever asks why nothing moves; and that it does not any more. A secret that is stored anew wipes it out. */
export class TellRefusals {
  /** Per repository, what this process has met: most jobs have nothing to take back. */
  private readonly met = new Map<RepositoryId, string>();

  constructor(private readonly ports: Ports) {}

  /** @returns undefined when the error is of another kind. */
  async failed(target: WakeTarget, error: unknown): Promise<ToldRefusal | undefined> {
    const refusal = forgeRefusalOf(error);
    if (refusal === undefined) return undefined;
    const { repository } = target;
    const credential = (await this.ports.repositories.get(repository))?.remote?.credential;
    if (credential === undefined) return undefined;
    const memory = this.ports.forges.memory(credential);
    const now = this.ports.clock();
    const before = await refusalOf(memory, repository, now);
    const known = before?.refusal === refusal ? before : undefined;
    const message = messageOf(error);
    this.met.set(repository, wakeKey(target));
    await memory.put(keyOf(repository), JSON.stringify({ refusal, since: known?.since ?? now, last: now, met: wakeKey(target), message }));
    if (!known) await this.tellOf(repository, message);
    return { refusal, credential, repository, message, known: known !== undefined };
  }

  private async tellOf(repository: RepositoryId, message: string): Promise<void> {
    await this.ports.events?.append({ type: 'forge.refused', repository, message });
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
