import { z } from 'zod';
import { type GiteaApi, PAGE } from './gitea-api.js';

const KNOWN = 24 * 60 * 60_000;
const zSettings = z.object({ max_response_items: z.number().int().positive() });
const zKnown = z.object({ at: z.number(), size: z.number() });

/** Items of a full page: what is asked for, or less where the instance gives less (`MAX_RESPONSE_ITEMS`). Asked for once a day. Follows getGeneralAPISettings. */
export async function pageSize(api: GiteaApi): Promise<number> {
  const known = parse(await api.memory.get('page-size'));
  if (known && api.clock() - known.at < KNOWN) return known.size;
  const answer = await api.call({ method: 'GET', path: '/settings/api', action: 'see how long its pages are' });
  const size = Math.min(PAGE, zSettings.safeParse(answer.body).data?.max_response_items ?? PAGE);
  await api.memory.put('page-size', JSON.stringify({ at: api.clock(), size }));
  return size;
}

function parse(text: string | undefined): z.output<typeof zKnown> | undefined {
  try {
    return zKnown.parse(JSON.parse(text ?? ''));
  } catch {
    return undefined;
  }
}
