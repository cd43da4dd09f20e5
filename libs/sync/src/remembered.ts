import type { AgentMemory, AgentState } from './ports/agent-state.js';

/** The agent's memory, read once and written as a whole after every change, one write at a time. */
export class Remembered {
  private memory: AgentMemory | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly state: AgentState) {}

  async get(): Promise<AgentMemory> {
    this.memory ??= await this.state.read();
    return this.memory;
  }

  /** Durable when it returns. */
  async update(change: Partial<AgentMemory>): Promise<AgentMemory> {
    const next: AgentMemory = { ...(await this.get()), ...change };
    this.memory = next;
    this.writing = this.writing.catch(() => undefined).then(() => this.state.write(this.memory ?? next));
    await this.writing;
    return next;
  }
}
