import type { ContentGate } from './content-gates.js';
import type { GateFile } from './schema/gates.js';

/** Fills in defaults. */
export function toContentGate(gate: Extract<GateFile, { type: ContentGate['type'] }>): ContentGate {
  const { name, type, validations } = gate;
  return { name, type, validations };
}
