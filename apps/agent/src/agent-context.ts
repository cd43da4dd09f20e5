import type { Logger } from '@sluice/runtime';
import type { Settings } from './config/settings.js';
import type { AgentFigures } from './health/agent-figures.js';
import type { AgentHealth } from './health/agent-health.js';

/** What comes from outside of the agent: its settings, its log, and the wish to end. */
export interface AgentContext {
  readonly settings: Settings;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Told of by the probes of a pod. */
  readonly health: AgentHealth;
  /** Where somebody may ask for them. */
  readonly figures?: AgentFigures | undefined;
  /** Of this package. */
  readonly version: string;
}
