import type { Finding } from '@sluice/gates';
import type { Candidate } from '@sluice/promotion';
import type { FindingPorts, FindingScope } from './finding-scope.js';
import { readChanged } from './read-composed.js';

/** Looks for plaintext Secrets in what the candidate changes. */
export async function observeSecrets(ports: FindingPorts, scope: FindingScope, candidate: Candidate): Promise<Finding> {
  const files = await readChanged(scope.mirror, candidate);
  if (files.kind === 'unfound') return files;
  const result = await ports.reader.findSecrets(files.before, files.after);
  return 'kind' in result ? { kind: 'unfound', message: `nobody can tell whether there is a Secret in it: ${result.message}`, final: true } : { kind: 'secrets', result };
}
