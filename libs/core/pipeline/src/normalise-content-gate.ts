import { parseDuration } from '@sluice/kernel';
import type { ContentGate } from './content-gates.js';
import type { GateFile } from './schema/gates.js';

/** Fills in defaults. */
export function toContentGate(gate: Extract<GateFile, { type: ContentGate['type'] }>): ContentGate {
  const { name } = gate;
  switch (gate.type) {
    case 'policy':
      return { name, type: 'policy', validations: gate.validations };
    case 'secrets':
      return { name, type: 'secrets', allow: gate.allow ?? [] };
    case 'signature':
      return { name, type: 'signature', keys: gate.keys.map((key) => key.trim()) };
    case 'images':
      return { name, type: 'images' };
    case 'http':
      return { name, type: 'http', url: gate.url, secret: gate.secret, timeout: parseDuration(gate.timeout ?? '7d') ?? 0 };
  }
}
