import type { AgentMemory, AgentState } from './ports/agent-state.js';

/** The agent's memory, read once and written as a whole after every change, one write at a time. */
export class Remembered {
  private memory: AgentMemory | undefined;
  private writing: Promise<unknown> = Promise.resolve();

  constructor(private readonly state: AgentState) {}

  async get(): Promise<AgentMemory> {
    this.memory ??= await this.state.read();
    return this.memory;
  }

  /** Durable when it returns; what could not be written is not remembered either. */
  update(change: Partial<AgentMemory>): Promise<AgentMemory> {
    const turn = this.writing.then(async () => {
      const next: AgentMemory = { ...(await this.get()), ...change };
      await this.state.write(next);
      this.memory = next;
      return next;
    });
    this.writing = turn.catch(() => undefined);
    return turn;
  }
}
