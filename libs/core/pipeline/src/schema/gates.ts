import { z } from 'zod';
import { CONTENT_GATES } from './content-gates.js';
import { duration, name, principals, text } from './scalars.js';
import { section } from './section.js';
import { testGate } from './tests.js';
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

/** Every gate type that is known. */
const GATE_TYPES: readonly string[] = ['check', 'health', 'manual', 'window', 'freeze', 'test', 'http', 'policy', 'secrets', 'signature', 'images'];

export const gate = z.discriminatedUnion('type', [check, health, manual, windowGate, freezeGate, testGate, ...CONTENT_GATES], {
  error: (issue) => (issue.code === 'invalid_union' ? GATE_TYPES.join(' ') : undefined),
});

export type GateFile = z.infer<typeof gate>;
