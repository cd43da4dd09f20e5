import type { AgentMemory, AgentState, ReportJournal } from './ports/agent-state.js';

/** What an agent has on disk, in memory. */
export class MemoryState implements AgentState, ReportJournal {
  sequence = 0;

  constructor(public memory: AgentMemory = {}) {}

  async read(): Promise<AgentMemory> {
    return this.memory;
  }

  async write(memory: AgentMemory): Promise<void> {
    this.memory = memory;
  }

  async readSequence(): Promise<number> {
    return this.sequence;
  }

  async writeSequence(sequence: number): Promise<void> {
    this.sequence = sequence;
  }
}
