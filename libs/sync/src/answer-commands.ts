import type { Command, ControlPlane } from './ports/control-plane.js';

export interface CommandParts {
  readonly control: Pick<ControlPlane, 'commands' | 'acknowledge'>;
  /** Does what a command says; doing it twice is harmless. */
  readonly handle: (command: Command) => void;
}

/** Most acknowledgements in one request, as the protocol says. */
const BATCH = 500;
/** Handled commands that are remembered, so that one that comes again before its acknowledgement arrived is not handled again. */
const REMEMBERED = 2_000;

/** Handles every command once, in order, and acknowledges each until the server took it. Never coalesced: two commands of a kind are two. */
export class AnswerCommands {
  private readonly handled = new Set<string>();
  private readonly owed = new Set<string>();

  constructor(private readonly parts: CommandParts) {}

  /** Takes one from the stream. */
  offer(command: Command): void {
    if (!this.handled.has(command.id)) {
      this.parts.handle(command);
      this.handled.add(command.id);
      this.forgetOldest();
    }
    this.owed.add(command.id);
  }

  /** Asks for commands, for when no stream brings them. */
  async poll(): Promise<void> {
    for (const command of await this.parts.control.commands()) this.offer(command);
  }

  get pending(): boolean {
    return this.owed.size > 0;
  }

  /** Sends what is owed. @throws Unavailable; what was not sent stays owed. */
  async acknowledge(): Promise<void> {
    while (this.owed.size > 0) {
      const ids = [...this.owed].slice(0, BATCH);
      await this.parts.control.acknowledge(ids);
      for (const id of ids) this.owed.delete(id);
    }
  }

  private forgetOldest(): void {
    for (const id of this.handled) {
      if (this.handled.size <= REMEMBERED) return;
      if (!this.owed.has(id)) this.handled.delete(id);
    }
  }
}
