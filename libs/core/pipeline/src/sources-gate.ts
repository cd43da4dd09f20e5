import type { Environment, Gate } from './model.js';

/** The gate of an environment with several sources that has no health gate of its own. */
export const SOURCES_GATE = 'sources';

/** Content from several sources must have been live there, whatever else is asked for: a health gate sees to it, and where none is written this one does. */
export function withSourcesGate(from: Environment['from'], gates: readonly Gate[]): readonly Gate[] {
  if (from.length < 2 || gates.some(({ type }) => type === 'health')) return gates;
  return [{ name: SOURCES_GATE, type: 'health', soak: 0 }, ...gates];
}
