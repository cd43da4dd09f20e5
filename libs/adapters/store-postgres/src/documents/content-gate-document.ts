import { z } from 'zod';

const named = { name: z.string() };

/** Gates over what would be promoted, as a stored pipeline has them. */
export const CONTENT_GATE_DOCUMENTS = [
  z.looseObject({ ...named, type: z.literal('policy'), validations: z.array(z.looseObject({ expression: z.string(), message: z.string() })) }),
  z.looseObject({ ...named, type: z.literal('secrets'), allow: z.array(z.string()) }),
  z.looseObject({ ...named, type: z.literal('signature'), keys: z.array(z.string()) }),
  z.looseObject({ ...named, type: z.literal('http'), url: z.string(), secret: z.string(), timeout: z.number() }),
  z.looseObject({ ...named, type: z.literal('images') }),
] as const;
