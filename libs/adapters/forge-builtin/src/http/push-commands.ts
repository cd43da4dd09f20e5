import { type CommitSha, commitSha } from '@sluice/kernel';
import { isRefName } from '@sluice/git-process';
import { MalformedPackets, takePacket } from './pkt-line.js';

/** One line of what a push asks for. `before` absent: the ref is created; `after` absent: it is deleted. */
export interface PushCommand {
  readonly ref: string;
  readonly before?: CommitSha;
  readonly after?: CommitSha;
}

export interface PushRequest {
  readonly commands: readonly PushCommand[];
  readonly capabilities: ReadonlySet<string>;
}

/** Of the commands: 1,000 refs with long names fit. */
const MAX_HEAD = 512 * 1024;
const MAX_COMMANDS = 1_000;

/**
 * Collects the head of a push's body (gitprotocol-pack(5), "Reference Update Request") until the flush packet; what follows is the pack and is not looked at.
 */
export class PushRequestReader {
  private seen: Buffer = Buffer.alloc(0);
  private left: Buffer = Buffer.alloc(0);
  private readonly commands: PushCommand[] = [];
  private capabilities: ReadonlySet<string> = new Set();

  /** Everything that was read, to be passed on as it came. */
  get bytes(): Buffer {
    return this.seen;
  }

  /** @returns the request once its flush packet has come. @throws MalformedPackets */
  push(chunk: Buffer): PushRequest | undefined {
    this.seen = Buffer.concat([this.seen, chunk]);
    this.left = Buffer.concat([this.left, chunk]);
    for (let taken = takePacket(this.left); taken; taken = takePacket(this.left)) {
      this.left = taken.rest;
      if (taken.packet.kind === 'special') return { commands: this.commands, capabilities: this.capabilities };
      this.takeLine(taken.packet.payload.toString('utf8'));
    }
    if (this.seen.length > MAX_HEAD) throw new MalformedPackets('the list of refs to update is too long');
    return undefined;
  }

  private takeLine(line: string): void {
    if (line.startsWith('shallow ')) return;
    const [command = '', capabilities] = line.replace(/\n$/, '').split('\0', 2);
    if (capabilities !== undefined) this.capabilities = new Set(capabilities.trim().split(' '));
    if (command.startsWith('push-cert')) throw new MalformedPackets('signed pushes are not supported: push without --signed');
    if (this.commands.length >= MAX_COMMANDS) throw new MalformedPackets(`a push may update at most ${MAX_COMMANDS} refs: push in several steps`);
    this.commands.push(parseCommand(command));
  }
}

function parseCommand(line: string): PushCommand {
  const [, before, after, ref] = /^([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) (.+)$/.exec(line) ?? [];
  if (before === undefined || after === undefined || ref === undefined) throw new MalformedPackets('a line of the push is no ref update');
  if (!isRefName(ref)) throw new MalformedPackets(`${JSON.stringify(ref.slice(0, 200))} is no name of a ref`);
  return { ref, ...side('before', before), ...side('after', after) };
}

function side<Key extends 'before' | 'after'>(key: Key, sha: string): { [K in Key]?: CommitSha } {
  return /^0+$/.test(sha) ? {} : ({ [key]: commitSha(sha) } as { [K in Key]?: CommitSha });
}
