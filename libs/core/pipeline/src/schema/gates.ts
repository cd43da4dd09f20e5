import { z } from 'zod';
import { CONTENT_GATES } from './content-gates.js';
import { duration, name, principals, text } from './scalars.js';
import { notYet, section } from './section.js';
import { freezeGate, windowGate } from './windows.js';

const check = section({
  name,
  type: z.literal('check'),
  context: text.describe('The commit status or check run on the source commit, as the forge names it.'),
}).describe('Passes when a commit status on the source commit is green.');

const health = section({
  name,
  type: z.literal('health'),
  soak: duration.optional().describe('How long the content must have been healthy; default 0s.'),
}).describe('Passes when every agent of the source environment reports the content as healthy, for the soak time.');

const manual = section({
  name,
  type: z.literal('manual'),
  from: principals.optional().describe('Who may open the gate; default everybody.'),
}).describe('Waits until a person opens it.');

const LATER_GATES = ['test'] as const;

/** Every gate type that is known, supported or not. */
const GATE_TYPES: readonly string[] = ['check', 'health', 'manual', 'window', 'freeze', 'test', 'http', 'policy', 'secrets', 'signature', 'images'];

export const gate = z.discriminatedUnion('type', [check, health, manual, windowGate, freezeGate, ...CONTENT_GATES, ...LATER_GATES.map(laterGate)], {
  error: (issue) => (issue.code === 'invalid_union' ? GATE_TYPES.join(' ') : undefined),
});

export type GateFile = z.infer<typeof gate>;

function laterGate<Type extends (typeof LATER_GATES)[number]>(type: Type) {
  return z
    .looseObject({ name, type: z.literal(type) })
    .superRefine((_, context) => context.addIssue({ code: 'custom', message: notYet(`gate type "${type}"`), path: ['type'] }))
    .describe(`Not supported yet: gate type "${type}".`);
}
