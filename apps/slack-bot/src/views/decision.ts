import { z } from 'zod';

/** What a button or a modal is about: the digest says what people were shown. Short names: a button's value has 2,000 characters. */
const decision = z.object({ r: z.string(), p: z.string(), d: z.string() });

export interface Decision {
  readonly repository: string;
  readonly promotion: string;
  readonly digest: string;
}

export function encodeDecision({ repository, promotion, digest }: Decision): string {
  return JSON.stringify({ r: repository, p: promotion, d: digest });
}

/** @returns undefined for what the bot did not write. */
export function decodeDecision(text: string | undefined): Decision | undefined {
  try {
    const { r, p, d } = decision.parse(JSON.parse(text ?? ''));
    return { repository: r, promotion: p, digest: d };
  } catch {
    return undefined;
  }
}
