import { present } from '@sluice/kernel';
import type { Mirror, UntrustedReader } from '../ports/index.js';
import { composeCandidate } from './compose-candidate.js';
import type { Composition } from './compose-candidate.js';
import type { ComposeRequest } from './compose-request.js';
import { undoneContent } from './undone-content.js';

/** Where a hold has ended, what was undone is composed in first. */
export async function composeOnto(ports: { readonly reader: UntrustedReader }, mirror: Mirror, request: ComposeRequest, inputsKey: string): Promise<Composition> {
  const overlay = request.ledger && request.ended ? await undoneContent(ports, mirror, request, request.ended) : undefined;
  if (overlay && 'kind' in overlay) return overlay;
  return composeCandidate(ports, mirror, { ...request, ...present({ overlay }) }, inputsKey);
}
