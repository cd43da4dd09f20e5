import type { ApplicationName, CommitSha } from '@sluice/kernel';
import type { Environment } from '@sluice/pipeline';
import { ledgerPath } from '@sluice/promotion';
import type { Mirror } from '../ports/index.js';
import { ledgerFromBlob } from './read-ledger.js';

/**
 * Pins the commits that the ledgers of these applications name at a target's head: what a next promotion is composed from, and what a hold is judged by, is then there also after the source was
 * force-pushed. One that is gone already, or that a forged ledger names, is not pinned.
 */
export async function pinBases(mirror: Mirror, at: { readonly environment: Environment; readonly head: CommitSha }, applications: readonly ApplicationName[]): Promise<void> {
  const { name: target } = at.environment;
  const entries = await mirror.entries(
    at.head,
    applications.map((application) => ledgerPath(target, application)),
  );
  for (const application of applications) {
    const entry = entries.get(ledgerPath(target, application));
    const ledger = entry && (await ledgerFromBlob(mirror, entry, target, application));
    if (ledger && (await mirror.has(ledger.commit))) await mirror.pin({ target, application, commit: ledger.commit });
  }
}
